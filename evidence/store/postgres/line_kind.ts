/** Whether a line may be the receipt of a tool, after which files are looked at. */
export function isReceipt(line: string): boolean {
  return line.includes('"type":"tool_finished"');
}

/** Whether an effect follows a line. */
export function isIntent(line: string): boolean {
  return line.includes('"type":"tool_started"');
}

/** Whether something begins after a line that has not begun yet: a step or an effect. */
export function goesOn(line: string): boolean {
  return isIntent(line) || line.includes('"type":"step_started"');
}

/** The hash with which a line ends. */
export function headOf(line: string): string | null {
  return /"hash":"([0-9a-f]{64})"\}$/.exec(line)?.[1] ?? null;
}
