import { dirname } from "../../deps.ts";
import { denoFlags } from "../../policy/deno/deno_flags.ts";
import type { PolicyDocument } from "../../policy/document/document.ts";
import { chooseModel } from "../../runtime/llm/provider/provider.ts";
import { FIXTURE_ORIGIN } from "../../tasks/corpus.ts";
import { isSha256, readWorkerDocument } from "../fleet/worker_config.ts";
import { readPolicyFile } from "../input/policy_file.ts";
import type { CommandLineParts } from "./command_line_parts.ts";
import {
  escaped,
  type Granted,
  type Launch,
  launch,
  OWN,
  valued,
} from "./granted.ts";
import { hostIn, serverAccess } from "./server_access.ts";

/** What a worker needs beside its database, for all that its configuration names. */
export function workerLaunch(
  parts: CommandLineParts,
  { database, temporary }: {
    readonly database: Required<Pick<Granted, "net" | "env">>;
    /** Where temporary folders are made. */
    readonly temporary: string;
  },
): Launch {
  const path = parts.options.get("config");
  if (path === undefined) return launch({ ...database });
  const { policies, models = [], tools = {}, mcp_servers: servers = {} } =
    readWorkerDocument(path);
  const files = policies.filter((each) => !isSha256(each));
  const documents = files.map((file) => readPolicyFile(file).document);
  const asked = models.map(({ llm, base_url, api_key_env }) =>
    chooseModel(llm, { baseUrl: base_url, keyName: api_key_env })
  );
  const access = documents.map((document) => serverAccess(servers, document));
  const otlp = hostIn(parts.options.get("otlp") ?? "");
  const modules = Object.values(tools);
  const needs = {
    read: [
      OWN,
      ".",
      dirname(path),
      temporary,
      ...files,
      ...modules.map(dirname),
    ]
      .flat().map(escaped),
    write: [temporary].map(escaped),
    served: [new URL(FIXTURE_ORIGIN).hostname],
    hosts: [
      ...database.net,
      ...asked.map(({ host }) => host),
      ...access.flatMap(({ net }) => net),
      ...otlp,
    ],
  };
  const [first] = documents;
  const flags = first === undefined
    ? launch({ ...needs, net: needs.hosts }).flags
    : denoFlags(together(first, documents), needs)
      // The name of a database usually stands for an address that is not public.
      .filter((flag) => !flag.startsWith("--deny-net"));
  return {
    flags: [
      ...flags,
      ...valued("--allow-run", access.flatMap(({ run }) => run)),
      ...valued("--allow-env", [
        ...database.env,
        "TMPDIR",
        ...asked.flatMap(({ keys }) => keys),
        ...access.flatMap(({ env }) => env),
        ...otlp.length === 0 ? [] : ["OTEL_*", "TRACEPARENT"],
      ]),
    ],
    modules,
  };
}

/** A policy whose flags are those that all of them need. */
function together(
  first: PolicyDocument,
  all: readonly PolicyDocument[],
): PolicyDocument {
  const isolated = all.find(({ sandbox }) => sandbox.isolation === "worker");
  return {
    ...first,
    sandbox: (isolated ?? first).sandbox,
    url_allowlist: all.flatMap(({ url_allowlist }) => url_allowlist),
  };
}
