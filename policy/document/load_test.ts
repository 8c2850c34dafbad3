import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { InputError } from "../../tools/data/input_error.ts";
import { loadPolicy } from "./load.ts";
import text from "./sample.yaml" with { type: "text" };

Deno.test("loadPolicy() reads a policy with every section", () => {
  assertEquals(loadPolicy(text, "sample.yaml").document, {
    version: 1,
    on_deny: "terminate",
    tool_registry: {
      allowed: ["search", "fetch", "read", "write", "summarize"],
      denied: [],
    },
    url_allowlist: ["fixtures.local"],
    sandbox: { isolation: "process" },
    arg_schema: { enforcement: "strict", max_bytes: 65536, max_depth: 32 },
    loop_budget: { max_iterations: 10, max_tokens: 50000, max_tool_calls: 40 },
    cycle_detection: { max_repeats: 3, max_period: 4 },
    retry: { max_retries: 3, backoff_base_ms: 100, backoff_cap_ms: 2000 },
  });
});

/** A policy of one line, so that its hash can be checked with `sha256sum`. */
const FLAT =
  "{version: 1, on_deny: continue, tool_registry: {allowed: [], denied: []}, " +
  "url_allowlist: [], sandbox: {isolation: process}, " +
  "arg_schema: {enforcement: strict, max_bytes: 1, max_depth: 1}, " +
  "loop_budget: {max_iterations: 1}, " +
  "cycle_detection: {max_repeats: 1, max_period: 2}, " +
  "retry: {max_retries: 0, backoff_base_ms: 0, backoff_cap_ms: 0}} # é\n";

Deno.test("loadPolicy() names a policy by the hash of its bytes", () => {
  const policy = loadPolicy(FLAT, "flat.yaml");
  assertEquals(policy.text, FLAT);
  assertEquals(
    policy.sha256,
    "7bfb421be2da1a59e3ddf0e28cf681fe22bf15e195859674afced0373d8c8e14",
  );
  assertEquals(policy.version, "7bfb421be2da");
});

Deno.test("loadPolicy() names policies apart that differ in a comment", () => {
  const other = loadPolicy(FLAT.replace("é", "e"), "flat.yaml");
  assertEquals(other.document, loadPolicy(FLAT, "flat.yaml").document);
  assertEquals(other.version === loadPolicy(FLAT, "flat.yaml").version, false);
});

Deno.test("loadPolicy() reports every problem with file, line and path", () => {
  const wrong = text
    .replace("on_deny: terminate", "on_deny: shrug")
    .replace("- fixtures.local", "- Fixtures.local")
    .replace("max_depth: 32", "max_depth: 0");
  assertThrows(
    () => loadPolicy(wrong, "my.yaml"),
    InputError,
    `my.yaml:8: on_deny: expected "terminate" or "continue", found "shrug"
my.yaml:16: url_allowlist[0]: "Fixtures.local" is not in canonical form; write "fixtures.local"
my.yaml:24: arg_schema.max_depth: a limit must be at least 1`,
  );
});

for (
  const reason of ["Q & A", "see *.md", "stop !", "release 1.5", "10.50 EUR"]
) {
  Deno.test(`loadPolicy() takes the reason ${reason} for what it is`, () => {
    const escalate = `escalate:
  - tools: [write]
    reason: ${reason}
    when: [{ argument: amount, greater_than: 99.99 }]
`;
    assertEquals(loadPolicy(text + escalate, "p.yaml").document.escalate, [{
      tools: ["write"],
      reason,
      when: [{ argument: "amount", greater_than: 99.99 }],
    }]);
  });
}

for (const number of ["010", "0x3", "1e1", "&x 5", "!!int 5"]) {
  Deno.test(`loadPolicy() does not let apostrophes hide ${number}`, () => {
    const wrong = text
      .replace("max_iterations: 10", `max_iterations: ${number}`)
      .replace(
        "sandbox:",
        "escalate: [{tools: [write], reason: it's large}]\nsandbox:",
      )
      .replace("# Identical calls", "# What's identical");
    assertThrows(() => loadPolicy(wrong, "p.yaml"), InputError, "p.yaml:28: ");
  });
}

Deno.test("loadPolicy() names a policy by its bytes, a mark and Windows line ends among them", () => {
  const policy = loadPolicy(text, "p.yaml");
  const other = `\ufeff${text.replaceAll("\n", "\r\n")}`;
  const same = loadPolicy(other, "p.yaml");
  assertEquals(same.document, policy.document);
  assertEquals(same.text, other);
  assertNotEquals(same.version, policy.version);
});
