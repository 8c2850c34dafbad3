import { buildCorpus, buildIndex, CORPUS_SEED } from "../corpus/build.ts";
import { join } from "../deps.ts";
import {
  describeDifference,
  differences,
} from "../evidence/recording/differences.ts";
import { readArtifacts } from "../evidence/store/run_directory.ts";
import { parseCommandLine } from "./command/command_line.ts";
import { choice } from "./command/choice.ts";
import { type Command, EXIT } from "./command/command.ts";

const FOLDER = "corpus/v1";
const INDEX = "corpus/v1.ts";

/** `corpus`: builds the fixture corpus from its seed, or compares it with what is committed. */
export const corpus: Command = {
  summary: "build the fixture corpus from its seed, or verify it",
  help: `Usage: corpus build
       corpus check

build  writes the 25 documents and the manifest in ${FOLDER}/, and ${INDEX}
check  builds them in memory and compares every byte; exit 2 when anything differs

Both work on a clone, whose folder must be the current one.
`,
  run(args, output) {
    const given = parseCommandLine(args, { operands: ["build|check"] });
    const action = choice(given.operand(0), {
      where: "Cannot understand",
      of: ["build", "check"],
    });
    const files = buildCorpus(CORPUS_SEED);
    const index = new Map([[INDEX, buildIndex(files.keys())]]);
    if (action === "build") {
      for (const [name, text] of files) {
        Deno.writeTextFileSync(join(FOLDER, name), text);
      }
      for (const [path, text] of index) Deno.writeTextFileSync(path, text);
      output.data(`${FOLDER}: ${files.size} files written`);
      return EXIT.ok;
    }
    const found = [
      ...differences(files, readArtifacts(FOLDER))
        .map((each) => ({ ...each, name: join(FOLDER, each.name) })),
      ...differences(index, new Map([[INDEX, Deno.readTextFileSync(INDEX)]])),
    ];
    for (const each of found) output.error(describeDifference(each));
    if (found.length > 0) return EXIT.no;
    output.data(`${FOLDER}: all ${files.size} files are as built`);
    return EXIT.ok;
  },
};
