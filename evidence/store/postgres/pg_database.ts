import pg from "npm:pg@8.23.1";
import {
  type Database,
  DatabaseError,
  type QueryOptions,
  type Row,
  type Session,
} from "./database.ts";

/** How a database is used. */
export interface DatabaseOptions {
  /** The most connections at once. Default: 4. */
  readonly connections?: number | undefined;
  /** The longest that a statement may take, in milliseconds; then it counts as lost. Default: 5000. */
  readonly timeoutMs?: number | undefined;
}

/**
 * What each session sets: a transaction whose client stopped, and a statement
 * that waits for a lock, end before a lease does.
 */
const SETTINGS = "-c idle_in_transaction_session_timeout=4000" +
  " -c lock_timeout=4000" +
  " -c search_path=pg_catalog -c client_encoding=UTF8";

interface Result {
  readonly rows: readonly Row[];
}

interface Statement {
  readonly text: string;
  readonly values: unknown[];
  /** Under which a connection keeps it. */
  readonly name?: string;
}

interface Client {
  /** A text of several statements has a result for each. */
  query(statement: Statement): Promise<Result | readonly Result[]>;
  release(error?: unknown): void;
}

interface Pool {
  query: Client["query"];
  connect(): Promise<Client>;
  end(): Promise<void>;
  on(event: "error", listener: (error: unknown) => void): void;
  on(event: "connect", listener: (client: Listening) => void): void;
}

interface Listening {
  on(event: "error", listener: (error: unknown) => void): void;
}

// The package has no types of its own.
const newPool: (options: Readonly<Record<string, unknown>>) => Pool = (
  options,
) => new pg.Pool(options);

/**
 * Opens a database by its URL, `postgres://USER:PASSWORD@HOST:PORT/NAME`; nothing
 * is sent yet. The package is loaded with this module, so this module is loaded
 * only when a database is used. The process needs `--allow-net` for the server
 * and `--allow-env=PG*`, which the package reads for what the URL leaves out.
 *
 * @throws {TypeError} when it is not such a URL
 */
export function pgDatabase(
  url: string,
  { connections = 4, timeoutMs = 5000 }: DatabaseOptions = {},
): Database {
  const name = nameOf(url);
  const options = {
    connectionString: url,
    max: connections,
    query_timeout: timeoutMs,
    connectionTimeoutMillis: timeoutMs,
    keepAlive: true,
    options: SETTINGS,
    application_name: "agent-runtime-observability",
  };
  const pool = newPool(options);
  // A connection that breaks while it is idle is replaced by the next statement.
  pool.on("error", () => {});
  // The server may end one between the statements of a transaction, as it does when
  // the process was paused; the next statement says so.
  pool.on("connect", (client) => client.on("error", () => {}));

  const prepared = new Map<string, string>();

  function statement(
    text: string,
    values: readonly unknown[] = [],
    { isPrepared = false }: QueryOptions = {},
  ): Statement {
    if (!isPrepared) return { text, values: [...values] };
    const name = prepared.get(text) ?? `statement_${prepared.size + 1}`;
    prepared.set(text, name);
    return { text, values: [...values], name };
  }

  async function told<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      throw databaseError(name, cause);
    }
  }

  return {
    name,
    query: (...given) =>
      told(async () => rowsOf(await pool.query(statement(...given)))),
    async transaction(work) {
      const client = await told(() => pool.connect());
      const session: Session = {
        query: (...given) =>
          told(async () => rowsOf(await client.query(statement(...given)))),
      };
      try {
        await session.query("begin");
        const result = await work(session);
        await session.query("commit");
        client.release();
        return result;
      } catch (error) {
        // Closing the connection rolls back, also where nothing can be sent.
        client.release(true);
        throw error;
      }
    },
    [Symbol.asyncDispose]: () => pool.end(),
  };
}

/** The rows of all statements of a text. */
function rowsOf(result: Result | readonly Result[]): readonly Row[] {
  return "rows" in result ? result.rows : result.flatMap(({ rows }) => rows);
}

/** Server and database of a URL. */
function nameOf(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^postgres(ql)?:$/.test(url.protocol)) {
    throw new TypeError(
      "expected the URL of a database: postgres://USER:PASSWORD@HOST:PORT/NAME",
    );
  }
  return `${url.host}${url.pathname}`;
}

function databaseError(name: string, cause: unknown): DatabaseError {
  if (cause instanceof DatabaseError) return cause;
  // The process may not reach it at all, so that trying again is no use.
  if (cause instanceof Deno.errors.NotCapable) throw cause;
  if (!(cause instanceof Error)) {
    return new DatabaseError(`${name}: ${String(cause)}`, { cause });
  }
  const code: unknown = Reflect.get(cause, "code");
  const message = cause.message === "" && cause instanceof AggregateError
    ? cause.errors.map(String).join("; ")
    : cause.message;
  const isState = typeof code === "string" && /^[0-9A-Z]{5}$/.test(code) &&
    Reflect.get(cause, "severity") !== undefined;
  return new DatabaseError(
    `${name}: ${message}`,
    { code: isState ? code : undefined, cause },
  );
}
