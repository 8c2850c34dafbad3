import fc from "fast-check";
import { dirname, join } from "../../deps.ts";
import { directorySandbox } from "../../tools/sandbox/directory_sandbox.ts";
import { readTool } from "../../tools/read.ts";
import { toolRegistry } from "../../tools/registry.ts";
import type { Tool } from "../../tools/tool.ts";
import { writeTool } from "../../tools/write.ts";
import { type LaidFixture, layFixture } from "../hostile/fixture.ts";
import { gateOpener } from "../hostile/gates.ts";
import { policyWith } from "../hostile/policy.ts";
import { playTrial } from "../hostile/trial.ts";
import { diskProperty } from "./property.ts";

/** Names in the fixture, and names that may be mistaken for them. */
const NAMES = [
  "..",
  "..",
  ".",
  "",
  "sandbox",
  "sandbox-evil",
  "sandbox.bak",
  "SANDBOX",
  "ｓandbox",
  "sandbox ",
  "outside",
  "secret.txt",
  "in.txt",
  "sub",
  "deep",
  "file.txt",
  "...",
  "x.txt",
  "flipdir",
  "link_in",
  "link_abs_in",
  "link_file",
  "link_dir",
  "link_abs",
  "passwd",
  "link_chain",
  "link_loop",
  "link_dangling",
  "link_parent",
  "link_self",
  "link_proc",
  "link_zero",
  "hard.txt",
  "fifo",
  "new.txt",
  "missing",
  "~",
  "%2e%2e",
  "%252e%252e",
  "．．",
  "..%2f..",
  "\\..",
  "..\0",
  "proc",
  "etc",
  "file:",
];

const name = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom(...NAMES) },
  { weight: 1, arbitrary: fc.string({ unit: "grapheme", maxLength: 6 }) },
);

const path = fc.tuple(
  fc.constantFrom("", "", "", "{ROOT}/sandbox/", "{ROOT}/", "/", "//"),
  fc.array(name, { maxLength: 7 }),
).map(([start, names]) => start + names.join("/"));

const operation = fc.constantFrom("read", "write");

/**
 * Where the system would get to from a directory: a reading of path_resolution(7)
 * that goes name by name. What is missing is taken for a directory. `undefined`
 * for links without an end.
 */
function resolved(path: string, directory: string): string | undefined {
  const names = path.split("/");
  let place = path.startsWith("/") ? "/" : directory;
  let links = 0;
  for (let name = names.shift(); name !== undefined; name = names.shift()) {
    if (name === "" || name === ".") continue;
    if (name === "..") {
      place = dirname(place);
      continue;
    }
    const next = place === "/" ? `/${name}` : `${place}/${name}`;
    const target = targetOf(next);
    if (target === undefined) {
      place = next;
      continue;
    }
    links += 1;
    if (links > 40) return undefined;
    names.unshift(...target.split("/"));
    if (target.startsWith("/")) place = "/";
  }
  return place;
}

function targetOf(path: string): string | undefined {
  try {
    return Deno.readLinkSync(path);
  } catch {
    return undefined;
  }
}

/** Whether it is in the directory and, if it exists, a folder or a file with one name. */
function isPlain(place: string | undefined, directory: string): boolean {
  if (place === undefined) return false;
  if (place !== directory && !place.startsWith(`${directory}/`)) return false;
  try {
    const { isFile, isDirectory, nlink } = Deno.lstatSync(place);
    return isDirectory || isFile && nlink === 1;
  } catch {
    return true;
  }
}

/** Calls of the real tools in a fixture of their own. */
function world() {
  const fixture: LaidFixture = layFixture();
  const sandbox = directorySandbox(fixture.sandbox);
  const tools = toolRegistry<Tool>([readTool(sandbox), writeTool(sandbox)]);
  const policy = policyWith({
    tool_registry: { allowed: ["read", "write"], denied: [] },
  }).document;
  const open = gateOpener({ policy, tools, inspect: sandbox.inspect });
  return {
    fixture,
    call(tool: string, path: string) {
      const args = tool === "write" ? { path, content: "INSIDE\n" } : { path };
      const call = { tool, args_json: JSON.stringify(args) };
      const gate = open();
      const { effect } = gate.judge(gate.propose(call));
      return { effect, play: () => playTrial({ open, calls: [call], tools }) };
    },
  };
}

export const PATH_PROPERTIES = [
  diskProperty("no path is allowed that leads out of the sandbox", () => {
    const { fixture, call } = world();
    const { root, sandbox } = fixture;
    return {
      checked: fc.asyncProperty(operation, path, async (tool, spelled) => {
        const path = spelled.replace("{ROOT}", root);
        const { effect, play } = call(tool, path);
        if (effect === "allow" && !isPlain(resolved(path, sandbox), sandbox)) {
          return false;
        }
        const { leaks } = await play();
        return leaks.length === 0 && fixture.changes().length === 0;
      }),
      [Symbol.dispose]: () => fixture[Symbol.dispose](),
    };
  }),
  diskProperty(
    "a path to a plain file inside is allowed, however it is spelled",
    () => {
      const { fixture, call } = world();
      const start = fc.constantFrom("", "./", `${fixture.sandbox}/`);
      const detours = fc.array(
        fc.constantFrom(
          "sub/../",
          "./",
          ".//",
          "sub/deep/../../",
          "missing/../",
        ),
        { maxLength: 4 },
      );
      const file = fc.constantFrom(
        "in.txt",
        "sub/deep/file.txt",
        "..hidden",
        "a..b.txt",
        ".../x.txt",
        "my file.txt",
        "50%.txt",
        "naïve.txt",
        "sandbox-evil",
        "link_in",
        "new/missing.txt",
      );
      return {
        checked: fc.property(
          start,
          detours,
          file,
          (start, detours, file) =>
            call("read", join(start, "./") + detours.join("") + file).effect ===
              "allow",
        ),
        [Symbol.dispose]: () => fixture[Symbol.dispose](),
      };
    },
  ),
];
