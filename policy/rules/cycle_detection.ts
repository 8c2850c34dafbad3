import type { CycleLimits } from "../document/document.ts";
import type { Rule } from "../rule.ts";

/**
 * Denies the call after `max_repeats` identical ones, and the one with which a
 * rotation of 2 to `max_period` calls has come round `max_repeats` times.
 */
export function cycleDetection({ max_repeats }: CycleLimits): Rule {
  return {
    id: "cycle_detection",
    opinion({ repetition: { identical, rotation } }) {
      if (identical > max_repeats) {
        return {
          effect: "deny",
          reason:
            `the same call was proposed ${identical} times; ${max_repeats} are allowed`,
          metadata: { repeats: identical, max_repeats, period: 1 },
        };
      }
      if (rotation === undefined) return undefined;
      return {
        effect: "deny",
        reason:
          `the same ${rotation.period} calls came round ${rotation.rounds} times`,
        metadata: {
          repeats: rotation.rounds,
          max_repeats,
          period: rotation.period,
        },
      };
    },
  };
}
