import { assertEquals } from "@std/assert";
import { allowedTools, policyHint } from "./policy_hint.ts";

const FETCH = { name: "fetch", effects: { fetches: ["url"] } };
const READ = { name: "read", effects: { reads: ["path"] } };
const COUNT = { name: "count", effects: {} };

const FILES = "files inside your working folder, by relative paths";

for (
  const { id, hosts, offered, want } of [
    {
      id: "hosts and files",
      hosts: ["a.example", "*.b.example"],
      offered: [FETCH, READ],
      want:
        `Your tools may use the hosts a.example, *.b.example and ${FILES}, and nothing else.`,
    },
    {
      id: "files alone, whatever hosts are listed",
      hosts: ["a.example"],
      offered: [READ, COUNT],
      want: `Your tools may use ${FILES}, and nothing else.`,
    },
    {
      id: "no host",
      hosts: [],
      offered: [FETCH],
      want: "Your tools may use no host of the network, and nothing else.",
    },
    { id: "nothing", hosts: ["a.example"], offered: [COUNT], want: undefined },
    {
      id: "some of many hosts",
      hosts: Array.from({ length: 42 }, (_, index) => `h${index}.example`),
      offered: [FETCH],
      want: `Your tools may use the hosts ${
        Array.from({ length: 40 }, (_, index) => `h${index}.example`)
          .join(", ")
      }, 2 more, and nothing else.`,
    },
  ]
) {
  Deno.test(`policyHint() tells of ${id}`, () => {
    assertEquals(policyHint({ url_allowlist: hosts }, offered), want);
  });
}

Deno.test("allowedTools() leaves out what is not allowed, and what is denied all the same", () => {
  const tool_registry = { allowed: ["read", "fetch"], denied: ["fetch"] };
  assertEquals(allowedTools({ tool_registry }, [FETCH, COUNT, READ]), [READ]);
});
