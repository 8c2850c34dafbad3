import { assertEquals } from "@std/assert";
import { readSessionLine } from "./session_line.ts";

for (
  const { line, want } of [
    {
      line: '{"id":"1","tool":"read","args":{"path":"a"}}',
      want: {
        kind: "call",
        session: undefined,
        call: { id: "1", tool: "read", args_json: '{"path":"a"}' },
      },
    },
    {
      line: '{"session":"s","tool":"read","args":{"a":1,"a":2}}',
      want: {
        kind: "call",
        session: "s",
        call: { id: null, tool: "read", args_json: '{"a":1,"a":2}' },
      },
    },
    {
      line: '{"question":"why?","session":"s"}',
      want: { kind: "question", session: "s", question: "why?" },
    },
    {
      line: '{"id":1,"result":null}',
      want: { kind: "result", session: undefined, id: 1, result: null },
    },
    {
      line: '{ "result" : {"result":[1]} , "id":"r" }',
      want: {
        kind: "result",
        session: undefined,
        id: "r",
        result: { result: [1] },
      },
    },
  ]
) {
  Deno.test(`readSessionLine() reads ${line}`, () => {
    assertEquals(readSessionLine(line), { ok: true, ...want });
  });
}

for (
  const { line, id = null, error } of [
    { line: "", error: "it is not JSON" },
    { line: "null", error: "Invalid input: expected object, received null" },
    {
      line: '"question"',
      error: "Invalid input: expected object, received string",
    },
    {
      line: '{"question":["a"]}',
      error: "question: Invalid input: expected string, received array",
    },
    {
      line: '{"id":"1","question":"a"}',
      id: "1",
      error: 'Unrecognized key: "id"',
    },
    { line: '{"result":1}', error: "id: Invalid input" },
    {
      line: '{"id":"1","result":1,"tool":"read"}',
      id: "1",
      error: 'Unrecognized key: "tool"',
    },
    {
      line: '{"id":"1","result":1,"result":2}',
      id: "1",
      error: 'the key "result" comes twice',
    },
    {
      line: '{"question":"a","session":""}',
      error: "session: expected a text, found none",
    },
    {
      line: '{"question":"a","session":1}',
      error: "session: Invalid input: expected string, received number",
    },
    {
      line: `{"question":"a","session":"${"x".repeat(257)}"}`,
      error: "session: expected a name of up to 256 characters",
    },
    {
      line: '{"id":"1","tool":"read"}',
      id: "1",
      error: "expected args or args_json",
    },
  ]
) {
  Deno.test(`readSessionLine() answers ${line.slice(0, 50)} with an error`, () => {
    assertEquals(readSessionLine(line), { ok: false, id, error });
  });
}

Deno.test("readSessionLine() takes a result however deep it is nested", () => {
  const deep = "[".repeat(100_000) + "]".repeat(100_000);
  const read = readSessionLine(`{"id":"1","result":${deep}}`);
  assertEquals(read.ok && read.kind, "result");
});
