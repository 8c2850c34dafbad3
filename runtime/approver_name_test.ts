import { assertEquals } from "@std/assert";
import { approverNameFault } from "./approver_name.ts";
import { terminalLine } from "../tools/data/untrusted_text.ts";

const UNSEEN = "it has characters that cannot be seen";
const RESERVED = "on record it says that nobody answered";

for (
  const { name, want } of [
    { name: "ada", want: undefined },
    { name: "Ada Lovelace <ada@example.org>", want: undefined },
    { name: "Zoë 李", want: undefined },
    { name: "nonesuch", want: undefined },
    { name: "", want: "it is blank" },
    { name: " \t ", want: "it is blank" },
    { name: "none", want: RESERVED },
    { name: " none ", want: RESERVED },
    { name: "None", want: RESERVED },
    { name: "a".repeat(200), want: undefined },
    { name: "a".repeat(201), want: "it is longer than 200 characters" },
    { name: "a\u001b[2Jda", want: UNSEEN },
    { name: "ada\nbob", want: UNSEEN },
    { name: "ada\u202e", want: UNSEEN },
    { name: "ada\u2028bob", want: UNSEEN },
    { name: "non\u200be", want: UNSEEN },
    { name: "ada\ud800", want: UNSEEN },
  ]
) {
  Deno.test(`approverNameFault() of "${terminalLine(name)}"`, () => {
    assertEquals(approverNameFault(name), want);
  });
}
