import { assertEquals } from "@std/assert";
import { proposed } from "../tests/proposal.ts";
import { approval } from "./approval.ts";

const RULE = approval([
  { tools: ["write", "send"], reason: "it leaves the house" },
  {
    tools: ["write"],
    when: [
      { argument: "path", starts_with: "public/" },
      { argument: "content", longer_than: 3 },
    ],
    reason: "it is public",
  },
]);

function call(name: string, value: Record<string, string>) {
  return RULE.opinion(
    proposed({ name, args: { ok: true, value, canonical: "" } }),
  );
}

Deno.test("approval() has its public id", () => {
  assertEquals(RULE.id, "approval");
});

Deno.test("approval() says nothing of other tools, and nothing without a list", () => {
  assertEquals(call("read", { path: "public/a" }), undefined);
  assertEquals(approval().opinion(proposed({ name: "write" })), undefined);
});

Deno.test("approval() gives every reason whose conditions all hold", () => {
  const escalated = (reason: string) => ({
    effect: "escalate",
    reason,
    metadata: { tool: "write" },
  });
  assertEquals(
    call("write", { path: "public/a", content: "long" }),
    escalated("it leaves the house; it is public"),
  );
  assertEquals(
    call("write", { path: "public/a", content: "abc" }),
    escalated("it leaves the house"),
  );
});
