import { dirname, join, z } from "../../deps.ts";
import { directorySandbox } from "../../tools/sandbox/directory_sandbox.ts";
import { readTool } from "../../tools/read.ts";
import { toolRegistry } from "../../tools/registry.ts";
import type { Tool } from "../../tools/tool.ts";
import { writeTool } from "../../tools/write.ts";
import type { HostileCase } from "./cases.ts";
import { exchanging } from "./exchange.ts";
import { gateOpener } from "./gates.ts";
import type { Outcome } from "./outcome.ts";
import { policyWith } from "./policy.ts";
import { playTrial, type Trial } from "./trial.ts";

/** How many times a call is made at least, and at the most; one that makes a file takes longer. */
const ATTEMPTS = { least: 500, leastNew: 50, most: 20_000 };

const WRITTEN = "written";

/** The content of the sandbox; only a person may allow touching notes/. */
const FILES = [
  ["drafts/plan.md", "a draft"],
  ["notes/plan.md", "SECRET"],
  ["notes/prices.md", "SECRET"],
] as const;

const change = z.enum(["rename_directory", "replace_file", "remove_file"]);

const schema = z.object({
  op: z.enum(["read", "write"]),
  /** What is exchanged while the calls are judged and run, and for what. */
  race: z.optional(z.object({
    place: z.string(),
    /** Where links lead that take its place in turn. */
    swap: z.optional(z.array(z.string())),
    /** The file whose second name takes its place. */
    hard_link: z.optional(z.string()),
  })),
  /** What a user does between a first call and the one that counts. */
  change: z.optional(change),
});

type Change = z.infer<typeof change>;

/** A sandbox with directories of different standing, removed with its scope. */
interface Laid extends Disposable {
  readonly sandbox: string;
  /** What has changed in notes/, or came to it. */
  changes(): readonly string[];
}

function lay(): Laid {
  const root = Deno.makeTempDirSync();
  const sandbox = join(Deno.realPathSync(root), "sandbox");
  for (const [path, text] of FILES) put(join(sandbox, path), text);
  const notes = join(sandbox, "notes");
  const known = new Map(FILES.map(([path, text]) => [path, text] as const));
  const textOf = new Map<string, string>(known);
  return {
    sandbox,
    changes: () =>
      [...filesBelow(notes)]
        .map(({ path, text }) => ({ path: `notes/${path}`, text }))
        // What is left empty is an incident, and no text of the call.
        .filter(({ path, text }) => text !== (textOf.get(path) ?? ""))
        .map(({ path, text }) => `${path} has "${text}"`),
    [Symbol.dispose]: () => Deno.removeSync(root, { recursive: true }),
  };
}

function put(path: string, text: string): void {
  Deno.mkdirSync(dirname(path), { recursive: true });
  Deno.writeTextFileSync(path, text);
}

function* filesBelow(
  directory: string,
): Generator<{ readonly path: string; readonly text: string }> {
  for (const { name, isFile, isDirectory } of Deno.readDirSync(directory)) {
    const path = join(directory, name);
    if (isFile) yield { path: name, text: Deno.readTextFileSync(path) };
    if (!isDirectory) continue;
    for (const each of filesBelow(path)) {
      yield { ...each, path: `${name}/${each.path}` };
    }
  }
}

/** One call of `op`, under a policy that leaves notes/ to a person, without an approver. */
function trial(
  directory: string,
  { op, path }: { readonly op: "read" | "write"; readonly path: string },
): Trial {
  const sandbox = directorySandbox(directory);
  const policy = policyWith({
    escalate: [{
      tools: ["read", "write"],
      when: [{ argument: "path", starts_with: "notes/" }],
      reason: "notes are read by customers",
    }],
  });
  const tools = toolRegistry<Tool>([readTool(sandbox), writeTool(sandbox)]);
  const args = op === "write" ? { path, content: WRITTEN } : { path };
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

/**
 * Plays a case in a sandbox of its own. In a race the call is made over and over;
 * `{N}` in its path is the number of the attempt. What was judged as below
 * drafts/ may run or be refused; nothing of it may come from notes/ or go there.
 */
export async function playRaceInside(hostile: HostileCase): Promise<Outcome> {
  const { op, race, change } = schema.parse(hostile.context);
  using laid = lay();
  const path = String(hostile.input);
  if (race === undefined) {
    return await playChanged(laid, { op, path, change });
  }
  const place = join(laid.sandbox, race.place);
  const others = race.hard_link === undefined ? [] : [`${place}.second`];
  for (const other of others) {
    Deno.linkSync(join(laid.sandbox, race.hard_link ?? ""), other);
  }
  const least = path.includes("{N}") ? ATTEMPTS.leastNew : ATTEMPTS.least;
  const seen = { allow: 0, deny: 0, error: 0 };
  const leaks: string[] = [];
  {
    await using _exchange = await exchanging({
      place,
      targets: race.swap ?? [],
      others,
    });
    for (let attempt = 0; attempt < ATTEMPTS.most; attempt++) {
      const { kind, leaks: found } = await playTrial(
        trial(laid.sandbox, { op, path: path.replaceAll("{N}", `${attempt}`) }),
      );
      seen[kind] += 1;
      leaks.push(...found);
      const enough = attempt >= least && seen.allow > 0 &&
        seen.allow < attempt;
      if (enough || leaks.length > 0) break;
      // Refusals may take no turn of the event loop, which must see the thread.
      if (attempt % 16 === 0) await new Promise((next) => setTimeout(next));
    }
  }
  const said = JSON.stringify(seen);
  leaks.push(...laid.changes());
  if (seen.allow === 0 || seen.deny + seen.error === 0) {
    leaks.push(`there was no race: ${said}`);
  }
  return { kind: "error", rule: null, said, ran: 0, leaks };
}

/** Makes a call, changes something as a user does, and makes the call that counts. */
async function playChanged(
  { sandbox, changes }: Laid,
  { op, path, change }: {
    readonly op: "read" | "write";
    readonly path: string;
    readonly change: Change | undefined;
  },
): Promise<Outcome> {
  const call = { op, path };
  const first = await playTrial(trial(sandbox, call));
  if (first.kind !== "allow") return first;
  const place = join(sandbox, path);
  switch (change) {
    case "rename_directory":
      Deno.renameSync(join(sandbox, "drafts"), join(sandbox, "old drafts"));
      put(place, "a new draft");
      break;
    case "replace_file":
      put(`${place}.next`, "another draft");
      Deno.renameSync(`${place}.next`, place);
      break;
    case "remove_file":
      Deno.removeSync(place);
  }
  const outcome = await playTrial(trial(sandbox, call));
  const isThere = op === "read" || Deno.readTextFileSync(place) === WRITTEN;
  return {
    ...outcome,
    leaks: [
      ...outcome.leaks,
      ...changes(),
      ...isThere ? [] : [`the text is not at ${path}`],
    ],
  };
}
