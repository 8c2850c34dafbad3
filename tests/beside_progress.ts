/** What a run told that is no progress: a line a step, a line at the end, or an object an event. */
export function besideProgress(stderr: string): string {
  return stderr.replace(
    /^(?:step \d+: (?!.*; see )|took \d|\{"seq":).*\n?/gm,
    "",
  );
}
