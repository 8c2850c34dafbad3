import { assertEquals } from "@std/assert";
import { z } from "../deps.ts";
import type { Json } from "../tools/json.ts";
import type { PathFacts } from "../tools/sandbox.ts";
import { standardSchema } from "../tools/schema.ts";
import type { Effects } from "../tools/tool.ts";
import type { Proposal } from "./rule.ts";
import { sandboxPath } from "./sandbox_path.ts";

const FILE: PathFacts = {
  resolved: "<sandbox>/real.txt",
  inside: true,
  viaLink: false,
  dotdotAfterLink: false,
  kind: "file",
  links: 1,
};

function proposal(
  value: Json,
  effects: Effects = { reads: ["path"] },
): Proposal {
  return {
    name: "tool",
    tool: {
      name: "tool",
      description: "",
      effects,
      args: standardSchema(z.unknown()),
    },
    args: { ok: true, value, canonical: "" },
    repetition: { identical: 1 },
  };
}

function judge(path: Json, facts: Partial<PathFacts> = {}) {
  return sandboxPath({ inspect: () => ({ ...FILE, ...facts }) })
    .opinion(proposal({ path }));
}

/** For what must be refused by its text alone. */
const notAsked = {
  inspect: (path: string): PathFacts => {
    throw new Error(`the disk was asked for ${path}`);
  },
};

Deno.test("sandboxPath() has its public id", () => {
  assertEquals(sandboxPath(notAsked).id, "sandbox_path");
});

const ALLOWED = [
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

for (const path of ALLOWED) {
  const name = path.length > 60 ? `${path.slice(0, 60)}…` : path;
  Deno.test(`sandboxPath() allows ${JSON.stringify(name)} that is inside`, () => {
    assertEquals(judge(path), {
      effect: "allow",
      metadata: {
        tool: "tool",
        target_path: path,
        resolved_path: "<sandbox>/real.txt",
        sandbox_root: "<sandbox>",
      },
    });
  });
}

const DISGUISE = 'the path spells ".." in disguise';
const SCHEME = "the path has a URL scheme";
const KERNEL = "the path is under /proc, /sys or /dev";
const BACKSLASH = "the path has a backslash";
const BY_TEXT = [
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

for (const { path, reason } of BY_TEXT) {
  Deno.test(`sandboxPath() denies ${JSON.stringify(path)} without asking the disk`, () => {
    assertEquals(sandboxPath(notAsked).opinion(proposal({ path })), {
      effect: "deny",
      reason,
      metadata: {
        tool: "tool",
        target_path: path,
        sandbox_root: "<sandbox>",
      },
    });
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
  Deno.test(`sandboxPath() denies ${what} without asking the disk`, () => {
    const opinion = sandboxPath(notAsked).opinion(proposal({ path }));
    assertEquals(opinion, {
      effect: "deny",
      reason,
      metadata: {
        tool: "tool",
        target_path: path.slice(0, 4096),
        sandbox_root: "<sandbox>",
      },
    });
  });
}

Deno.test("sandboxPath() records no half of a character that it cuts off", () => {
  const path = `${"a/".repeat(2047)}a🔧`;
  assertEquals(
    sandboxPath(notAsked).opinion(proposal({ path }))?.metadata.target_path,
    `${"a/".repeat(2047)}a\ufffd`,
  );
});

const BY_FACTS: readonly {
  readonly what: string;
  readonly facts: Partial<PathFacts>;
  readonly reason: string | undefined;
}[] = [
  {
    what: "allows a directory",
    facts: { kind: "directory", links: 3 },
    reason: undefined,
  },
  {
    what: "allows a missing file",
    facts: { kind: "missing", links: 0 },
    reason: undefined,
  },
  {
    what: "allows a link that stays inside",
    facts: { viaLink: true },
    reason: undefined,
  },
  {
    what: "denies what is outside",
    facts: { inside: false },
    reason: "the path is outside the sandbox",
  },
  {
    what: "denies a link that leads outside",
    facts: { inside: false, viaLink: true },
    reason:
      "the path leads out of the sandbox through a link, or cannot be followed",
  },
  {
    what: 'denies ".." after a link',
    facts: { viaLink: true, dotdotAfterLink: true },
    reason: 'the path has ".." after a link',
  },
  {
    what: "denies a device",
    facts: { kind: "other" },
    reason: "the path is neither a file nor a directory",
  },
  {
    what: "denies a hard link",
    facts: { links: 2 },
    reason: "the file has another name (hard link)",
  },
];

for (const { what, facts, reason } of BY_FACTS) {
  Deno.test(`sandboxPath() ${what}`, () => {
    const metadata = {
      tool: "tool",
      target_path: "in.txt",
      resolved_path: "<sandbox>/real.txt",
      sandbox_root: "<sandbox>",
    };
    assertEquals(
      judge("in.txt", facts),
      reason === undefined
        ? { effect: "allow", metadata }
        : { effect: "deny", reason, metadata },
    );
  });
}

for (
  const { value, target_path } of [
    { value: null, target_path: "object" },
    { value: 5, target_path: "number" },
    { value: false, target_path: "boolean" },
    { value: { path: "in.txt" }, target_path: "object" },
    { value: [["in.txt"]], target_path: "object" },
  ]
) {
  Deno.test(`sandboxPath() denies ${JSON.stringify(value)}, which is no string`, () => {
    assertEquals(judge(value), {
      effect: "deny",
      reason: "the path is not a string",
      metadata: { tool: "tool", target_path, sandbox_root: "<sandbox>" },
    });
  });
}

const insideOnly = {
  inspect: (path: string): PathFacts => ({
    ...FILE,
    resolved: `<sandbox>/${path}`,
    inside: path.startsWith("in"),
  }),
};

for (
  const { effects, args, want } of [
    { effects: { reads: ["path"] }, args: { path: "out" }, want: "deny" },
    { effects: { writes: ["path"] }, args: { path: "out" }, want: "deny" },
    { effects: { writes: ["path"] }, args: { path: "in" }, want: "allow" },
    {
      effects: { reads: ["from"], writes: ["to"] },
      args: { from: "in", to: "in2" },
      want: "allow",
    },
    {
      effects: { reads: ["from"], writes: ["to"] },
      args: { from: "in", to: "out" },
      want: "deny",
    },
    {
      effects: { reads: ["from"], writes: ["to"] },
      args: { from: "out", to: "in" },
      want: "deny",
    },
    { effects: { reads: ["a"] }, args: { a: ["in", "in2"] }, want: "allow" },
    { effects: { reads: ["a"] }, args: { a: ["in", "out"] }, want: "deny" },
    { effects: { reads: ["a"] }, args: { b: "out" }, want: undefined },
    { effects: { fetches: ["a"] }, args: { a: "out" }, want: undefined },
    { effects: {}, args: { path: "out" }, want: undefined },
  ]
) {
  Deno.test(`sandboxPath() of ${JSON.stringify(args)} with ${JSON.stringify(effects)} is ${want ?? "silent"}`, () => {
    const opinion = sandboxPath(insideOnly).opinion(proposal(args, effects));
    assertEquals(opinion?.effect, want);
  });
}

Deno.test("sandboxPath() records the first path of a call that it allows", () => {
  const effects = { reads: ["from"], writes: ["to"] };
  const opinion = sandboxPath(insideOnly)
    .opinion(proposal({ to: "in2", from: "in1" }, effects));
  assertEquals(opinion?.metadata, {
    tool: "tool",
    target_path: "in1",
    resolved_path: "<sandbox>/in1",
    sandbox_root: "<sandbox>",
  });
});

Deno.test("sandboxPath() says nothing of a tool that does not exist", () => {
  const call = { ...proposal({ path: "/etc/passwd" }), tool: undefined };
  assertEquals(sandboxPath(notAsked).opinion(call), undefined);
});
