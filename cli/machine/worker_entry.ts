/**
 * The entry of a Worker that also serves the tools of `module`: a text, since the
 * Worker may read nothing but its sandbox, and gets everything that it needs with
 * the graph of its entry.
 */
export function entryWith(module: URL): URL {
  const serve = new URL("./serve_run_tools.ts", import.meta.url);
  const code = [
    `import { serveRunTools } from ${JSON.stringify(serve.href)};`,
    `import * as own from ${JSON.stringify(module.href)};`,
    "serveRunTools(own);",
  ].join("\n");
  return new URL(`data:application/javascript,${encodeURIComponent(code)}`);
}
