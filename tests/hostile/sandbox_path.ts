import { join, z } from "../../deps.ts";
import { directorySandbox } from "../../tools/sandbox/directory_sandbox.ts";
import { readTool } from "../../tools/read.ts";
import { toolRegistry } from "../../tools/registry.ts";
import { type Schema, standardSchema } from "../../tools/schema.ts";
import type { Tool } from "../../tools/tool.ts";
import { writeTool } from "../../tools/write.ts";
import type { HostileCase } from "./cases.ts";
import { type LaidFixture, layFixture } from "./fixture.ts";
import { gateOpener } from "./gates.ts";
import type { Outcome } from "./outcome.ts";
import { policyWith } from "./policy.ts";
import { playRace } from "./race.ts";
import { playTrial, type Trial } from "./trial.ts";

const schema = z.object({
  op: z.enum(["read", "write", "list"]),
  race: z.optional(z.object({
    /** What is exchanged; the input itself when left out. */
    place: z.optional(z.string()),
    swap: z.array(z.string()),
  })),
});

/** `input` is a path for the operation `op`; `{ROOT}` holds the sandbox. */
export function pathTrial(
  { input, context }: HostileCase,
  { root, sandbox: directory }: LaidFixture,
): Trial {
  const { op } = schema.parse(context);
  const sandbox = directorySandbox(directory);
  const policy = policyWith({
    tool_registry: { allowed: ["read", "write", "list"], denied: [] },
  });
  const tools = toolRegistry<Tool>([
    readTool(sandbox),
    writeTool(sandbox),
    listTool(directory),
  ]);
  const path = typeof input === "string"
    ? input.replaceAll("{ROOT}", root)
    : input;
  const args = op === "write" ? { path, content: "written\n" } : { path };
  return {
    open: gateOpener({
      policy: policy.document,
      tools,
      inspect: sandbox.inspect,
    }),
    calls: [{ tool: op, args_json: JSON.stringify(args) }],
    tools,
  };
}

/** Plays a case in a fixture of its own, and looks what became of it. */
export async function playPath(hostile: HostileCase): Promise<Outcome> {
  using fixture = layFixture();
  const trial = pathTrial(hostile, fixture);
  const { race } = schema.parse(hostile.context);
  const outcome = race === undefined
    ? await playTrial(trial)
    : await playRace(trial, {
      sandbox: fixture.sandbox,
      path: race.place ?? String(hostile.input),
      swap: race.swap,
    });
  return { ...outcome, leaks: [...outcome.leaks, ...fixture.changes()] };
}

interface ListArgs {
  readonly path: string;
}

const args: Schema<ListArgs> = standardSchema(
  z.strictObject({ path: z.string() }),
);

/** A tool that trusts the gate, as a tool of somebody else may. */
function listTool(directory: string): Tool<ListArgs> {
  return {
    name: "list",
    description: "List a folder",
    effects: { reads: ["path"] },
    args,
    run({ path }) {
      const names = [...Deno.readDirSync(join(directory, path))]
        .map(({ name }) => name);
      return Promise.resolve(names);
    },
  };
}
