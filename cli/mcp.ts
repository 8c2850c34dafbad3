import { parseCommandLine } from "./command/command_line.ts";
import { choice } from "./command/choice.ts";
import type { Command } from "./command/command.ts";
import { refuseOtherMode } from "./execution/audit_mode.ts";
import { durabilityOf } from "./execution/durability.ts";
import { readPolicyFile } from "./input/policy_file.ts";
import { ownWords } from "./command/own_words.ts";
import { APPROVAL_WAYS } from "./mcp/approval_way.ts";
import { serverCommandIn, serverName } from "./mcp/command_words.ts";
import { serveProxy } from "./mcp/serve_proxy.ts";
import { PROGRESS_FLAGS, progressForm } from "./progress/progress_form.ts";

/**
 * `mcp`: a proxy before any server of the Model Context Protocol. A client waits for
 * the server, so what is needed to start it is loaded first, and the rest when it is
 * called for.
 */
export const mcp: Command = {
  summary: "judge and record what a client asks of an MCP server",
  help: `Usage: mcp --policy FILE --out DIR [--sandbox DIR] [--name NAME]
           [--approve never|file|client] [--show-denied] [--audit]
           [--durability none|intent] [--verbose|--json] -- COMMAND...
       mcp --listen 127.0.0.1:PORT --upstream URL --policy FILE --out DIR ...
       mcp list [--name NAME] [--profile PROFILE] [--env NAMES] [--sandbox DIR]
                [--json] -- COMMAND...
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
                 with the command approvals; client: the client asks its user,
                 where the policy has approval: { accept: [client] }
  --show-denied  keep tools in lists that the policy denies whatever their
                 arguments; a changed definition is left out all the same
  --audit        said where the policy has \`mode: audit\`, as for \`run\`
  --durability   as for \`run\`
  --verbose, --json
                 on standard error a line, or an object, for everything that a
                 call does, as inspect prints it, instead of a line a call; the
                 policy's redaction counts for both

With --listen and --upstream it stands before a server of Streamable HTTP instead, of
a revision with sessions (up to 2025-11-25): one run a session. Only this machine can
connect, under one of its own names (Host, Origin). Credentials of the client are
passed on to the server and never recorded. The process needs --allow-net for both
addresses.

list prints the tools of a server as a policy to begin with, in audit mode: each
with the SHA-256 of its definition, which the policy pins. What is suspicious in a
definition is said on standard error, too, and the tool left out; so is one of which
nothing says what it touches. The server is started with the variables
of --env (default: PATH), separated by commas, and works in --sandbox (default:
the current folder).

  --profile PROFILE  what is known of the server: filesystem, github, and so on;
                 \`policy --help\` has all of them
  --json         print the tools as JSON, an object each

The server gets the environment that the policy gives it under mcp.env, and
nothing of ours. What the protocol has beside tools is judged as
mcp.resources.read, mcp.prompts.get, mcp.sampling.createMessage and so on, and
denied unless the policy allows it.

close ends the record of a client whose proxy was killed: a call whose outcome
is unknown becomes "indeterminate".

The process needs --allow-run for the command and for sh, which ends all processes
of the server when this one ends, however it does; --allow-read; --allow-write for
--out; and --allow-env for the variables that the policy names.

Exit codes: 0 the client or a signal ended it, or close did its work, 4 the server
ended first, 1 it could not be started or its record could not be written.
`,
  async run(args, output) {
    const [word, ...more] = args;
    if (word === "close") {
      const { closeRun } = await import("./mcp/close_run.ts");
      return await closeRun(more, output);
    }
    if (word === "list") {
      const { listTools } = await import("./mcp/list_tools.ts");
      return await listTools(more, output);
    }
    const isHttp = ownWords(args).some((each) => /^--listen(=|$)/.test(each));
    const { own, command, rest } = isHttp
      ? { own: args, command: "", rest: [] }
      : serverCommandIn(args);
    const given = parseCommandLine(own, {
      options: [
        ...["policy", "out", "sandbox", "name", "approve", "durability"],
        ...isHttp ? ["listen", "upstream"] : [],
      ],
      flags: ["show-denied", "audit", "json", ...PROGRESS_FLAGS],
    });
    const policyPath = given.required("policy");
    const policy = readPolicyFile(policyPath);
    refuseOtherMode(policy.document, given.flag("audit"));
    const options = {
      ...{ policy, policyPath },
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
    };
    if (!isHttp) {
      return await serveProxy({ ...options, command, args: rest }, output);
    }
    const { listening, serveHttp, upstreamAddress } = await import(
      "./mcp/serve_http.ts"
    );
    return await serveHttp({
      ...options,
      listen: listening(given.required("listen")),
      upstream: upstreamAddress(given.required("upstream")),
    }, output);
  },
};
