import fc from "fast-check";
import { readToolDefinitions } from "../../cli/input/tool_definitions.ts";
import type { PathFacts } from "../../tools/sandbox/sandbox.ts";
import { gateOpener } from "../hostile/gates.ts";
import { policyWith } from "../hostile/policy.ts";
import { property } from "./property.ts";

const KEYS = ["url", "path", "other", "limit", "extra"];

const { tools } = readToolDefinitions(
  JSON.stringify([{
    name: "copy",
    input_schema: {
      type: "object",
      required: ["url"],
      properties: {
        url: { type: "string" },
        path: { type: "string" },
        other: { type: "string" },
        limit: { type: "integer" },
      },
    },
    effects: { fetches: ["url"], reads: ["path"], writes: ["other"] },
  }]),
  "tools.json",
);

const base = policyWith({}).document;

/** A disk on which everything but what begins with `out` is inside. */
function inspect(path: string): PathFacts {
  return {
    resolved: path,
    inside: !path.startsWith("out"),
    viaLink: false,
    dotdotAfterLink: false,
    special: false,
    hardLinked: false,
  };
}

const HOSTS = ["a.test", "b.test", "*.c.test", "http://d.test", "e.test:8080"];
const NAMES = ["copy", "read", "write", "search"];

const value = fc.constantFrom(
  "https://a.test/",
  "https://x.c.test/",
  "http://d.test/",
  "https://evil.test/",
  "in.txt",
  "out.txt",
  "../x",
  5,
  null,
);

/** A list in two orders. */
interface Shuffled<Item> {
  readonly one: readonly Item[];
  readonly other: readonly Item[];
}

interface Lists {
  readonly url_allowlist: Shuffled<string>;
  readonly allowed: Shuffled<string>;
  readonly denied: Shuffled<string>;
  readonly members: Shuffled<readonly [string, unknown]>;
}

function shuffled<Item>(
  items: fc.Arbitrary<readonly Item[]>,
): fc.Arbitrary<Shuffled<Item>> {
  return items.chain((one) =>
    fc.shuffledSubarray([...one], { minLength: one.length })
      .map((other) => ({ one, other }))
  );
}

const members = fc.uniqueArray(fc.tuple(fc.constantFrom(...KEYS), value), {
  selector: ([key]) => key,
});

const lists: fc.Arbitrary<Lists> = fc.record({
  url_allowlist: shuffled(fc.subarray(HOSTS)),
  allowed: shuffled(fc.subarray(NAMES)),
  denied: shuffled(fc.subarray(NAMES, { maxLength: 1 })),
  members: shuffled(members),
});

function decision(
  { url_allowlist, allowed, denied, members }: Lists,
  order: "one" | "other",
): string {
  const gate = gateOpener({
    policy: {
      ...base,
      url_allowlist: url_allowlist[order],
      tool_registry: { allowed: allowed[order], denied: denied[order] },
    },
    tools,
    inspect,
  })();
  const args_json = JSON.stringify(Object.fromEntries(members[order]));
  const { effect, rule } = gate.judge(
    gate.propose({ tool: "copy", args_json }),
  );
  return `${effect} ${rule}`;
}

export const ORDER_PROPERTIES = [
  property(
    "no decision depends on the order of keys or of the policy's lists",
    fc.property(
      lists,
      (lists) => decision(lists, "one") === decision(lists, "other"),
    ),
  ),
  property(
    "calls whose keys come in another order are the same call",
    fc.property(shuffled(members), ({ one, other }) => {
      const gate = gateOpener({ policy: base, tools, inspect })();
      const [, repeated] = [one, other].map((members) => {
        const args_json = JSON.stringify(Object.fromEntries(members));
        return gate.propose({ tool: "copy", args_json });
      });
      return repeated?.repetition.identical === 2;
    }),
  ),
];
