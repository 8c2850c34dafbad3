/**
 * The entry of the Worker in which the five tools of a run live. It may do only
 * what the policy says, so everything that it needs is in its module graph.
 *
 * @module
 */
import { z } from "../../deps.ts";
import { taskTools } from "../../tasks/task_tools.ts";
import { directorySandbox } from "../../tools/sandbox/directory_sandbox.ts";
import { htmlText } from "../../tools/page/html_text.ts";
import { serveTools } from "../../tools/worker/serve_tools.ts";
import { networkFor } from "./network.ts";

const text = z.string();
const options = z.strictObject({
  documents: z.array(z.strictObject({ id: text, path: text, text })),
  directory: text,
  online: z.boolean(),
  maxBytes: z.optional(z.number()),
});

serveTools((given, host) => {
  const { documents, directory, online, maxBytes } = options.parse(given);
  return taskTools({
    documents,
    sandbox: directorySandbox(directory, { leftover: host.leftover }),
    fetch: networkFor(online).fetch,
    htmlText: (html) => Promise.try(htmlText, html),
    maxBytes,
    requested: (url) => host.note(url),
  });
});
