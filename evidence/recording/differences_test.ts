import { assertEquals } from "@std/assert";
import type { Artifacts } from "../artifacts.ts";
import { differences } from "./differences.ts";

const MANIFEST = '{\n  "timestamp": "now",\n  "run_id": "r"\n}\n';

const RUN: Artifacts = new Map([
  ["state.jsonl", '{"seq":0}\n{"seq":1}\n'],
  ["trace.json", '{"resourceSpans":[\n]}\n'],
  ["run_report.md", "# Run r\n\nAll well.\n"],
  ["manifest.json", MANIFEST],
]);

function changed(name: string, text: string): Artifacts {
  return new Map([...RUN, [name, text]]);
}

Deno.test("differences() finds none between equal artifacts, in any order", () => {
  assertEquals(differences(RUN, new Map(RUN)), []);
  assertEquals(differences(RUN, new Map([...RUN].toReversed())), []);
});

Deno.test("differences() finds none between nothing and nothing", () => {
  assertEquals(differences(new Map(), new Map()), []);
});

const CHANGES = [
  {
    name: "state.jsonl",
    text: '{"seq":0}\n{"seq":2}\n',
    line: 2,
    expected: '{"seq":1}',
    found: '{"seq":2}',
  },
  {
    name: "trace.json",
    text: '{"resourceSpans":[ \n]}\n',
    line: 1,
    expected: '{"resourceSpans":[',
    found: '{"resourceSpans":[ ',
  },
  {
    name: "run_report.md",
    text: "# Run r\n\nAll well!\n",
    line: 3,
    expected: "All well.",
    found: "All well!",
  },
  {
    name: "manifest.json",
    text: MANIFEST.replace('"r"', '"s"'),
    line: 3,
    expected: '  "run_id": "r"',
    found: '  "run_id": "s"',
  },
  {
    name: "run_report.md",
    text: "# Run r\n\nAll well.",
    line: 4,
    expected: "",
    found: undefined,
  },
  {
    name: "run_report.md",
    text: "# Run r\n\nAll well.\n\n",
    line: 5,
    expected: undefined,
    found: "",
  },
  {
    name: "run_report.md",
    text: "# Run r\r\n\r\nAll well.\r\n",
    line: 1,
    expected: "# Run r",
    found: "# Run r\r",
  },
  {
    name: "run_report.md",
    text: "\ufeff# Run r\n\nAll well.\n",
    line: 1,
    expected: "# Run r",
    found: "\ufeff# Run r",
  },
  {
    name: "run_report.md",
    text: "",
    line: 1,
    expected: "# Run r",
    found: "",
  },
];

for (const { name, text, ...where } of CHANGES) {
  Deno.test(`differences() says where ${name} differs: ${JSON.stringify(where)}`, () => {
    assertEquals(differences(RUN, changed(name, text)), [{ name, ...where }]);
  });
}

Deno.test("differences() finds each artifact that is missing", () => {
  for (const [name, text] of RUN) {
    const found = new Map([...RUN].filter(([each]) => each !== name));
    assertEquals(
      differences(RUN, found).map((each) => [each.name, each.line, each.found]),
      [[name, 1, undefined]],
    );
    assertEquals(
      text.startsWith(differences(RUN, found)[0]?.expected ?? "?"),
      true,
    );
  }
});

Deno.test("differences() finds unexpected files, even empty ones", () => {
  assertEquals(
    differences(RUN, new Map([...RUN, ["notes.txt", "a\nb"], [".keep", ""]])),
    [
      { name: ".keep", line: 1, expected: undefined, found: "" },
      { name: "notes.txt", line: 1, expected: undefined, found: "a" },
    ],
  );
});

Deno.test("differences() lists every artifact that differs, by name", () => {
  assertEquals(
    differences(RUN, new Map()).map(({ name }) => name),
    ["manifest.json", "run_report.md", "state.jsonl", "trace.json"],
  );
});

Deno.test("differences() leaves volatile values out of the manifest only", () => {
  const text = MANIFEST.replace("now", "then");
  assertEquals(differences(RUN, changed("manifest.json", text)), []);
  const [want, have] = [MANIFEST, text].map((each) =>
    changed("trace.json", each)
  );
  assertEquals(differences(want ?? RUN, have ?? RUN), [{
    name: "trace.json",
    line: 2,
    expected: '  "timestamp": "now",',
    found: '  "timestamp": "then",',
  }]);
});
