import { DatabaseError } from "../../evidence/store/postgres/database.ts";
import { SchemaError } from "../../evidence/store/postgres/schema.ts";
import { terminalLine } from "../../tools/data/untrusted_text.ts";
import { EXIT, type Output } from "../command/command.ts";

/**
 * Does what needs a database. Reports in one line that the database cannot be
 * reached, refuses the role, or has another schema; returns the exit code.
 */
export async function withDatabaseTrouble(
  output: Output,
  work: () => Promise<number>,
): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DatabaseError || error instanceof SchemaError)) {
      throw error;
    }
    output.error(terminalLine(error.message));
    return error instanceof DatabaseError && error.isUnreachable
      ? EXIT.unreachable
      : EXIT.error;
  }
}
