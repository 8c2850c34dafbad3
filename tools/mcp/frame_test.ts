import { assertEquals } from "@std/assert";
import { paramText, readFrame } from "./frame.ts";

const PING = { jsonrpc: "2.0", id: 1, method: "ping" };

for (
  const { line, kind } of [
    { line: PING, kind: "request" },
    { line: { ...PING, id: "a" }, kind: "request" },
    { line: { jsonrpc: "2.0", method: "x" }, kind: "notification" },
    { line: { jsonrpc: "2.0", id: 1, result: {} }, kind: "response" },
    {
      line: { jsonrpc: "2.0", id: 1, error: { code: -1, message: "m" } },
      kind: "response",
    },
    { line: { ...PING, later: true }, kind: "request" },
  ]
) {
  Deno.test(`readFrame() reads ${JSON.stringify(line)} as a ${kind}`, () => {
    assertEquals(readFrame(JSON.stringify(line)).kind, kind);
  });
}

for (
  const { line, reason, id = null, isAnswer = false } of [
    { line: "{", reason: "it is not JSON" },
    { line: "[]", reason: "it is a batch; send one message at a time" },
    { line: "1", reason: "it is not an object" },
    { line: '{"id":1,"method":"x"}', reason: '"jsonrpc" is not "2.0"', id: 1 },
    {
      line: '{"jsonrpc":"2.0","id":null,"method":"x"}',
      reason: '"id" is no string and no number',
    },
    {
      line: '{"jsonrpc":"2.0","id":1,"method":2}',
      reason: '"method" is not a string',
      id: 1,
    },
    {
      line: '{"jsonrpc":"2.0","id":1,"method":"x","params":[]}',
      reason: '"params" is not an object',
      id: 1,
    },
    {
      line: '{"jsonrpc":"2.0","id":1,"method":"x","result":{}}',
      reason: "it is asked and answered at once",
      id: 1,
    },
    {
      line: '{"jsonrpc":"2.0","id":1}',
      reason: 'expected "result" or "error"',
      id: 1,
      isAnswer: true,
    },
    {
      line: '{"jsonrpc":"2.0","id":1,"result":"x"}',
      reason: '"result" is not an object',
      id: 1,
      isAnswer: true,
    },
    {
      line: '{"jsonrpc":"2.0","id":1,"error":"x"}',
      reason: '"error" has no code and message',
      id: 1,
      isAnswer: true,
    },
    {
      line: '{"jsonrpc":"2.0","id":1,"id":2,"method":"x"}',
      reason: 'the key "id" comes twice',
      id: 2,
    },
    {
      line: '{"jsonrpc":"2.0","id":1,"method":"x","m\\u0065thod":"y"}',
      reason: 'the key "method" comes twice',
      id: 1,
    },
    {
      line:
        '{"jsonrpc":"2.0","id":1,"method":"x","params":{"name":1,"name":2}}',
      reason: 'the key "name" comes twice',
      id: 1,
    },
  ]
) {
  Deno.test(`readFrame() refuses ${line}`, () => {
    const read = readFrame(line);
    if (read.kind !== "broken") throw new Error(`it is a ${read.kind}`);
    assertEquals([read.reason, read.id, read.isAnswer], [reason, id, isAnswer]);
  });
}

Deno.test("paramText() gives a parameter as it is written", () => {
  const text =
    '{"jsonrpc":"2.0","id":1,"method":"x","params":{"a": {"b" : 1.0} ,"c":2}}';
  assertEquals(paramText({ text }, "a"), '{"b" : 1.0}');
  assertEquals(paramText({ text }, "d"), undefined);
  assertEquals(paramText({ text: '{"id":1}' }, "a"), undefined);
});
