import { unusable } from "../../tools/data/input_error.ts";

/** The program that opens a file with what the user has chosen for it. */
const OPENER = Deno.build.os === "darwin" ? "open" : "xdg-open";

/**
 * Opens a file in the user's browser.
 *
 * @throws {InputError} when there is no program for that, or no permission
 */
export async function openInBrowser(path: string): Promise<void> {
  try {
    const { success } = await new Deno.Command(OPENER, {
      args: [Deno.realPathSync(path)],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).output();
    if (!success) throw new Error(`${OPENER} failed`);
  } catch (cause) {
    const why = cause instanceof Deno.errors.NotCapable
      ? `the process may not run ${OPENER}; see --allow-run=${OPENER}`
      : cause instanceof Deno.errors.NotFound
      ? `there is no ${OPENER} on this machine`
      : cause instanceof Error
      ? cause.message
      : String(cause);
    throw unusable(path, `it was written, but cannot be opened: ${why}`, {
      cause,
    });
  }
}
