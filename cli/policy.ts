import { policyJsonSchema } from "../policy/document/document.ts";
import { choice } from "./command/choice.ts";
import { parseCommandLine } from "./command/command_line.ts";
import { type Command, EXIT, UsageError } from "./command/command.ts";
import { explainCall } from "./policy/explain_call.ts";
import { startPolicy } from "./policy/start_policy.ts";
import { testPolicy } from "./policy/test_policy.ts";
import { validatePolicy } from "./policy/validate_policy.ts";

const ACTIONS = ["validate", "test", "explain", "init", "schema"] as const;

/** `policy`: writes, checks, tests and explains a policy. */
export const policy: Command = {
  summary: "check, test or explain a policy, or start a new one",
  help: `Usage: policy init [--for run]
       policy init --for mcp --profile NAME,... [--name NAME,...]
       policy validate FILE [--tools FILE]
       policy test FILE... [--reporter junit] [--coverage] [--min-coverage N]
       policy explain --policy FILE [--tools FILE] [--sandbox DIR]
                      [--question TEXT] [--json]
       policy schema

init      prints a policy to begin with: for tasks of one's own, or for servers of
          the Model Context Protocol, in audit mode. A profile is what is known of
          the tools of a server: dbhub, desktop-commander, everything, filesystem,
          github, memory, playwright, postgres, sequential-thinking, sqlite
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
  --tools FILE        definitions of all tools, as decide takes them
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
    if (given === undefined) {
      throw new UsageError(`Expected ${ACTIONS.join("|")}, found nothing`);
    }
    switch (choice(given, { where: "Cannot understand", of: ACTIONS })) {
      case "init":
        return await startPolicy(rest, output);
      case "validate":
        return await validatePolicy(rest, output);
      case "test":
        return await testPolicy(rest, output);
      case "explain":
        return await explainCall(rest, output);
      case "schema":
        parseCommandLine(rest, {});
        output.data(JSON.stringify(policyJsonSchema(), null, 2));
        return EXIT.ok;
    }
  },
};
