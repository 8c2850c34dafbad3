import { networkFor } from "../cli/machine/network.ts";
import { realEnv } from "../cli/machine/world.ts";
import type { Approver } from "../runtime/approval/approval.ts";
import type { Env } from "../runtime/env.ts";

/**
 * The environment of a run in this process, for `agentLoop`: the clock of the
 * machine, which never goes back, its timers, and its resolver of host names.
 * `start` is the earliest reading, in nanoseconds since the epoch, for a run that
 * goes on; default: 0.
 */
export function machineEnv(
  {
    signal = new AbortController().signal,
    approver,
    toolChanges,
    start = 0n,
  }: {
    /** Cancels the run. Default: nothing does. */
    readonly signal?: AbortSignal | undefined;
    /** Answers what the policy leaves to a person. Default: all such calls are rejected. */
    readonly approver?: Approver | undefined;
    /** How the tools that servers serve have changed. Default: they do not. */
    readonly toolChanges?: Env["toolChanges"] | undefined;
    readonly start?: bigint | undefined;
  } = {},
): Env {
  return realEnv(start, {
    signal,
    approver,
    toolChanges,
    resolve: networkFor(true).resolve,
  });
}
