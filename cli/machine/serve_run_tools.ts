import { z } from "../../deps.ts";
import { taskTools } from "../../tasks/task_tools.ts";
import { exportedTools, withOwnTools } from "../../tools/exported_tools.ts";
import { htmlText } from "../../tools/page/html_text.ts";
import { directorySandbox } from "../../tools/sandbox/directory_sandbox.ts";
import { serveTools } from "../../tools/worker/serve_tools.ts";
import { networkFor } from "./network.ts";

const text = z.string();
const options = z.strictObject({
  documents: z.array(z.strictObject({ id: text, path: text, text })),
  directory: text,
  online: z.boolean(),
  maxBytes: z.optional(z.number()),
});

/**
 * Serves the tools of a run in a Worker: the five, and those that a module of one's
 * own exports. It is called once, at the top level of the Worker's entry.
 */
export function serveRunTools(own?: object): void {
  serveTools((given, host) => {
    const { documents, directory, online, maxBytes } = options.parse(given);
    const sandbox = directorySandbox(directory, { leftover: host.leftover });
    const ours = taskTools({
      documents,
      sandbox,
      fetch: networkFor(online).fetch,
      htmlText: (html) => Promise.try(htmlText, html),
      maxBytes,
      requested: (url) => host.note(url),
    });
    if (own === undefined) return ours;
    const world = { sandbox };
    return withOwnTools(
      ours,
      exportedTools(own, { source: "the module of --tools", world }),
    );
  });
}
