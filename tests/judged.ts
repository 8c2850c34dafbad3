import type { JudgedPlace } from "../tools/sandbox/judged_place.ts";
import type { Sandbox } from "../tools/sandbox/sandbox.ts";

/** A path as it leaves the policy, of whatever it thinks: looked up now. */
export function judged(sandbox: Sandbox, path: string): JudgedPlace {
  return { path, resolved: sandbox.inspect(path).resolved };
}
