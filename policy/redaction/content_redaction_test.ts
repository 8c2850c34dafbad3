import { assertEquals } from "@std/assert";
import { contentRedactor } from "./content_redaction.ts";
import { REDACTED } from "./redacted_text.ts";

Deno.test("contentRedactor() writes values as JSON, and raw arguments as they are", () => {
  const { arguments: args, result } = contentRedactor();
  assertEquals(args({ a: [1, null] }), '{"a":[1,null]}');
  assertEquals(args('{"a": 1'), '{"a": 1');
  assertEquals([result("text"), result(null)], ['"text"', "null"]);
});

Deno.test("contentRedactor() looks for patterns in values, names of keys and quoted JSON", () => {
  const { arguments: args, result } = contentRedactor({
    patterns: ['key="[^"]+"', "sk-\\w+"],
  });
  assertEquals(args({ "sk-a": "sk-b" }), `{"${REDACTED}":"${REDACTED}"}`);
  assertEquals(args('{"a":"key=\\"x\\""}'), `{"a":"${REDACTED}"}`);
  const quoted = result({ body: JSON.stringify({ a: 'key="x"' }) });
  assertEquals(quoted.includes("x"), false);
});

for (
  const { path, hides } of [
    { path: "$.args", hides: true },
    { path: "$.args.token", hides: true },
    { path: "$.result.body", hides: true },
    { path: "$.calls[0].args_json", hides: true },
    // The same text is in the arguments.
    { path: "$.metadata.target_path", hides: true },
    { path: "$.reason", hides: true },
    { path: "$.error.message", hides: true },
    { path: "$..token", hides: true },
    { path: "$.*", hides: true },
    { path: "$.task.question", hides: false },
    { path: "$.answer", hides: false },
    { path: "$.approver", hides: false },
  ]
) {
  Deno.test(
    `contentRedactor() ${
      hides ? "hides all contents" : "hides no content"
    } for ${path}`,
    () => {
      const redact = contentRedactor({ paths: ["$.answer", path] });
      const value = { nested: [{ token: "t" }] };
      assertEquals(
        [redact.arguments(value) === REDACTED, redact.result("b") === REDACTED],
        [hides, hides],
      );
    },
  );
}

Deno.test("contentRedactor() writes what is nested as deep as a server wants", () => {
  const deep = JSON.parse("[".repeat(50_000) + "]".repeat(50_000));
  assertEquals(contentRedactor().result(deep).length, 100_000);
});

Deno.test("contentRedactor() ends for a text that makes patterns slow", () => {
  const { result } = contentRedactor({ patterns: ["a[^z]*z|a"] });
  assertEquals(result("a".repeat(200_000)), REDACTED);
});
