import { z } from "../../deps.ts";
import type { Json } from "../../tools/data/json.ts";
import { readYamlTree } from "../document/read_yaml.ts";
import { yamlTree } from "../document/yaml_tree.ts";
import { RULE_IDS, type RuleId } from "../rule.ts";
import { refusalOfServerName } from "../server_name.ts";

/** What a test of a policy wants of one decision. */
export interface Expected {
  readonly decision: "allow" | "deny" | "escalate";
  /** The rule that decides. Left out: any. */
  readonly rule?: RuleId | undefined;
  /** The id or place of a clause that decides. Left out: any. */
  readonly clause?: string | undefined;
}

/** A call in a test of a policy. */
export interface TestedCall {
  readonly tool: string;
  readonly args: Json;
  /** Left out: whatever is decided. */
  readonly expect?: Expected | Expected["decision"] | undefined;
  /** What the person who is asked answers. Left out: no person answers, and the call does not run. */
  readonly answer?: "approved" | "rejected" | undefined;
  /** What the tool returns, if the call runs. Default: null. */
  readonly result?: Json | undefined;
  /** Seconds since the session began. Default: as long as the call before. */
  readonly at_seconds?: number | undefined;
}

/** One test: calls of one run, one after the other. */
export interface PolicyCase {
  readonly name: string;
  /** On which line of the file it begins, from 1. */
  readonly line: number | undefined;
  /** What the run was asked. */
  readonly question?: string | undefined;
  readonly calls: readonly TestedCall[];
}

/** Tests of a policy, as a file has them. */
export interface PolicyTests {
  /** Path of the policy, from the folder of this file. */
  readonly policy: string;
  /** On which lines the paths of the policy and of the tools stand, from 1. */
  readonly lines: {
    readonly policy: number | undefined;
    readonly tools: number | undefined;
  };
  /** Path of a file with definitions of tools. Left out: every tool that is not our own takes any arguments. */
  readonly tools?: string | undefined;
  /** Names of servers: their tools are judged as those of a server that runs. Left out: none. */
  readonly servers?: readonly string[] | undefined;
  readonly cases: readonly PolicyCase[];
}

const text = z.string().check(z.minLength(1, "expected a text, found none"));
const decision = z.enum(["allow", "deny", "escalate"]);

const call = {
  tool: text,
  args: z.json(),
  expect: z.optional(z.union([
    decision,
    z.strictObject({
      decision,
      rule: z.optional(z.enum(RULE_IDS)),
      clause: z.optional(text),
    }),
  ])),
  answer: z.optional(z.enum(["approved", "rejected"])),
  result: z.optional(z.json()),
  at_seconds: z.optional(z.number().check(z.minimum(0))),
};

interface WrittenCase {
  readonly name: string;
  readonly question?: string | undefined;
  readonly call?: TestedCall | undefined;
  readonly calls?: readonly TestedCall[] | undefined;
  readonly expect?: TestedCall["expect"];
}

const schema: z.ZodMiniType<
  Omit<PolicyTests, "cases" | "lines"> & {
    readonly cases: readonly WrittenCase[];
  }
> = z.strictObject({
  policy: text,
  tools: z.optional(text),
  servers: z.optional(z.array(
    text.check(z.refine((name) => refusalOfServerName(name) === undefined, {
      error: ({ input }) => refusalOfServerName(String(input)),
    })),
  )),
  cases: z.array(
    z.strictObject({
      name: text,
      question: z.optional(text),
      call: z.optional(z.strictObject(call)),
      calls: z.optional(
        z.array(z.strictObject(call)).check(
          z.minLength(1, "expected at least one call"),
        ),
      ),
      expect: call.expect,
    }).check(
      z.refine(
        ({ call, calls }) => (call === undefined) !== (calls === undefined),
        "expected either `call` or `calls`",
      ),
      z.refine(
        ({ calls, expect }) => calls === undefined || expect === undefined,
        "with `calls`, each call has an `expect` of its own",
      ),
    ),
  ).check(z.minLength(1, "expected at least one case")),
});

/**
 * Reads tests of a policy from YAML; `source` names the file in errors.
 *
 * @throws {InputError} when the text is not such a document, with every problem
 */
export function readPolicyTests(text: string, source: string): PolicyTests {
  const tree = yamlTree(text);
  const { cases, ...rest } = readYamlTree(tree, { text, source, schema });
  return {
    ...rest,
    lines: { policy: tree.lineOf(["policy"]), tools: tree.lineOf(["tools"]) },
    cases: cases.map(({ name, question, call, calls, expect }, index) => ({
      name,
      line: tree.lineOf(["cases", index]),
      question,
      calls: calls ?? (call === undefined ? [] : [{ expect, ...call }]),
    })),
  };
}
