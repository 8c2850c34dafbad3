import type { KeptElsewhere, Verification } from "../../evidence/verify/mod.ts";

/** What a bundled entry leaves in the page that loads it. */
export type Check = (
  files: ReadonlyMap<string, Uint8Array>,
  kept?: KeptElsewhere,
) => Promise<Verification>;

declare global {
  var checkRecord: Check | undefined;
}
