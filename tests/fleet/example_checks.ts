/**
 * The files of examples/fleet are valid, and what they execute works as it is
 * written there.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "../../deps.ts";
import { parseYaml } from "../../tools/data/yaml.ts";
import { pgDatabase } from "../../evidence/store/postgres/pg_database.ts";
import { PROJECT, temporaryFolder } from "../program.ts";
import { cluster } from "./cluster.ts";
import { fleetFolder } from "./fleet_folder.ts";

const server = await cluster();
Deno.test.afterAll(async () => await server[Symbol.asyncDispose]());

const FOLDER = join(PROJECT, "examples/fleet");
const UNIT = Deno.readTextFileSync(join(FOLDER, "worker.service"));
const COMPOSE = Deno.readTextFileSync(join(FOLDER, "compose.yml"));

/** Whether a program is there; says so when it is not. */
function has(command: string): boolean {
  try {
    new Deno.Command(command, { args: ["--version"] }).outputSync();
    return true;
  } catch {
    console.log(`${command} is not installed, so its check is left out`);
    return false;
  }
}

/** What a unit says, in its order. */
function settings(name: string): readonly string[] {
  return [...UNIT.matchAll(/^(\w+)=(.*)$/gm)]
    .flatMap(([, key, value = ""]) => key === name ? [value] : []);
}

/** Where the cache of this Deno is, which the files have elsewhere. */
function cacheFolder(): string {
  const { stdout } = new Deno.Command(Deno.execPath(), {
    args: ["info", "--json"],
  }).outputSync();
  return JSON.parse(new TextDecoder().decode(stdout)).denoDir;
}

/** A command of these files here: with other places, and nothing of our environment. */
function executed(
  words: readonly string[],
  { places, env }: {
    readonly places: Readonly<Record<string, string>>;
    readonly env: Readonly<Record<string, string>>;
  },
): Deno.Command {
  const here = (text: string) =>
    Object.entries(places).reduce(
      (so, [from, to]) => so.replaceAll(from, to),
      text,
    );
  const [command = "", ...args] = words.map(here);
  const entries = Object.entries(env).map(([name, value]) => [
    name,
    here(value),
  ]);
  return new Deno.Command(command, {
    args,
    cwd: PROJECT,
    clearEnv: true,
    env: { PATH: Deno.env.get("PATH") ?? "", ...Object.fromEntries(entries) },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

const isSystemd = has("systemd-analyze");

Deno.test({
  name: "systemd finds nothing wrong with the unit",
  ignore: !isSystemd,
  async fn() {
    using folder = temporaryFolder();
    const path = join(folder.path, "worker.service");
    // It looks whether the program is there.
    const text = UNIT.replaceAll("/usr/local/bin/deno", Deno.execPath());
    Deno.writeTextFileSync(path, text);
    const { code, stderr } = await new Deno.Command("systemd-analyze", {
      args: ["verify", "--man=no", path],
    }).output();
    assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
  },
});

Deno.test("what the unit executes is a worker, which SIGTERM has leave its run to another one", async () => {
  await using fleet = await fleetFolder(server);
  const environment = settings("Environment").flatMap((line) =>
    line.split(" ").map((each) => each.split("=", 2))
  );
  const places = {
    "/usr/local/bin/deno": Deno.execPath(),
    "/etc/worker/worker.yaml": fleet.place("worker.yaml"),
    "db.example:5432": `127.0.0.1:${server.port}`,
    "/var/cache/worker": cacheFolder(),
  };
  const env = {
    ...Object.fromEntries(environment),
    // These are in the file of EnvironmentFile.
    DATABASE_URL: fleet.urls.worker,
    FLEET_JOURNAL: fleet.place("journal"),
  };
  const run = (line: string) => executed(line.split(" "), { places, env });
  for (const line of settings("ExecStartPre")) {
    const { code, stderr } = await run(line).output();
    assertEquals(code, 0, new TextDecoder().decode(stderr));
  }
  const [id = ""] = await fleet.submit([
    fleet.task(
      "long",
      Array.from({ length: 8 }, (_, step) => [
        { tool: "note", args: { text: `${step}`, ms: 300 } },
      ]),
    ),
  ]);
  const [start = ""] = settings("ExecStart");
  const first = run(start).spawn();
  await fleet.until("bool_and(lines > 14)");
  const [signal] = settings("KillSignal");
  assertEquals(signal, "SIGTERM");
  first.kill("SIGTERM");
  const told = performance.now();
  const ended = await first.output();
  assertEquals(ended.code, 0, new TextDecoder().decode(ended.stderr));
  const seconds = (performance.now() - told) / 1000;
  assert(seconds < Number(settings("TimeoutStopSec")[0]));
  assertEquals(
    await fleet.database.query("select state, owner from fleet.run"),
    [{ state: "queued", owner: null }],
  );
  const second = run(start).spawn();
  await fleet.until("bool_and(state = 'finished')");
  second.kill("SIGTERM");
  assertEquals((await second.output()).code, 0);
  const begun = fleet.journal().filter(({ what }) => what === "begin");
  assertEquals(begun.length, 8, id);
});

Deno.test({
  name: "docker-compose understands the compose file",
  ignore: !has("docker-compose"),
  async fn() {
    const { code, stderr } = await new Deno.Command("docker-compose", {
      args: ["-f", join(FOLDER, "compose.yml"), "config", "--quiet"],
      env: { PASSWORD: "secret" },
    }).output();
    assertEquals(code, 0, new TextDecoder().decode(stderr));
  },
});

interface Service {
  readonly command: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

function service(name: string): Service {
  const text = COMPOSE.replaceAll(/\$\{PASSWORD[^}]*\}/g, "secret");
  const { services } = Object(parseYaml(text, { schema: "core" }));
  return services[name];
}

Deno.test("what the compose file executes makes a schema, migrates it, and is a worker", async () => {
  const url = await server.createDatabase();
  const places = {
    "postgres://owner:secret@database:5432/runs": url,
    "database:5432": `127.0.0.1:${server.port}`,
    "/deno-dir": cacheFolder(),
  };
  const install = service("install");
  for (const _ of ["installs", "migrates"]) {
    const { code, stdout, stderr } = await executed(
      [...install.entrypoint ?? [], ...install.command],
      { places, env: install.environment },
    ).output();
    assertEquals(code, 0, new TextDecoder().decode(stderr));
    assertStringIncludes(
      new TextDecoder().decode(stdout),
      "the schema has version",
    );
  }
  const submitted = await executed(
    [
      ...[Deno.execPath(), "run", "--no-prompt", "--allow-read"],
      ...["--allow-net=database:5432", "--allow-env=DATABASE_URL,PG*"],
      ...["mod.ts", "submit", "examples/constitution/task.yaml"],
    ],
    { places, env: install.environment },
  ).output();
  assertEquals(submitted.code, 0, new TextDecoder().decode(submitted.stderr));
  const worker = service("worker");
  // The image has deno as its entry point.
  const child = executed([Deno.execPath(), ...worker.command], {
    places,
    env: worker.environment,
  }).spawn();
  await using database = pgDatabase(url);
  for (let tries = 0;; tries++) {
    const finished = await database.query(
      "select from fleet.run where state = 'finished'",
    );
    if (finished.length > 0) break;
    assert(tries < 300, "the run does not finish");
    await new Promise((done) => setTimeout(done, 100));
  }
  child.kill("SIGTERM");
  const { code, stderr } = await child.output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
});
