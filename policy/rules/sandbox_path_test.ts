import { assertEquals } from "@std/assert";
import { z } from "../../deps.ts";
import type { Json } from "../../tools/data/json.ts";
import type { PathFacts } from "../../tools/sandbox/sandbox.ts";
import { standardSchema } from "../../tools/schema.ts";
import type { Effects } from "../../tools/tool.ts";
import type { Proposal } from "../rule.ts";
import { sandboxPath } from "./sandbox_path.ts";
import { proposed } from "../../tests/proposal.ts";

const FILE: PathFacts = {
  resolved: "<sandbox>/real.txt",
  inside: true,
  viaLink: false,
  dotdotAfterLink: false,
  special: false,
  hardLinked: false,
};

function proposal(
  value: Json,
  { inspect, effects = { reads: ["path"] } }: {
    readonly inspect: (path: string) => PathFacts;
    readonly effects?: Effects;
  },
): Proposal {
  return proposed({
    inspect,
    name: "tool",
    tool: {
      name: "tool",
      description: "",
      effects,
      args: standardSchema(z.unknown()),
    },
    args: { ok: true, value, canonical: "" },
  });
}

function judge(path: Json, facts: Partial<PathFacts> = {}) {
  const inspect = () => ({ ...FILE, ...facts });
  return sandboxPath().opinion(proposal({ path }, { inspect }));
}

Deno.test("sandboxPath() has its public id", () => {
  assertEquals(sandboxPath().id, "sandbox_path");
});

Deno.test("sandboxPath() allows a path that is inside", () => {
  assertEquals(judge("sub/../in.txt"), {
    effect: "allow",
    metadata: {
      tool: "tool",
      target_path: "sub/../in.txt",
      resolved_path: "<sandbox>/real.txt",
      sandbox_root: "<sandbox>",
    },
  });
});

/** The others are in `path_text_test.ts`. */
const BY_TEXT = [
  { path: "", reason: "the path is empty" },
  { path: "in.txt\0", reason: "the path has a NUL character" },
  { path: "/proc/self", reason: "the path is under /proc, /sys or /dev" },
  { path: "%2e%2e/in.txt", reason: 'the path spells ".." in disguise' },
];

for (const { path, reason } of BY_TEXT) {
  const want = {
    effect: "deny",
    reason,
    metadata: { tool: "tool", target_path: path, sandbox_root: "<sandbox>" },
  } as const;
  Deno.test(`sandboxPath() denies ${JSON.stringify(path)} without asking the disk`, () => {
    assertEquals(judge(path), want);
  });
  Deno.test(`sandboxPath() denies ${JSON.stringify(path)} whatever is known of it`, () => {
    const { facts, ...call } = proposal({ path }, { inspect: () => FILE });
    const paths = new Map([[path, FILE]]);
    assertEquals(
      sandboxPath().opinion({ ...call, facts: { ...facts, paths } }),
      {
        ...want,
        metadata: { ...want.metadata, resolved_path: "<sandbox>/real.txt" },
      },
    );
  });
}

Deno.test("sandboxPath() denies a path of which nothing is known", () => {
  const inspect = () => {
    throw new Error("the disk is gone");
  };
  assertEquals(
    sandboxPath().opinion(proposal({ path: "in.txt" }, { inspect })),
    {
      effect: "deny",
      reason: "the path cannot be looked up",
      metadata: {
        tool: "tool",
        target_path: "in.txt",
        sandbox_root: "<sandbox>",
      },
    },
  );
});

Deno.test("sandboxPath() records the beginning of a path that is too long", () => {
  const path = `${`${"a".repeat(255)}/`.repeat(16)}b`;
  assertEquals(judge(path), {
    effect: "deny",
    reason: "the path is longer than 4096 bytes",
    metadata: {
      tool: "tool",
      target_path: path.slice(0, 4096),
      sandbox_root: "<sandbox>",
    },
  });
});

Deno.test("sandboxPath() records no half of a character that it cuts off", () => {
  const path = `${"a/".repeat(2047)}a🔧`;
  assertEquals(
    judge(path)?.metadata.target_path,
    `${"a/".repeat(2047)}a\ufffd`,
  );
});

const BY_FACTS: readonly {
  readonly what: string;
  readonly facts: Partial<PathFacts>;
  readonly reason: string | undefined;
}[] = [
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
    facts: { special: true },
    reason: "the path is neither a file nor a directory",
  },
  {
    what: "denies a hard link",
    facts: { hardLinked: true },
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
    const opinion = sandboxPath().opinion(
      proposal(args, { ...insideOnly, effects }),
    );
    assertEquals(opinion?.effect, want);
  });
}

for (
  const { what, args, path } of [
    {
      what: "a path of 65 names",
      args: { a: `${"a/".repeat(64)}b` },
      path: `${"a/".repeat(64)}b`,
    },
    {
      what: "65 paths of one name",
      args: { a: [...Array(64).fill("in"), "in65"] },
      path: "in65",
    },
    {
      what: "65 names in two arguments",
      args: { a: `in/${"a/".repeat(30)}b`, b: `in/${"a/".repeat(31)}b` },
      path: `in/${"a/".repeat(31)}b`,
    },
  ]
) {
  Deno.test(`sandboxPath() denies ${what} and looks none of them up`, () => {
    const asked: string[] = [];
    const inspect = (each: string) => {
      asked.push(each);
      return FILE;
    };
    const effects = { reads: ["a"], writes: ["b"] };
    assertEquals(
      sandboxPath().opinion(proposal(args, { inspect, effects })),
      {
        effect: "deny",
        reason: "the paths of the call have more than 64 names",
        metadata: {
          tool: "tool",
          target_path: path,
          sandbox_root: "<sandbox>",
        },
      },
    );
    assertEquals(asked, []);
  });
}

Deno.test("sandboxPath() allows 64 paths of one name", () => {
  const args = { a: Array(64).fill("in") };
  const effects = { reads: ["a"] };
  const opinion = sandboxPath()
    .opinion(proposal(args, { ...insideOnly, effects }));
  assertEquals(opinion?.effect, "allow");
});

Deno.test("sandboxPath() records the first path of a call that it allows", () => {
  const effects = { reads: ["from"], writes: ["to"] };
  const opinion = sandboxPath().opinion(
    proposal({ to: "in2", from: "in1" }, { ...insideOnly, effects }),
  );
  assertEquals(opinion?.metadata, {
    tool: "tool",
    target_path: "in1",
    resolved_path: "<sandbox>/in1",
    sandbox_root: "<sandbox>",
  });
});

Deno.test("sandboxPath() says nothing of a tool that does not exist", () => {
  const call = proposal({ path: "/etc/passwd" }, insideOnly);
  assertEquals(
    sandboxPath().opinion({ ...call, tool: undefined }),
    undefined,
  );
});
