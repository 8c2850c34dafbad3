import { assertEquals } from "@std/assert";
import allowed from "../trace/samples/allowed_with_retry.json" with {
  type: "json",
};
import { lacks } from "./permissions.ts";
import { program } from "./program.ts";

const needs = { ignore: lacks("read", "write", "run") };
const TEXT = JSON.stringify(allowed);

async function check(text: string, ...options: readonly string[]) {
  const cwd = Deno.makeTempDirSync();
  try {
    Deno.writeTextFileSync(`${cwd}/t.json`, text);
    return await program(["trace", "check", "t.json", ...options], { cwd });
  } finally {
    Deno.removeSync(cwd, { recursive: true });
  }
}

Deno.test(
  "trace check takes what OTLP/JSON lets a sender spell otherwise for valid, and says so",
  needs,
  async () => {
    const text = `\ufeff${
      TEXT.replace(/(UnixNano":)"(\d+)"/g, "$1$2").replaceAll(
        '"kind":3',
        '"flags":257,"kind":3',
      )
    }\r\n`;
    const { code, stdout, stderr } = await check(text);
    assertEquals([code, stderr], [0, ""]);
    assertEquals(
      stdout.trim().split("\n").map((line) => line.replace(/ \(and .*/, "")),
      [
        "t.json: valid, though not spelled as this runtime does",
        "t.json: note $: a byte order mark",
        "t.json: note resourceSpans[0].scopeSpans[0].spans[0].startTimeUnixNano: a 64-bit integer as a number",
        "t.json: note resourceSpans[0].scopeSpans[0].spans[1].flags: flags, which we never write",
      ],
    );
  },
);

Deno.test(
  "trace check refuses what OTLP/JSON does not allow",
  needs,
  async () => {
    const text = TEXT
      .replace('"kind":3', '"kind":"SPAN_KIND_CLIENT"')
      .replace(/(endTimeUnixNano":)"(\d+)"/g, "$1$2");
    const { code, stdout } = await check(text, "--json");
    const { findings, notes } = JSON.parse(stdout);
    assertEquals(code, 2);
    assertEquals(
      findings.map((each: { readonly code: string }) => each.code),
      ["kind_invalid"],
    );
    assertEquals(notes.length, 1);
  },
);

for (
  const text of [
    "{",
    TEXT.replace('"kind":3', '"kind":3,"kind":3').replace(
      /(endTimeUnixNano":)"(\d+)"/,
      "$1$2",
    ),
  ]
) {
  Deno.test(
    `trace check refuses ${text.slice(0, 5)}, however much of it is legal`,
    needs,
    async () => {
      const { code } = await check(text);
      assertEquals(code, 2);
    },
  );
}

Deno.test(
  "trace check has nothing to note of a trace of ours",
  needs,
  async () => {
    const { code, stdout } = await check(TEXT);
    assertEquals([code, stdout], [0, "t.json: valid\n"]);
  },
);
