import type { RunStarted } from "../../../runtime/record/event.ts";
import { sha256Text } from "../../../tools/data/sha256.ts";
import type { EventCheck } from "../event_check.ts";

/** Checks that task and policy have the hashes that are recorded of them. */
export function inputHashes(): EventCheck {
  let isStarted = false;
  return {
    push(event) {
      if (event.type !== "run_started" || isStarted) return [];
      isStarted = true;
      return inputFaults(event).map((message) => ({
        code: "wrong_input_hash",
        message,
      }));
    },
    // Only the first event has them.
    lose() {},
  };
}

function inputFaults({ task, policy }: RunStarted): readonly string[] {
  const found = {
    task: sha256Text(task.text),
    policy: sha256Text(policy.text),
  };
  const version = policy.sha256.slice(0, 12);
  return [
    ...found.task === task.sha256 ? [] : [
      `the text of the task has the SHA-256 ${found.task}; recorded is ${task.sha256}`,
    ],
    ...found.policy === policy.sha256 ? [] : [
      `the text of the policy has the SHA-256 ${found.policy}; recorded is ${policy.sha256}`,
    ],
    ...version === policy.version ? [] : [
      `the version of the policy is ${policy.version}; by its hash it is ${version}`,
    ],
  ];
}
