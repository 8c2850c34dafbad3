import { join, relative } from "../../deps.ts";
import { walkSync } from "../../evidence/store/walk.ts";
import type { ArtifactSink } from "../../evidence/artifacts.ts";
import type { Policy } from "../../policy/document/load.ts";
import type { RunEvent, RunFinished } from "../../runtime/record/event.ts";
import { stagedDocuments } from "../../tasks/corpus.ts";
import { expectedApprover, unmet } from "../../tasks/expectation.ts";
import type { Task } from "../../tasks/task.ts";
import type { Document } from "../../tools/document.ts";
import { execute } from "../execution/execute.ts";
import { openToolHost, type ServedTools } from "../machine/tool_host.ts";
import type { ToolModule } from "../machine/tool_module.ts";

/** A task with its expectations and the policy and documents for playing it. */
export interface Scenario {
  readonly task: Task;
  readonly policy: Policy;
  readonly documents: readonly Document[];
  readonly runId: string;
  /** Tools of one's own, which are run for real. Default: the five alone. */
  readonly own?: ToolModule | undefined;
  /** Starts servers of tools in a sandbox, for real. Default: there are none. */
  readonly serve?: (
    sandbox: string,
  ) => Promise<ServedTools & AsyncDisposable | undefined>;
}

/** The result of a scenario. */
export interface Played {
  readonly finished: RunFinished;
  /** Expectations that were not met, a line each. */
  readonly unmet: readonly string[];
}

/**
 * Plays a scenario in an empty directory `world`, without a network and without
 * waiting, and compares it with what it expects. Effects are checked on the disk
 * and at the server, not in the record.
 *
 * @throws what `serve` throws
 */
export async function playScenario(
  { task, policy, documents, runId, own, serve }: Scenario,
  { world, sink }: { readonly world: string; readonly sink: ArtifactSink },
): Promise<Played> {
  const sandbox = join(world, "sandbox");
  Deno.mkdirSync(sandbox, { recursive: true });
  const events: RunEvent[] = [];
  await using served = await serve?.(sandbox);
  using host = await openToolHost({
    policy,
    sandbox,
    own,
    served,
    online: false,
  });
  const { expect } = task.document;
  const approvals = expect?.approvals;
  const { finished, unused } = await execute({
    task,
    policy,
    documents,
    runId,
    sandbox,
    host,
    sink,
    online: false,
    waits: false,
    durability: "none",
    signal: new AbortController().signal,
    approver: approvals && expectedApprover(approvals),
    watch: (event) => events.push(event),
  });
  const lines = unused === 0 ? [] : [
    `script: ${
      unused === 1 ? "1 step was" : `${unused} steps were`
    } not reached`,
  ];
  if (expect !== undefined) {
    const files = filesWritten(sandbox, world, documents);
    lines.push(...unmet(expect, { events, requests: host.requests, files }));
  }
  return { finished, unmet: lines };
}

/** Files that differ from the staged documents, by their paths relative to the sandbox. */
function filesWritten(
  sandbox: string,
  world: string,
  documents: readonly Document[],
): readonly string[] {
  const staged = new Map(
    stagedDocuments(documents).map(({ path, text }) => [path, text]),
  );
  return [...walkSync(world, { includeDirs: false, includeSymlinks: true })]
    .map(({ path }) => ({ path, name: relative(sandbox, path) }))
    .filter(({ path, name }) =>
      staged.get(name) !== Deno.readTextFileSync(path)
    )
    .map(({ name }) => name).sort();
}
