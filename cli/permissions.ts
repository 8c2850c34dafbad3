import { denoFlags } from "../policy/deno/deno_flags.ts";
import { FIXTURE_ORIGIN } from "../tasks/corpus.ts";
import { parseCommandLine } from "./command/command_line.ts";
import { type Command, EXIT } from "./command/command.ts";
import { readPolicyFile } from "./input/policy_file.ts";
import { launchOf } from "./launch/launch.ts";

/** `permissions`: the flags of Deno that a policy implies. */
export const permissions: Command = {
  summary:
    "print the Deno flags that a policy implies, or a command line needs",
  help: `Usage: permissions --policy FILE [--read PATHS] [--out DIR]
       permissions [--json] -- COMMAND...

Prints the narrowest flags under which runs of a policy work, on one line:

  deno run $(deno run --no-prompt --allow-read mod.ts permissions --policy FILE) mod.ts run …

They refuse what is not granted instead of asking for it (--no-prompt), and load
only modules that were fetched before (--cached-only):

  deno cache mod.ts cli/loaded_later.ts

  --policy FILE  the policy
  --read PATHS   what the program reads, separated by commas; default: .
  --out DIR      where runs are made; default: runs

With a command line of this program after --, prints the flags that it needs: what
its policy implies, the files that it names, the host and the key of its model. Of
commands that only read, that is --allow-read.

  --json         as one JSON object: flags, and in modules what of the user's own is
                 loaded and has to be fetched first
`,
  async run(args, output) {
    const end = args.indexOf("--");
    if (end !== -1) {
      const given = parseCommandLine(args.slice(0, end), { flags: ["json"] });
      const launch = await launchOf(args.slice(end + 1));
      if (given.flag("json")) output.json(launch);
      else output.verbatim(launch.flags.join(" "));
      return EXIT.ok;
    }
    const given = parseCommandLine(args, {
      options: ["policy", "read", "out"],
    });
    const { document } = readPolicyFile(given.required("policy"));
    const out = given.option("out") ?? "runs";
    const flags = denoFlags(document, {
      read: [...new Set([...(given.option("read") ?? ".").split(","), out])],
      write: [out],
      served: [new URL(FIXTURE_ORIGIN).hostname],
    });
    output.verbatim(flags.join(" "));
    return EXIT.ok;
  },
};
