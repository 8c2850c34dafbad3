import { assertEquals, assertThrows } from "@std/assert";
import { join } from "../../deps.ts";
import { InputError } from "../../tools/data/input_error.ts";
import { lacks } from "../../tests/permissions.ts";
import { temporaryFolder } from "../../tests/program.ts";
import {
  corpusReadings,
  describeSkipped,
  readCorpusFolder,
} from "./corpus_folder.ts";

const needs = { ignore: lacks("read", "write", "run") };

const TEXTS = {
  "README.MD": "A\n",
  "a.md": "B\n",
  "a.html": "<p>C</p>\n",
  "data/d.csv": "x,y\n",
  "data/e.json": "{}\n",
  "src/main.rs": "fn main() {}\n",
  "Makefile": "all:\n",
  "empty.txt": "",
};

function fill(
  folder: string,
  files: Readonly<Record<string, string | Uint8Array>>,
): void {
  for (const [path, content] of Object.entries(files)) {
    const place = join(folder, path);
    Deno.mkdirSync(join(place, ".."), { recursive: true });
    Deno.writeFileSync(
      place,
      typeof content === "string" ? new TextEncoder().encode(content) : content,
    );
  }
}

Deno.test("readCorpusFolder() reads text files of any extension", needs, () => {
  using folder = temporaryFolder();
  fill(folder.path, {
    ...TEXTS,
    "utf16.txt": new Uint8Array([0xff, 0xfe, 0x61, 0]),
    ".git/config": "no\n",
    ".env": "no\n",
    "node_modules/x/index.js": "no\n",
  });
  const { documents, skipped } = readCorpusFolder(folder.path);
  assertEquals(
    documents.map(({ id, path, text }) => [id, path, text]),
    [
      ["Makefile", "Makefile", "all:\n"],
      ["README.MD", "README.MD", "A\n"],
      ["a.html", "a.html", "<p>C</p>\n"],
      ["a", "a.md", "B\n"],
      ["data/d.csv", "data/d.csv", "x,y\n"],
      ["data/e.json", "data/e.json", "{}\n"],
      ["empty", "empty.txt", ""],
      ["src/main.rs", "src/main.rs", "fn main() {}\n"],
      ["utf16", "utf16.txt", "a"],
    ],
  );
  assertEquals(skipped, []);
  assertEquals(
    corpusReadings(folder.path).map((each) => each.map(({ path }) => path)),
    [documents.map(({ path }) => path), ["a.md", "empty.txt", "utf16.txt"]],
  );
});

Deno.test(
  "readCorpusFolder() says what it leaves out and reads the rest",
  needs,
  () => {
    using folder = temporaryFolder();
    const path = (name: string) => join(folder.path, name);
    fill(folder.path, {
      "good.md": "A\n",
      "latin1.md": new Uint8Array([0x61, 0xe9]),
      "logo.png": new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0]),
    });
    Deno.symlinkSync("good.md", path("link.md"));
    Deno.symlinkSync("nowhere", path("dangling"));
    new Deno.Command("mkfifo", { args: [path("pipe.md")] }).outputSync();
    Deno.writeTextFileSync(path("large.txt"), "");
    Deno.truncateSync(path("large.txt"), 2 ** 24 + 1);
    // No file name of Deno can be these bytes.
    new Deno.Command("bash", {
      args: ["-c", `printf x > $'bad\\xff.md'; mkdir $'dir\\xfe'`],
      cwd: folder.path,
    }).outputSync();
    const { documents, skipped } = readCorpusFolder(folder.path);
    assertEquals(documents.map(({ id }) => id), ["good"]);
    assertEquals(skipped.map(({ path, why }) => `${path}: ${why}`), [
      "bad\ufffd.md: its name is not UTF-8",
      "dangling: a link",
      "dir\ufffd/: its name is not UTF-8",
      "large.txt: it has 16777217 bytes; up to 16777216 can be read",
      "latin1.md: not a text",
      "link.md: a link",
      "logo.png: not a text",
      "pipe.md: not a regular file",
    ]);
  },
);

Deno.test(
  "readCorpusFolder() refuses a folder that is not there",
  needs,
  () => {
    assertThrows(
      () => readCorpusFolder("/nowhere/at/all"),
      InputError,
      "there is no such folder",
    );
  },
);

const LEFT_OUT = [
  { names: [], want: undefined },
  { names: ["a.png"], want: "left out: 1: a.png (a link)" },
  {
    names: ["a", "b", "c"],
    want: "left out: 3: a (a link), b (a link), c (a link)",
  },
  {
    names: ["a", "b", "c", "d", "e"],
    want: "left out: 5: a (a link), b (a link), c (a link) and 2 more",
  },
  {
    names: ["\u001b[2Ja\nb\u202e"],
    want: "left out: 1: \\u{001b}[2Ja\\u{000a}b\\u{202e} (a link)",
  },
];

for (const { names, want } of LEFT_OUT) {
  Deno.test(`describeSkipped() of ${JSON.stringify(names)} is one line`, () => {
    const skipped = names.map((path) => ({ path, why: "a link" }));
    assertEquals(describeSkipped(skipped), want);
  });
}
