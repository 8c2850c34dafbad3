/**
 * Makes again what follows from policy/v1.yaml: the committed runs, and what the
 * documentation quotes of them (`deno task follow-policy`).
 *
 * @module
 */
import { hash } from "node:crypto";
import { join, relative } from "../deps.ts";
import { walkSync } from "../evidence/store/walk.ts";
import { parseLedgerLine } from "../runtime/record/ledger_line.ts";
import { spanIds } from "../trace/span_id.ts";
import { PROJECT } from "./program.ts";

/** A change to a line of a ledger that the documentation shows. */
const SHOWN_CHANGE = ["56 minutes", "65 minutes"] as const;

/**
 * What the documentation may quote of a run: hashes, ids and its name, each by a key
 * that the same run under another policy has too.
 *
 * @throws {SyntaxError | TypeError} when a line is not one of a ledger
 */
export function quotable(ledger: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const lines = ledger.split("\n").slice(0, -1);
  const started = parseLedgerLine(lines[0] ?? "");
  if (started.type !== "run_started") return found;
  const { traceId, spanId } = spanIds(started);
  found.set("run", started.run_id);
  found.set("policy", started.policy.sha256);
  found.set("policy version", started.policy.version);
  found.set("trace", traceId);
  const counts = new Map<string, number>();
  for (const line of lines) {
    const event = parseLedgerLine(line);
    const count = (counts.get(event.type) ?? 0) + 1;
    counts.set(event.type, count);
    const place = `${event.type} ${count}`;
    const changed = line.replace(...SHOWN_CHANGE);
    const body = changed.slice(0, changed.lastIndexOf(',"hash":"'));
    found.set(`span of ${place}`, spanId(event));
    found.set(`line of ${place}`, event.hash);
    found.set(`changed line of ${place}`, hash("sha256", body));
    found.set("last line", event.hash);
  }
  return found;
}

/** Replaces what is quoted of a run before by the same of the run after. */
export function requoted(
  page: string,
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): string {
  const others = new Map(
    [...before].flatMap(([key, old]) => {
      const other = after.get(key);
      return other === undefined || other === old ? [] : [[old, other]];
    }),
  );
  return page.replace(
    /[0-9]{4}-[0-9]{2}-[0-9]{2}_[0-9a-f]{8}_[0-9]+|[0-9a-f]{12,64}/g,
    (text) => others.get(text) ?? text,
  );
}

/** What can be quoted of the committed runs; the canonical one goes by one name, whatever its policy. */
function committed(): ReadonlyMap<string, string> {
  const runs = join(PROJECT, "runs");
  const ledgers = [
    ...walkSync(runs, { includeDirs: false, includeSymlinks: false }),
  ]
    .map(({ path }) => path).filter((path) => path.endsWith("/state.jsonl"));
  return new Map(ledgers.flatMap((path) => {
    const name = relative(runs, path).replace(/^\d[^/]+/, "canonical");
    return [...quotable(Deno.readTextFileSync(path))].map(([key, text]) =>
      [`${name}: ${key}`, text] as const
    );
  }));
}

function pages(): readonly string[] {
  const options = { includeDirs: false, includeSymlinks: false };
  return [
    join(PROJECT, "README.md"),
    ...[...walkSync(join(PROJECT, "docs"), options)].map(({ path }) => path),
  ];
}

if (import.meta.main) {
  const before = committed();
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "evidence-build"],
    cwd: PROJECT,
  }).spawn().status;
  if (!success) Deno.exit(1);
  const after = committed();
  for (const path of pages()) {
    const page = Deno.readTextFileSync(path);
    const other = requoted(page, before, after);
    if (other === page) continue;
    Deno.writeTextFileSync(path, other);
    console.log(`wrote ${relative(PROJECT, path)}`);
  }
}
