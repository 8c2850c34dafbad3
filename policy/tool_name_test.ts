import { assertEquals } from "@std/assert";
import { refusalOfToolName, toolName } from "./tool_name.ts";

for (
  const name of [
    "read",
    "read_file",
    "read-file",
    "readFile2",
    "fs.read",
    "fs/read",
    "/fs/read",
    "functions:read",
    "mcp__server__read",
    "@scope/read",
    "__proto__",
    "toString",
    "lesen\u00fc",
    "r",
    "a".repeat(300),
  ]
) {
  Deno.test(`toolName accepts ${JSON.stringify(name.slice(0, 20))}`, () => {
    assertEquals(refusalOfToolName(name), undefined);
    assertEquals(toolName.safeParse(name).success, true);
  });
}

const pattern = (name: string, sign: string) => ({
  name,
  want:
    `"${name}" has "${sign}" in it, but a pattern matches nothing; list each tool by its exact name`,
});

const unseen = (name: string, code: string) => ({
  name,
  want:
    `a tool's name has the character U+${code}, which cannot be seen; expected the exact name of one tool`,
});

for (
  const { name, want } of [
    { name: "", want: "expected a tool's name, found an empty one" },
    { name: " read", want: "spaces around a tool's name" },
    { name: "read ", want: "spaces around a tool's name" },
    {
      name: "read file",
      want:
        '"read file" has a space in it; expected the exact name of one tool',
    },
    {
      name: "read, write",
      want:
        '"read, write" has a space in it; expected the exact name of one tool',
    },
    pattern("*", "*"),
    pattern("fs.*", "*"),
    pattern("*_file", "*"),
    pattern("mcp__**", "*"),
    pattern("read?", "?"),
    pattern("read_[ab]", "["),
    pattern("b]", "]"),
    pattern("{read,write}", "{"),
    pattern("read,write", ","),
    pattern("(read|write)", "("),
    pattern("read|write", "|"),
    pattern("^read", "^"),
    pattern("read$", "$"),
    pattern("fs\\.read", "\\"),
    pattern("/read/", "/"),
    pattern("/fs.+/", "/"),
    unseen("read\n", "000A"),
    unseen("re\tad", "0009"),
    unseen("read\x00", "0000"),
    unseen("\x1b[2Kread", "001B"),
    unseen("read\x9b", "009B"),
    unseen("read\u00ad", "00AD"),
    unseen("read\u00a0file", "00A0"),
    unseen("read\u200b", "200B"),
    unseen("read\u202e", "202E"),
    unseen("read\u2028", "2028"),
    unseen("read\u2800", "2800"),
    unseen("read\u3000file", "3000"),
    unseen("read\u3164", "3164"),
    unseen("read\ufe0f", "FE0F"),
    unseen("read\ufeff", "FEFF"),
    unseen("read\ud800", "D800"),
    unseen("read\u{e0061}", "E0061"),
  ]
) {
  Deno.test(`toolName refuses ${JSON.stringify(name)}`, () => {
    assertEquals(refusalOfToolName(name), want);
    assertEquals(
      toolName.safeParse(name).error?.issues.map(({ message }) => message),
      [want],
    );
  });
}
