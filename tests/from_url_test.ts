import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "../deps.ts";
import { differences } from "../evidence/differences.ts";
import { readArtifacts } from "../evidence/run_directory.ts";
import { lacks } from "./permissions.ts";
import { program, PROJECT, temporaryFolder } from "./program.ts";

const RUN = "runs/2026-11-22_f09c7907_0";

/** Serves the files of the project as a static host does. */
async function serveFile(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  try {
    const body = await Deno.readFile(join(PROJECT, pathname));
    const type = pathname.endsWith(".ts")
      ? "application/typescript"
      : "text/plain";
    return new Response(body, { headers: { "content-type": type } });
  } catch {
    return new Response("not found", { status: 404 });
  }
}

Deno.test({
  name:
    "canonical, run straight from a URL in an empty folder, leaves the committed bytes",
  ignore: lacks("read", "write", "run", "net"),
  async fn() {
    using folder = temporaryFolder();
    const server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      serveFile,
    );
    try {
      const { code, stdout, stderr } = await program(["canonical"], {
        cwd: folder.path,
        permissions: ["--allow-read", "--allow-write", "--allow-env"],
        program: `http://127.0.0.1:${server.addr.port}/mod.ts`,
      });
      assertEquals(code, 0, stderr);
      assertStringIncludes(stdout, `${RUN}: final_answer`);
    } finally {
      await server.shutdown();
    }
    assertEquals(
      differences(
        readArtifacts(join(PROJECT, RUN)),
        readArtifacts(join(folder.path, RUN)),
      ),
      [],
    );
  },
});
