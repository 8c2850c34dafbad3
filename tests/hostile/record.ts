import { z } from "../../deps.ts";
import { memorySource } from "../../evidence/artifact_source.ts";
import type { Artifacts } from "../../evidence/artifacts.ts";
import { replay } from "../../evidence/replay/replay.ts";
import { verifyRun } from "../../evidence/verify/decisions/verify_run.ts";
import { eventsIn, rewritten } from "../forgery.ts";
import { refitted } from "../refitted.ts";
import type { HostileCase } from "./cases.ts";
import { type Outcome, stopped } from "./outcome.ts";
import { RECORD_FORGERIES } from "./record_forgeries.ts";
import { SOUND_RECORDS } from "./sound_records.ts";

const inputSchema = z.strictObject({
  record: z.string(),
  forgery: z.nullable(z.string()),
});

/**
 * `input` names a sound record and what somebody made of it, with everything else
 * made to fit. It is denied when `verify` finds something in it, and then the rule
 * is the code of the finding; allowed is a record in which it finds nothing.
 */
export async function playRecord(hostile: HostileCase): Promise<Outcome> {
  const { record, forgery } = inputSchema.parse(hostile.input);
  const make = SOUND_RECORDS.get(record);
  if (make === undefined) throw new RangeError(`There is no "${record}"`);
  const sound = await make();
  const artifacts = forgery === null ? sound : await forged(sound, forgery);
  const { findings, regenerated } = verifyRun(memorySource(artifacts));
  const [wanted] = hostile.rule_id.split(".");
  const found = findings.find(({ code }) => code === wanted) ?? findings[0];
  if (found !== undefined) {
    return stopped("deny", { rule: found.code, said: found.message });
  }
  const isSound = regenerated &&
    await isReplayed(artifacts);
  const leaks = isSound ? [] : ["it verifies and does not replay"];
  return { kind: "allow", rule: null, said: "", ran: 1, leaks };
}

async function forged(sound: Artifacts, name: string): Promise<Artifacts> {
  const forgery = RECORD_FORGERIES.find((each) => each.name === name);
  if (forgery === undefined) throw new RangeError(`There is no "${name}"`);
  const { forge, own = {}, after = (artifacts) => artifacts } = forgery;
  const events = refitted(
    forge(eventsIn(sound)),
    (index, key) => own[index + 1]?.includes(key) ?? false,
  );
  const artifacts = after(await rewritten(sound, events));
  const isSame = [...sound].every(([key, text]) => artifacts.get(key) === text);
  if (isSame) throw new RangeError(`"${name}" changes nothing`);
  return artifacts;
}

async function isReplayed(artifacts: Artifacts): Promise<boolean> {
  return await replay(eventsIn(artifacts)) === undefined;
}
