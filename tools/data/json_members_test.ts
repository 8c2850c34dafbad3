import { assertEquals } from "@std/assert";
import { jsonMembers } from "./json_members.ts";

for (
  const { text, want } of [
    { text: "{}", want: [] },
    { text: ' { "a" : 1 } ', want: [["a", "1"]] },
    {
      text: '{"a":{"b":[1,{"c":2}],"a":3},"d":[],"e":null}',
      want: [["a", '{"b":[1,{"c":2}],"a":3}'], ["d", "[]"], ["e", "null"]],
    },
    { text: '{"a":1,"a":2}', want: [["a", "1"], ["a", "2"]] },
    {
      text: '{"\\u0061":"b,}:\\"","":" "}',
      want: [["a", '"b,}:\\""'], ["", '" "']],
    },
    {
      text: '{"a\\\\":"\\\\","b":"{"}',
      want: [["a\\", '"\\\\"'], ["b", '"{"']],
    },
    { text: '{"a":{"b":1,"b":2}}', want: [["a", '{"b":1,"b":2}']] },
  ]
) {
  Deno.test(`jsonMembers() takes ${text} apart`, () => {
    assertEquals(jsonMembers(text).map(({ key, text }) => [key, text]), want);
  });
}
