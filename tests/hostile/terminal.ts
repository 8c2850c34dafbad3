import { join, z } from "../../deps.ts";
import policyText from "../../policy/v1.yaml" with { type: "text" };
import { temporaryFolder } from "../program.ts";
import { said } from "../said.ts";
import type { HostileCase } from "./cases.ts";
import type { Outcome } from "./outcome.ts";
import { obeyed } from "./terminal_texts.ts";

const jsonLine = z.looseObject({ answer: z.string() });

/**
 * `input` is what a model answers and is asked, and the tool that it calls. It is
 * denied when a terminal, JSON and XML have it spelled out, and allowed when they
 * have it as it is.
 */
export async function playTerminal({ input }: HostileCase): Promise<Outcome> {
  const text = z.string().parse(input);
  using folder = temporaryFolder();
  const task = join(folder.path, "task.yaml");
  Deno.writeTextFileSync(join(folder.path, "policy.yaml"), POLICY);
  Deno.writeTextFileSync(task, taskWith(text));
  const run = join(folder.path, "run");
  const told = [
    await said(["run", task, "--out", run], { isTerminal: true }),
    await said(["run", task, "--out", `${run}2`, "--json"], PIPE),
    await said(["inspect", run, "--json"], PIPE),
    await said(["inspect", run], PIPE),
    await said(["test", task], PIPE),
    await said(["test", task, "--reporter", "junit"], PIPE),
  ];
  const [answered = "", asJson = ""] = told.map(({ data }) => data.join("\n"));
  const leaks = told.flatMap(({ data, notes }, index) => {
    const found = obeyed([...data, ...notes].join("\n"));
    return found.length === 0 ? [] : [`${index}: ${found.join(" ")} is obeyed`];
  });
  if (jsonLine.parse(JSON.parse(asJson)).answer !== `The answer: ${text}`) {
    leaks.push("JSON has another answer");
  }
  const isShown = answered.endsWith(`\nThe answer: ${text}`);
  return isShown
    ? { kind: "allow", rule: null, said: "", ran: told.length, leaks }
    : {
      kind: "deny",
      rule: "terminal",
      said: answered.slice(-80),
      ran: 0,
      leaks,
    };
}

const PIPE = { isTerminal: false };

const POLICY = policyText.replace("on_deny: terminate", "on_deny: continue");

/** JSON, which is YAML as well. */
function taskWith(text: string): string {
  return JSON.stringify({
    id: "told",
    question: `What is said? ${text}`,
    policy: "policy.yaml",
    script: [
      { calls: [{ tool: `say${text}`, args: {} }] },
      { answer: `The answer: ${text}` },
    ],
    expect: { terminal_reason: "final_answer", answer: `Not ${text}` },
  });
}
