import { assertEquals } from "@std/assert";
import policyText from "../../policy/v1.yaml" with { type: "text" };
import { recordedRedaction } from "./recorded_redaction.ts";

function redactionIn(text: string) {
  return recordedRedaction({
    policy: { version: "0".repeat(12), sha256: "0".repeat(64), text },
  });
}

const WANTED = { patterns: ["a"] };

for (
  const { what, text, want } of [
    { what: "a policy without any", text: policyText, want: {} },
    {
      what: "a policy with some",
      text: `${policyText}redact: { patterns: [a] }\n`,
      want: WANTED,
    },
    {
      what: "a key that is written with an escape",
      text: `${policyText}"\\x72edact": { patterns: [a] }\n`,
      want: WANTED,
    },
    {
      what: "a pattern in a policy that is none",
      text: "redact: { patterns: [a] }\n",
      want: {},
    },
    { what: "no policy at all", text: "\\", want: {} },
  ]
) {
  Deno.test(`recordedRedaction() takes ${what} for what it is`, () => {
    assertEquals(redactionIn(text), want);
  });
}
