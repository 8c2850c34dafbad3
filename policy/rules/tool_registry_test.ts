import { assertEquals } from "@std/assert";
import { z } from "../../deps.ts";
import { standardSchema } from "../../tools/schema.ts";
import type { ToolDefinition } from "../../tools/tool.ts";
import { toolRegistry } from "./tool_registry.ts";
import { proposed } from "../../tests/proposal.ts";

function judge(
  name: string,
  { allowed, denied = [], exists = true }: {
    readonly allowed: readonly string[];
    readonly denied?: readonly string[];
    readonly exists?: boolean;
  },
) {
  const tool: ToolDefinition = {
    name,
    description: "",
    effects: {},
    args: standardSchema(z.unknown()),
  };
  return toolRegistry({ allowed, denied }).opinion(
    proposed({ name, tool: exists ? tool : undefined }),
  );
}

Deno.test("toolRegistry() has its public id", () => {
  assertEquals(toolRegistry({ allowed: [], denied: [] }).id, "tool_registry");
});

for (const name of ["read", "toString", "__proto__"]) {
  Deno.test(`toolRegistry() says nothing of ${name} when it is allowed and exists`, () => {
    assertEquals(judge(name, { allowed: ["search", name] }), undefined);
  });
}

Deno.test("toolRegistry() denies a tool that is not allowed", () => {
  assertEquals(judge("write", { allowed: ["read"] }), {
    effect: "deny",
    reason: 'the policy does not allow this tool: "write"',
    metadata: { requested_tool: "write", registry_match: "not_allowed" },
  });
});

Deno.test("toolRegistry() denies a tool that is denied", () => {
  assertEquals(judge("shell", { allowed: ["read"], denied: ["shell"] }), {
    effect: "deny",
    reason: 'the policy denies this tool: "shell"',
    metadata: { requested_tool: "shell", registry_match: "denied" },
  });
});

Deno.test("toolRegistry() lets the denied list win over the allowed one", () => {
  assertEquals(
    judge("read", { allowed: ["read"], denied: ["read"] })?.metadata,
    { requested_tool: "read", registry_match: "denied" },
  );
});

Deno.test("toolRegistry() denies an allowed tool that does not exist", () => {
  assertEquals(judge("read", { allowed: ["read"], exists: false }), {
    effect: "deny",
    reason: 'there is no such tool: "read"',
    metadata: { requested_tool: "read", registry_match: "unknown_tool" },
  });
});

const NAMES = [
  "",
  "READ",
  "Read",
  "read ",
  " read",
  "read\u200b",
  "\uff52ead",
  "re\u0430d",
  "read\u0000",
  "read,write",
  "functions.read",
  "*",
  "toString",
];

for (const name of NAMES) {
  Deno.test(`toolRegistry() does not take ${JSON.stringify(name)} for "read"`, () => {
    assertEquals(judge(name, { allowed: ["read"] })?.metadata, {
      requested_tool: name,
      registry_match: "not_allowed",
    });
  });
}

Deno.test("toolRegistry() denies everything when nothing is allowed", () => {
  assertEquals(judge("read", { allowed: [] })?.effect, "deny");
});

Deno.test("toolRegistry() knows a star at the end of a name alone", () => {
  const effects = ["rea*", "r*d", "*read", "read*", "Rea*"].map((pattern) =>
    judge("read", { allowed: [pattern] })?.effect
  );
  assertEquals(effects, [undefined, "deny", "deny", undefined, "deny"]);
});

Deno.test("toolRegistry() escapes control characters in its reason", () => {
  assertEquals(judge("read\u001b[2K", { allowed: [] }), {
    effect: "deny",
    reason: String.raw`the policy does not allow this tool: "read\u001b[2K"`,
    metadata: {
      requested_tool: "read\u001b[2K",
      registry_match: "not_allowed",
    },
  });
});

Deno.test("toolRegistry() repeats the beginning of a very long name", () => {
  const rule = toolRegistry({ allowed: [], denied: [] });
  const opinion = rule.opinion(proposed({ name: "x".repeat(70_000) }));
  assertEquals(opinion?.metadata.requested_tool, "x".repeat(256));
});
