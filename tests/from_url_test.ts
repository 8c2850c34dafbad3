import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "../deps.ts";
import { differences } from "../evidence/recording/differences.ts";
import { readArtifacts } from "../evidence/store/run_directory.ts";
import { servedProject } from "./from_url.ts";
import { CANONICAL_RUN } from "./canonical_run.ts";
import { lacks } from "./permissions.ts";
import { program, PROJECT, temporaryFolder } from "./program.ts";

const RUN = `runs/${CANONICAL_RUN}`;

const ignore = lacks("read", "write", "run", "net");
const permissions = ["--allow-read", "--allow-write", "--allow-env"];

Deno.test({
  name:
    "canonical, run straight from a URL in an empty folder, leaves the committed bytes",
  ignore,
  async fn() {
    using folder = temporaryFolder();
    await using project = servedProject();
    const { code, stdout, stderr } = await program(["canonical"], {
      cwd: folder.path,
      permissions,
      program: `${project.url}/mod.ts`,
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
    await using project = servedProject();
    const task = join(PROJECT, "examples/constitution/task.yaml");
    const start = (...flags: readonly string[]) =>
      program(["run", task, "--out", "out"], {
        cwd: folder.path,
        permissions: [...permissions, ...flags],
        program: `${project.url}/mod.ts`,
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
