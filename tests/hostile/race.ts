import { join } from "../../deps.ts";
import { exchanging } from "./exchange.ts";
import type { Outcome } from "./outcome.ts";
import { playTrial, type Trial } from "./trial.ts";

/** How many times the call is made at least, and at the most. */
const ATTEMPTS = { least: 500, most: 50_000 };

/** What is exchanged while the calls are judged and run. */
export interface Race {
  readonly sandbox: string;
  /** The file or folder in the sandbox that is exchanged. */
  readonly path: string;
  /** Where links lead that take its place in turn. */
  readonly swap: readonly string[];
}

/**
 * Makes the same call over and over while a thread exchanges its target. Ends
 * when the call was allowed and denied, so that both were seen. It is a denial
 * when what the call returned was never secret.
 */
export async function playRace(
  trial: Trial,
  { sandbox, path, swap }: Race,
): Promise<Outcome> {
  await using _exchange = await exchanging({
    place: join(sandbox, path),
    targets: swap,
  });
  const seen = { allow: 0, deny: 0, error: 0 };
  const leaks: string[] = [];
  for (let attempt = 0; attempt < ATTEMPTS.most; attempt++) {
    const { kind, leaks: found } = await playTrial(trial);
    seen[kind] += 1;
    leaks.push(...found);
    const enough = attempt >= ATTEMPTS.least && seen.allow > 0 && seen.deny > 0;
    if (enough || leaks.length > 0) break;
  }
  const said = JSON.stringify(seen);
  if (seen.allow === 0 || seen.deny === 0) {
    leaks.push(`there was no race: ${said}`);
  }
  return { kind: "deny", rule: "sandbox_path", said, ran: 0, leaks };
}
