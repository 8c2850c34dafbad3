/**
 * Checks records from their bytes alone, in Node. Arguments: the two entries that
 * check; the folders. Says for each folder, and once more with a byte changed, what
 * both find.
 *
 * @module
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

const [light = "", full = "", ...folders] = process.argv.slice(2);
const verify: typeof import("../../evidence/verify/mod.ts") = await import(
  light
);
const decisions: typeof import("../../evidence/verify/decisions/mod.ts") =
  await import(full);

for (const folder of folders) {
  const files = new Map(
    readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((
        { name },
      ) => [name, new Uint8Array(readFileSync(join(folder, name)))]),
  );
  const found = await codesIn(files);
  const ledger = files.get("state.jsonl")?.slice() ?? new Uint8Array();
  ledger[60] = (ledger[60] ?? 0) ^ 1;
  const changed = await codesIn(new Map([...files, ["state.jsonl", ledger]]));
  console.log(JSON.stringify({ found, changed }));
}

/** The codes that each entry finds. */
async function codesIn(files: ReadonlyMap<string, Uint8Array>) {
  const { policyReader, verifyRun } = decisions;
  const policies = () => Promise.resolve(policyReader);
  const [some, all] = await Promise.all([
    verify.verifyRun(verify.bytesSource(files), { policies }),
    verifyRun(decisions.bytesSource(files)),
  ]);
  return [some, all].map(({ findings }) => findings.map(({ code }) => code));
}
