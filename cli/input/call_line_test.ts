import { assertEquals } from "@std/assert";
import { readArguments } from "../../policy/arguments.ts";
import { readCallLine } from "./call_line.ts";

/** What the gate finds in the arguments of a line. */
function judged(line: string) {
  const read = readCallLine(line);
  if (!read.ok) return read;
  const limits = { max_bytes: 65_536, max_depth: 16 };
  return readArguments(read.call.args_json, undefined, limits);
}

for (
  const { args, path } of [
    { args: '{"path":"a","path":"b"}', path: "path" },
    { args: '{"filter":{"tag":1,"tag":2}}', path: "tag" },
    { args: '{"a":{"__proto__":1}}', path: "__proto__" },
    { args: '{"path":"\\ud800"}', path: "path" },
    { args: '{"list":[{"name":"a\\u0000b"}]}', path: "list[0].name" },
    { args: '{"amount":1e400}', path: "amount" },
    { args: '{"id":12345678901234567890}', path: "" },
    { args: "[".repeat(600) + "]".repeat(600), path: "" },
    { args: '{ "path" : "a.md" }', path: "" },
    { args: "null", path: "" },
    { args: '"text"', path: "" },
  ]
) {
  Deno.test(`readCallLine() hands on args ${args.slice(0, 40)} as it does args_json`, () => {
    const raw = judged(
      JSON.stringify({ tool: "read", args_json: args }),
    );
    assertEquals(judged(`{"tool":"read","args":${args}}`), raw);
    assertEquals("path" in raw && raw.path, path);
  });
}

for (
  const { line, id = null, error } of [
    { line: "nonsense", error: "it is not JSON" },
    { line: '{"tool":"read","args":{}', error: "it is not JSON" },
    { line: "null", error: "Invalid input: expected object, received null" },
    { line: "[1]", error: "Invalid input: expected object, received array" },
    {
      line: '{"id":"a","tool":"read"}',
      id: "a",
      error: "expected args or args_json",
    },
    {
      line: '{"id":7,"tool":"read","args":{},"args_json":"{}"}',
      id: 7,
      error: "expected args or args_json",
    },
    {
      line: '{"id":"a","args":{}}',
      id: "a",
      error: "tool: Invalid input: expected string, received undefined",
    },
    { line: '{"id":[1],"tool":"read","args":{}}', error: "id: Invalid input" },
    {
      line: '{"id":"a","tool":"read","arguments":{},"args":{}}',
      id: "a",
      error: 'Unrecognized key: "arguments"',
    },
    {
      line: '{"id":"a","tool":"read","tool":"write","args_json":"{}"}',
      id: "a",
      error: 'the key "tool" comes twice',
    },
    {
      line: '{"id":"a","tool":"read","args":{},"\\u0061rgs":{"path":"b"}}',
      id: "a",
      error: 'the key "args" comes twice',
    },
  ]
) {
  Deno.test(`readCallLine() answers ${line} with an error`, () => {
    assertEquals(readCallLine(line), { ok: false, id, error });
  });
}
