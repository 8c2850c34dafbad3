/** Whether a line is the receipt of a tool, after which files are looked at. */
export function isReceipt(line: string): boolean {
  return typeOf(line) === "tool_finished";
}

/** Whether an effect follows a line. */
export function isIntent(line: string): boolean {
  return typeOf(line) === "tool_started";
}

/** Whether something begins after a line that has not begun yet: a step or an effect. */
export function goesOn(line: string): boolean {
  return isIntent(line) || typeOf(line) === "step_started";
}

/** The hash with which a line ends. */
export function headOf(line: string): string | null {
  return /"hash":"([0-9a-f]{64})"\}$/.exec(line)?.[1] ?? null;
}

/**
 * The type of the event of a line. Only numbers stand before it; what stands after
 * it, such as a result, may spell a type, too.
 */
function typeOf(line: string): string | undefined {
  return /^\{(?:"\w+":(?:\d+|"\d+"),)*"type":"(\w+)"/.exec(line)?.[1];
}
