import { explain } from "../../policy/explanation.ts";
import { openGate } from "../../policy/gate.ts";
import { callRules } from "../../policy/rules/call_rules.ts";
import { imaginedPlace } from "../../policy/testing/imagined_place.ts";
import { closedPlaces } from "../machine/closed_places.ts";
import { directorySandbox } from "../../tools/sandbox/directory_sandbox.ts";
import { parseCommandLine } from "../command/command_line.ts";
import { EXIT, type Output, UsageError } from "../command/command.ts";
import { explanationText } from "./explanation_text.ts";
import { imaginedTools } from "../input/asked_tools.ts";
import { type AskedCall, readCallLine } from "../input/call_line.ts";
import { readPolicyFile } from "../input/policy_file.ts";
import { stdinLines } from "../machine/stdin_lines.ts";

/** `policy explain`: says what every rule and clause has to say of one call. */
export async function explainCall(
  args: readonly string[],
  output: Output,
): Promise<number> {
  const given = parseCommandLine(args, {
    options: ["policy", "tools", "sandbox", "question"],
    repeatable: ["server"],
    flags: ["json"],
  });
  const path = given.option("policy");
  if (path === undefined) throw new UsageError("--policy is missing");
  const { document, lines } = readPolicyFile(path);
  const call = await askedCall();
  const tools = await imaginedTools(given.option("tools"), {
    called: [call.tool],
    servers: given.every("server"),
    policy: document,
  });
  const rules = callRules(document, lines);
  const folder = given.option("sandbox");
  const gate = openGate({
    policy: document,
    rules,
    tools,
    inspect: folder === undefined ? imaginedPlace : directorySandbox(folder, {
      closed: closedPlaces({
        root: folder,
        files: given.option("tools", (tools) => [path, tools]) ?? [path],
      }),
    }).inspect,
    nowMs: () => 0,
  });
  const question = given.option("question");
  if (question !== undefined) gate.question(question);
  const explanation = explain(gate.propose(call), {
    policy: document,
    rules,
    lines,
  });
  if (given.flag("json")) output.json(explanation);
  else {
    for (const line of explanationText(explanation, path)) output.data(line);
  }
  return EXIT.ok;
}

async function askedCall(): Promise<AskedCall> {
  for await (const lines of stdinLines()) {
    const text = lines.find((line) => line.trim() !== "");
    if (text === undefined) continue;
    const read = readCallLine(text);
    if (read.ok) return read.call;
    throw new UsageError(`Cannot read the call: ${read.error}`);
  }
  throw new UsageError("Expected a call on standard input, found nothing");
}
