import { fromFileUrl, join } from "../deps.ts";
import { cannotWrite } from "../evidence/store/file_error.ts";
import { terminalLine } from "../tools/data/untrusted_text.ts";
import { parseCommandLine } from "./command/command_line.ts";
import { type Command, EXIT, UsageError } from "./command/command.ts";
import { starterFiles } from "./starter/starter_files.ts";

/** `init`: a folder to begin with. */
export const init: Command = {
  summary: "write a folder with an agent to begin with, and its tests",
  help: `Usage: init DIR

Writes policy.yaml, task.yaml, tools.ts, policy_test.yaml and ci.yaml, which has the
steps by which a CI checks them, into a folder that does not exist yet or has none of
them. They pass as they are:

  policy test policy_test.yaml
  test task.yaml --tools tools.ts
  run task.yaml --tools tools.ts

Exit codes: 0 they are written, 1 one of them is there already or cannot be written.
`,
  run(args, output) {
    const given = parseCommandLine(args, { operands: ["DIR"] });
    const folder = given.operand(0);
    const main = new URL(import.meta.resolve("../mod.ts"));
    const files = starterFiles(
      main.protocol === "file:" ? fromFileUrl(main) : main.href,
    );
    const there = [...files.keys()].find((name) => isThere(join(folder, name)));
    if (there !== undefined) {
      throw new UsageError(
        `Cannot write "${join(folder, there)}": it is there already`,
      );
    }
    try {
      Deno.mkdirSync(folder, { recursive: true });
      for (const [name, text] of files) {
        Deno.writeTextFileSync(join(folder, name), text, { createNew: true });
      }
    } catch (cause) {
      throw cannotWrite("the files there", folder, cause);
    }
    output.data(
      terminalLine(
        `${folder}: ${[...files.keys()].join(", ")}; try: test ${
          join(folder, "task.yaml")
        } --tools ${join(folder, "tools.ts")}`,
      ),
    );
    return EXIT.ok;
  },
};

function isThere(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
