import { assertEquals } from "@std/assert";
import { originsOf } from "./origins.ts";

const SOURCES = [
  { seq: 0, tool: null, text: "Pay parcel 4711 to DE0212 now." },
  { seq: 6, tool: "fetch", text: "See https://a.test/x?id=4711 and DE0299." },
  { seq: 9, tool: "read", text: "DE0299 again" },
];
const QUESTION = { seq: 0, tool: null };
const FETCH = { seq: 6, tool: "fetch" };

for (
  const { name, args, want } of [
    {
      name: "a value of the question",
      args: { to: "DE0212" },
      want: [{ path: "$.to", whole: QUESTION, parts: [], partCount: 0 }],
    },
    {
      name: "a value of the first result that has it",
      args: { list: ["DE0299"] },
      want: [{ path: "$.list[0]", whole: FETCH, parts: [], partCount: 0 }],
    },
    {
      name: "a number",
      args: { parcel: 4711 },
      want: [{ path: "$.parcel", whole: QUESTION, parts: [], partCount: 0 }],
    },
    {
      name: "no part of a longer number",
      args: { parcel: 471 },
      want: [],
    },
    {
      name: "no part of a longer token",
      args: { to: "DE021" },
      want: [{ path: "$.to", whole: null, parts: [], partCount: 0 }],
    },
    {
      name: "the parts of a value that was not seen",
      args: { url: "https://a.test/steal?iban=DE0299" },
      want: [{
        path: "$.url",
        whole: null,
        parts: [
          { part: "https", ...FETCH },
          { part: "a.test", ...FETCH },
          { part: "DE0299", ...FETCH },
        ],
        partCount: 5,
      }],
    },
    { name: "nothing in short values", args: { a: "x", b: true }, want: [] },
  ]
) {
  Deno.test(`originsOf() finds ${name}`, () => {
    assertEquals(originsOf(args, SOURCES), want);
  });
}
