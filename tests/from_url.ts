import { join } from "../deps.ts";
import { type Loopback, loopback } from "./loopback.ts";
import { PROJECT } from "./program.ts";

/** The files of the project, served on loopback. */
export interface ServedProject extends AsyncDisposable {
  /** Where they are, without a slash at the end. */
  readonly url: string;
}

/** Serves the files of the project as a static host does, some of them with another text. */
export function servedProject(
  changed: Readonly<Record<string, (text: string) => string>> = {},
): ServedProject {
  const server: Loopback = loopback(async (request) => {
    const path = new URL(request.url).pathname.slice(1);
    try {
      const bytes = await Deno.readFile(join(PROJECT, path));
      const change = changed[path];
      const body = change === undefined
        ? bytes
        : change(new TextDecoder().decode(bytes));
      const type = path.endsWith(".ts")
        ? "application/typescript"
        : "text/plain";
      return new Response(body, { headers: { "content-type": type } });
    } catch {
      return new Response("not found", { status: 404 });
    }
  });
  return {
    url: `http://${server.host}`,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
