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

/** Serves the project on loopback until it is disposed of. */
function served() {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    serveFile,
  );
  return {
    program: `http://127.0.0.1:${server.addr.port}/mod.ts`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

const ignore = lacks("read", "write", "run", "net");
const permissions = ["--allow-read", "--allow-write", "--allow-env"];

Deno.test({
  name:
    "canonical, run straight from a URL in an empty folder, leaves the committed bytes",
  ignore,
  async fn() {
    using folder = temporaryFolder();
    await using server = served();
    const { code, stdout, stderr } = await program(["canonical"], {
      cwd: folder.path,
      permissions,
      program: server.program,
    });
    assertEquals(code, 0, stderr);
    assertStringIncludes(stdout, `${RUN}: final_answer`);
    assertEquals(
      differences(
        readArtifacts(join(PROJECT, RUN)),
        readArtifacts(join(folder.path, RUN)),
      ),
      [],
    );
  },
});

Deno.test({
  name:
    "a policy that wants a Worker, run from a URL, gets one or no run at all",
  ignore,
  async fn() {
    using folder = temporaryFolder();
    await using server = served();
    const task = join(PROJECT, "examples/constitution/task.yaml");
    const start = (...flags: readonly string[]) =>
      program(["run", task, "--out", "out"], {
        cwd: folder.path,
        permissions: [...permissions, ...flags],
        program: server.program,
      });
    const without = await start();
    assertEquals(without.code, 70);
    assertStringIncludes(without.stderr, "--unstable-worker-options");
    assertEquals([...Deno.readDirSync(folder.path)], []);
    const withFlag = await start("--unstable-worker-options");
    assertEquals(withFlag.code, 0, withFlag.stderr);
    assertStringIncludes(withFlag.stdout, "out: final_answer");
  },
});
