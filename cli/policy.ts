import { policyJsonSchema } from "../policy/document/document.ts";
import { choice } from "./command/choice.ts";
import { parseCommandLine } from "./command/command_line.ts";
import {
  type Command,
  EXIT,
  type Output,
  UsageError,
} from "./command/command.ts";
import { explainCall } from "./policy/explain_call.ts";
import { startPolicy } from "./policy/start_policy.ts";
import { testPolicy } from "./policy/test_policy.ts";
import { validatePolicy } from "./policy/validate_policy.ts";

type Action = (
  args: readonly string[],
  output: Output,
) => number | Promise<number>;

/** In the order in which they are named when another one is given. */
const ACTIONS: Readonly<Record<string, Action>> = {
  validate: validatePolicy,
  test: testPolicy,
  explain: explainCall,
  init: startPolicy,
  // Loaded when it is asked for, with the profiles that it looks into.
  import: async (args, output) =>
    (await import("./policy/import_policy.ts")).importPolicy(args, output),
  schema: printSchema,
};

/** `policy`: writes, checks, tests and explains a policy. */
export const policy: Command = {
  summary: "check, test or explain a policy, or start a new one",
  help: `Usage: policy init [--for run]
       policy init --for mcp --profile NAME,... [--name NAME,...]
       policy import FILE [--root DIR] [--home DIR]
       policy validate FILE [--tools FILE]
       policy test FILE... [--reporter junit] [--coverage] [--min-coverage N]
       policy explain --policy FILE [--tools FILE] [--sandbox DIR]
                      [--question TEXT] [--json]
       policy schema

init      prints a policy to begin with: for tasks of one's own, or for servers of
          the Model Context Protocol, in audit mode. A profile is what is known of
          the tools of a server: dbhub, desktop-commander, everything, filesystem,
          github, memory, playwright, postgres, sequential-thinking, sqlite
import    prints a policy made of the permissions in a settings.json of Claude Code.
          It is never looser: what it cannot say is denied or left to a person, and
          listed on standard error
validate  says which version a policy has, or every problem with its line. What is
          sound and odd is pointed out on standard error, with its line: a name
          that no tool has, a clause that can never decide, a star under \`allowed\`
test      judges tables of calls and compares each decision with what is expected
explain   reads one call from standard input, {"tool":"read","args":{}}, and says
          what rules and clauses, each with its line, have to say of it, on one
          screen; those that object come first
schema    prints the JSON Schema of a policy file

  --for run|mcp       what the policy is to begin with; without it, run
  --profile NAME,...  whose tools it is to describe
  --name NAME,...     what those servers are called in policy and record, one for
                      each profile; without it, as their profiles
  --root DIR          the working directory, which is to be the sandbox; without it,
                      the folder whose .claude has the file, or the current one
  --home DIR          what ~ is in the rules
  --tools FILE        definitions of all tools, as decide takes them
  --server NAME       judge NAME.tool as a tool of a server of the Model Context
                      Protocol; may come several times
  --reporter junit    print a JUnit report
  --coverage          name the clauses by which no case was decided
  --min-coverage N    exit 2 when fewer per cent of them were
  --sandbox DIR       look paths up there; without it, by their spelling alone
  --question TEXT     what the run was asked, for seen_in
  --json              print the explanation as JSON

Exit codes: 0 it is sound, or every case is as expected, 2 a case is not, or too
few clauses decided one, 1 a file cannot be read or is not sound.
`,
  async run([given, ...rest], output) {
    const actions = Object.keys(ACTIONS);
    if (given === undefined) {
      throw new UsageError(`Expected ${actions.join("|")}, found nothing`);
    }
    const name = choice(given, { where: "Cannot understand", of: actions });
    return await (ACTIONS[name] ?? printSchema)(rest, output);
  },
};

function printSchema(args: readonly string[], output: Output): number {
  parseCommandLine(args, {});
  output.data(JSON.stringify(policyJsonSchema(), null, 2));
  return EXIT.ok;
}
