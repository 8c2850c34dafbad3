import { join } from "../../deps.ts";
import { pgDatabase } from "../../evidence/store/postgres/pg_database.ts";
import { type Machine, twoMachines } from "./machines.ts";

/** A PostgreSQL server of a test: its own processes, files and port. */
export interface Cluster extends AsyncDisposable {
  /** The URL of a new, empty database, as its owner. */
  createDatabase(): Promise<string>;
  /** The same database in the name of a role, which is made when it is not there, with the rights of another. */
  as(url: string, role: string, rights: string): Promise<string>;
  /** Ends the server at once, as a crash does, and starts it again. */
  crash(): Promise<void>;
  /** Ends the server at once. */
  stop(): Promise<void>;
  /** Starts it again. */
  start(): Promise<void>;
  readonly port: number;
  /** Where workers are executed, in turn; none means on this machine. */
  readonly machines: readonly Machine[];
}

const OWNER = "owner";

/** Debian has a folder for each version. */
function binaries(): string {
  const versions = "/usr/lib/postgresql";
  const [newest] = [...Deno.readDirSync(versions)].map(({ name }) => name)
    .sort((a, b) => Number(b) - Number(a));
  if (newest === undefined) throw new Error("PostgreSQL is not installed");
  return join(versions, newest, "bin");
}

/** PostgreSQL does not run as root. */
function owner(): { readonly uid?: number; readonly gid?: number } {
  if (Deno.uid() !== 0) return {};
  const numberOf = (what: string) => {
    const { stdout } = new Deno.Command("id", { args: [what, "postgres"] })
      .outputSync();
    return Number(new TextDecoder().decode(stdout));
  };
  return { uid: numberOf("-u"), gid: numberOf("-g") };
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** How a server is started. */
export interface ClusterOptions {
  /** Whether it writes each commit to the disk. Default: no. */
  readonly durable?: boolean;
  /** Whether workers are on two machines, where those can be made. Default: no. */
  readonly onTwoMachines?: boolean;
}

/**
 * Starts a PostgreSQL server on the loopback interface, and the links to the
 * machines of workers, with its files in a temporary folder.
 */
export async function cluster(
  { durable = false, onTwoMachines = false }: ClusterOptions = {},
): Promise<Cluster> {
  using stack = new DisposableStack();
  const network = onTwoMachines ? twoMachines() : undefined;
  if (network !== undefined) stack.use(network);
  const machines = network?.all ?? [];
  const bin = binaries();
  const user = owner();
  const folder = Deno.makeTempDirSync({ prefix: "fleet_" });
  stack.defer(() => Deno.removeSync(folder, { recursive: true }));
  if (user.uid !== undefined) {
    Deno.chownSync(folder, user.uid, user.gid ?? null);
  }
  const data = join(folder, "data");
  const made = new Deno.Command(join(bin, "initdb"), {
    args: ["-D", data, "-A", "trust", "-U", OWNER, "-E", "UTF8", "--no-sync"],
    ...user,
    env: { LC_ALL: "C" },
    cwd: folder,
  }).outputSync();
  if (!made.success) throw new Error(new TextDecoder().decode(made.stderr));
  for (const { host } of machines) {
    Deno.writeTextFileSync(
      join(data, "pg_hba.conf"),
      `host all all ${host}/30 trust\n`,
      { append: true },
    );
  }
  const port = freePort();
  let server: Deno.ChildProcess | undefined;
  let databases = 0;
  const url = (name: string, role = OWNER) =>
    `postgres://${role}@127.0.0.1:${port}/${name}`;

  async function start(): Promise<void> {
    const settings = [
      `listen_addresses=${["127.0.0.1", ...machines.map(({ host }) => host)]}`,
      "unix_socket_directories=",
      ...[`port=${port}`, "max_connections=120", "logging_collector=off"],
      ...durable ? [] : ["fsync=off"],
    ].flatMap((each) => ["-c", each]);
    server = new Deno.Command(join(bin, "postgres"), {
      args: ["-D", data, ...settings],
      ...user,
      cwd: folder,
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    for (let tries = 0;; tries++) {
      try {
        await using database = pgDatabase(url("postgres"));
        await database.query("select");
        return;
      } catch (error) {
        if (tries === 200) throw error;
        await new Promise((done) => setTimeout(done, 50));
      }
    }
  }

  /** SIGQUIT: without a checkpoint, so that the next start recovers. */
  async function stop(): Promise<void> {
    server?.kill("SIGQUIT");
    await server?.status;
    server = undefined;
  }

  await start();
  const closing = stack.move();
  return {
    port,
    machines,
    start,
    stop,
    async crash() {
      await stop();
      await start();
    },
    async createDatabase() {
      databases += 1;
      const name = `db${databases}`;
      await using database = pgDatabase(url("postgres"));
      await database.query(`create database ${name} template template0`);
      return url(name);
    },
    async as(of, role, rights) {
      await using database = pgDatabase(of);
      await database.query(
        `do $$ begin create role ${role} login; exception when duplicate_object then null; end $$`,
      );
      await database.query(`grant ${rights} to ${role}`);
      return url(new URL(of).pathname.slice(1), role);
    },
    async [Symbol.asyncDispose]() {
      await stop();
      closing.dispose();
    },
  };
}
