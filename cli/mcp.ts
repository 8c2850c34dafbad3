import { parseCommandLine } from "./command/command_line.ts";
import { choice } from "./command/choice.ts";
import { type Command, UsageError } from "./command/command.ts";
import { durabilityOf } from "./execution/durability.ts";
import { readPolicyFile } from "./input/policy_file.ts";
import { closeRun } from "./mcp/close_run.ts";
import { serveProxy } from "./mcp/serve_proxy.ts";
import { PROGRESS_FLAGS, progressForm } from "./progress/progress.ts";
import { APPROVAL_WAYS } from "./mcp/session_approver.ts";

/** `mcp`: a proxy before any server of the Model Context Protocol. */
export const mcp: Command = {
  summary: "judge and record what a client asks of an MCP server",
  help: `Usage: mcp --policy FILE --out DIR [--sandbox DIR] [--name NAME]
           [--approve never|file] [--show-denied]
           [--durability none|intent] [--verbose|--json] -- COMMAND...
       mcp close RUN_DIR

Starts the server COMMAND and stands between it and the client on standard input
and output. Write it before the command of a server in the settings of a client,
and every call of a tool is judged by the policy and on record. All calls of one
client are one run, in a folder of its own below --out, made at the first call.

  --policy FILE  the policy; its tools are called NAME.TOOL: server.read_file
  --out DIR      where the folders of the runs are made
  --sandbox DIR  where the server works, and what the paths of its calls must not
                 leave; default: an empty folder in that of the run. Neither the
                 policy nor the runs may be in it
  --name NAME    what the server is called in policy and record; default: server
  --approve HOW  who answers what the policy leaves to a person: never (default):
                 the call is rejected; file: the call waits until somebody answers
                 with the command approvals
  --show-denied  keep tools in lists that the policy denies whatever their
                 arguments; a changed definition is left out all the same
  --durability   as for \`run\`
  --verbose, --json
                 on standard error a line, or an object, for everything that a
                 call does, as inspect prints it, instead of a line a call; the
                 policy's redaction counts for both

The server gets the environment that the policy gives it under mcp.env, and
nothing of ours. What the protocol has beside tools is judged as
mcp.resources.read, mcp.prompts.get, mcp.sampling.createMessage and so on, and
denied unless the policy allows it.

close ends the record of a client whose proxy was killed: a call whose outcome
nobody knows becomes "indeterminate".

The process needs --allow-run for the command and for sh, which ends all processes
of the server when this one ends, however it does; --allow-read; --allow-write for
--out; and --allow-env for the variables that the policy names.

Exit codes: 0 the client or a signal ended it, or close did its work, 4 the server
ended first, 1 it could not be started or its record could not be written.
`,
  async run(args, output) {
    const [word, ...rest] = args;
    if (word === "close") return await closeRun(rest, output);
    const end = args.indexOf("--");
    const given = parseCommandLine(end === -1 ? args : args.slice(0, end), {
      options: ["policy", "out", "sandbox", "name", "approve", "durability"],
      flags: ["show-denied", "json", ...PROGRESS_FLAGS],
    });
    const [command, ...more] = end === -1 ? [] : args.slice(end + 1);
    if (command === undefined) {
      throw new UsageError('Expected "-- COMMAND...", the command of a server');
    }
    const policyPath = given.required("policy");
    const policy = readPolicyFile(policyPath);
    return await serveProxy({
      ...{ policy, policyPath, command, args: more },
      out: given.required("out"),
      sandbox: given.option("sandbox"),
      name: serverName(given.option("name") ?? "server"),
      approve: choice(given.option("approve") ?? "never", {
        where: "Cannot use --approve",
        of: APPROVAL_WAYS,
      }),
      showDenied: given.flag("show-denied"),
      durability: durabilityOf(given.option("durability")),
      form: progressForm(given),
    }, output);
  },
};

/** What a server may be called: `mcp` is what is not a tool, and a dot begins the name of one. */
function serverName(name: string): string {
  if (/^[A-Za-z0-9_-]{1,32}$/.test(name) && name !== "mcp") return name;
  throw new UsageError(
    `Cannot use --name "${name}": expected up to 32 letters, digits, "-" and "_", and not "mcp"`,
  );
}
