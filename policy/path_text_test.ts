import { assertEquals } from "@std/assert";
import {
  MAX_PATH_BYTES,
  refusalOfForeignPath,
  refusalOfPathText,
} from "./path_text.ts";

Deno.test("MAX_PATH_BYTES is what Linux takes", () => {
  assertEquals(MAX_PATH_BYTES, 4096);
});

const LITERAL = [
  "in.txt",
  "./in.txt",
  "sub/../in.txt",
  "/tmp/run/in.txt",
  "..hidden",
  "a..b.txt",
  ".../x.txt",
  "my file.txt",
  "50%.txt",
  "100%25.txt",
  "%2e.txt",
  "naïve.txt",
  "n\u0061\u0308ive.txt",
  "12:30.txt",
  "~/notes.txt",
  "proc/self.txt",
  "/processes/x",
  "sub/dev/null",
  "…",
  "a".repeat(255),
  `${"a/".repeat(2047)}bc`,
];

for (const path of LITERAL) {
  const name = path.length > 60 ? `${path.slice(0, 60)}…` : path;
  Deno.test(`refusalOfPathText() takes ${JSON.stringify(name)} as it is`, () => {
    assertEquals(refusalOfPathText(path), undefined);
  });
}

const DISGUISE = 'the path spells ".." in disguise';
const SCHEME = "the path has a URL scheme";
const KERNEL = "the path is under /proc, /sys or /dev";
const BACKSLASH = "the path has a backslash";
const REFUSED = [
  { path: "", reason: "the path is empty" },
  { path: "in.txt\0", reason: "the path has a NUL character" },
  { path: "\0.md", reason: "the path has a NUL character" },
  { path: "..\\in.txt", reason: BACKSLASH },
  { path: "\\\\localhost\\c$", reason: BACKSLASH },
  { path: "C:\\in.txt", reason: BACKSLASH },
  { path: "file:///etc/passwd", reason: SCHEME },
  { path: "FILE:in.txt", reason: SCHEME },
  { path: "https://x.test/", reason: SCHEME },
  { path: "git+ssh://x", reason: SCHEME },
  { path: "C:/in.txt", reason: SCHEME },
  { path: "/proc/self/environ", reason: KERNEL },
  { path: "/proc", reason: KERNEL },
  { path: "//proc/1", reason: KERNEL },
  { path: "/sys/kernel", reason: KERNEL },
  { path: "/dev/null", reason: KERNEL },
  { path: "%2e%2e/in.txt", reason: DISGUISE },
  { path: "%2E%2E/in.txt", reason: DISGUISE },
  { path: "sub/.%2e/in.txt", reason: DISGUISE },
  { path: "..%2fin.txt", reason: DISGUISE },
  { path: "..%5cin.txt", reason: DISGUISE },
  { path: "..%00/in.txt", reason: DISGUISE },
  { path: "%252e%252e/in.txt", reason: DISGUISE },
  { path: "..%252fin.txt", reason: DISGUISE },
  { path: "%2525252525252e./in.txt", reason: DISGUISE },
  { path: "%u002e%u002e/in.txt", reason: DISGUISE },
  { path: "%uff0e%uff0e/in.txt", reason: DISGUISE },
  { path: "%c0%ae%c0%ae/in.txt", reason: DISGUISE },
  { path: "..%c0%afin.txt", reason: DISGUISE },
  { path: "..%c1%9cin.txt", reason: DISGUISE },
  { path: "%e0%80%ae./in.txt", reason: DISGUISE },
  { path: "%f0%80%80%ae./in.txt", reason: DISGUISE },
  { path: "\uff0e\uff0e/in.txt", reason: DISGUISE },
  { path: "..\uff0fin.txt", reason: DISGUISE },
  { path: "\u2024\u2024/in.txt", reason: DISGUISE },
  { path: "\u2025/in.txt", reason: DISGUISE },
  { path: "\uff052e\uff052e/in.txt", reason: DISGUISE },
];

for (const { path, reason } of REFUSED) {
  Deno.test(`refusalOfPathText() refuses ${JSON.stringify(path)}`, () => {
    assertEquals(refusalOfPathText(path), reason);
  });
}

const TOO_LONG = [
  {
    what: "a name of 256 bytes",
    path: `sub/${"a".repeat(256)}`,
    reason: "a name in the path is longer than 255 bytes",
  },
  {
    what: "a name of 128 two-byte characters",
    path: "é".repeat(128),
    reason: "a name in the path is longer than 255 bytes",
  },
  {
    what: "a path of 4097 bytes",
    path: `${"a/".repeat(2048)}b`,
    reason: "the path is longer than 4096 bytes",
  },
];

for (const { what, path, reason } of TOO_LONG) {
  Deno.test(`refusalOfPathText() refuses ${what}`, () => {
    assertEquals(refusalOfPathText(path), reason);
  });
}

for (
  const { path, refused } of [
    { path: "~", refused: true },
    { path: "~/x", refused: true },
    { path: "~root/x", refused: true },
    { path: "$HOME", refused: true },
    { path: "a/${HOME}/b", refused: true },
    { path: "a/$(id)", refused: true },
    { path: "%HOME%/x", refused: true },
    { path: "a/{{ b }}", refused: true },
    { path: "<%= a %>", refused: true },
    { path: "`id`", refused: true },
    { path: "a~b/c~", refused: false },
    { path: "100%/50%", refused: false },
    { path: "a$", refused: false },
    { path: "price $5", refused: false },
    { path: "{a}", refused: false },
  ]
) {
  Deno.test(`refusalOfForeignPath() ${refused ? "refuses" : "passes"} ${path}`, () => {
    assertEquals(refusalOfForeignPath(path) !== undefined, refused);
  });
}
