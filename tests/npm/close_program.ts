/**
 * Ends the records of sessions whose processes are gone, in Node. Arguments: how the
 * package is imported; the folders of the records. Says how each one ended.
 *
 * @module
 */
import process from "node:process";

const [entry = "", ...folders] = process.argv.slice(2);
const { closeSession }: typeof import("../../mod.ts") = await import(entry);

for (const folder of folders) {
  try {
    const { terminal_reason } = await closeSession(folder);
    console.log(terminal_reason);
  } catch (error) {
    console.log(String(error));
  }
}
