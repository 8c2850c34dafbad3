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
  const { paths, args, result } of [
    { paths: ["$.args"], args: true, result: false },
    { paths: ["$.args.token"], args: true, result: false },
    { paths: ["$.args_json"], args: true, result: false },
    { paths: ["$.result.body"], args: false, result: true },
    { paths: ["$.redirect"], args: false, result: true },
    { paths: ["$..token"], args: true, result: false },
    { paths: ["$.*"], args: true, result: true },
    { paths: ["$..nowhere"], args: false, result: false },
    { paths: ["$.metadata.url", "$.answer"], args: false, result: false },
  ]
) {
  Deno.test(
    `contentRedactor() hides ${args ? "" : "no "}arguments and ${
      result ? "a" : "no"
    } result for ${paths}`,
    () => {
      const redact = contentRedactor({ paths });
      const value = { nested: [{ token: "t" }] };
      assertEquals(redact.arguments(value) === REDACTED, args);
      assertEquals(
        redact.arguments(JSON.stringify(value)) === REDACTED,
        args,
      );
      assertEquals(redact.result({ body: "b" }) === REDACTED, result);
    },
  );
}

Deno.test("contentRedactor() looks at what is nested as deep as a server wants", () => {
  const deep = JSON.parse(
    `${"[".repeat(50_000)}{"token":1}${"]".repeat(50_000)}`,
  );
  const { result } = contentRedactor({ paths: ["$..token"] });
  assertEquals(result(deep) === REDACTED, true);
  assertEquals(contentRedactor().result(deep).length > 100_000, true);
});

Deno.test("contentRedactor() ends for a text that makes patterns slow", () => {
  const { result } = contentRedactor({ patterns: ["a[^z]*z|a"] });
  assertEquals(result("a".repeat(200_000)), REDACTED);
});
