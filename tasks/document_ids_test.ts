import { assertEquals } from "@std/assert";
import { documentIds } from "./document_ids.ts";

const FOLDERS = [
  { paths: ["a.md", "b/c.txt"], want: ["a", "b/c"] },
  { paths: ["a.md", "a.html"], want: ["a", "a.html"] },
  { paths: ["a.md", "a.txt"], want: ["a.md", "a.txt"] },
  { paths: ["a", "a.md"], want: ["a", "a.md"] },
  { paths: ["a.md", "a.md.md"], want: ["a", "a.md.md"] },
  { paths: ["A.MD", "a.md"], want: ["A.MD", "a"] },
  { paths: ["x.ts", "Makefile"], want: ["x.ts", "Makefile"] },
];

for (const { paths, want } of FOLDERS) {
  Deno.test(`documentIds() of ${paths} are ${want}`, () => {
    assertEquals(documentIds(paths), want);
    assertEquals(new Set(documentIds(paths)).size, paths.length);
  });
}
