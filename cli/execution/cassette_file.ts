import { cannotWrite, whyUnwritable } from "../../evidence/store/file_error.ts";
import {
  type GrowingFile,
  growingFile,
} from "../../evidence/store/growing_file.ts";
import { UsageError } from "../command/command.ts";

/** A cassette that is being written. */
export interface CassetteFile extends Disposable {
  /** What goes with each request as its seed. */
  readonly seed: number | undefined;
  write(line: string): void;
  /** Why it could not be written completely; `undefined` when it was. */
  trouble(): string | undefined;
}

/**
 * Creates a cassette and never overwrites a file. When it cannot be written any
 * further, the run continues without it and the file is removed; a cassette that
 * stayed empty is removed too.
 *
 * @throws {UsageError} when there is a file already
 * @throws {InputError} when it cannot be created
 */
export function cassetteFile(
  path: string,
  seed: number | undefined,
): CassetteFile {
  const file = create(path);
  const encoder = new TextEncoder();
  let isEmpty = true;
  let trouble: string | undefined;
  return {
    seed,
    write(line) {
      if (trouble !== undefined) return;
      try {
        file.append(encoder.encode(line));
        isEmpty = false;
      } catch (error) {
        trouble = `Cannot write the cassette "${path}": ${
          whyUnwritable(error)
        }; the run itself is on record`;
      }
    },
    trouble: () => trouble,
    [Symbol.dispose]() {
      file[Symbol.dispose]();
      if (!isEmpty && trouble === undefined) return;
      try {
        Deno.removeSync(path);
      } catch {
        // Another process removed it, or the disk is gone; the run has ended
        // anyway.
      }
    },
  };
}

function create(path: string): GrowingFile {
  try {
    return growingFile(path);
  } catch (cause) {
    if (cause instanceof Deno.errors.AlreadyExists) {
      throw new UsageError(
        `Cannot record to "${path}": it is there already; remove it or choose another --record`,
      );
    }
    throw cannotWrite("the cassette there", path, cause);
  }
}
