/** One row of a result, by the names of its columns. */
export type Row = Readonly<Record<string, unknown>>;

/** How a statement is executed. */
export interface QueryOptions {
  /**
   * Whether each connection keeps the statement and its plan. It pays for one
   * that is executed often. Default: it is planned each time.
   */
  readonly isPrepared?: boolean;
}

/** Where statements are executed. */
export interface Session {
  /**
   * Executes one statement; `$1` is the first of `values`.
   *
   * @throws {DatabaseError} when it fails
   */
  query(
    text: string,
    values?: readonly unknown[],
    options?: QueryOptions,
  ): Promise<readonly Row[]>;
}

/** A PostgreSQL database. A statement outside a transaction is one by itself. */
export interface Database extends Session, AsyncDisposable {
  /** How messages name it: server and database, without a password. */
  readonly name: string;
  /**
   * Executes several statements in one transaction, which an error rolls back.
   *
   * @throws {DatabaseError} when it fails
   */
  transaction<T>(work: (session: Session) => Promise<T>): Promise<T>;
}

/** A statement that failed. */
export class DatabaseError extends Error {
  /** Tells the error apart. */
  override readonly name = "DatabaseError";
  /** The SQLSTATE; `undefined` when the server gave none, as when it could not be reached. */
  readonly code: string | undefined;

  /** Names the database and says what happened. */
  constructor(
    message: string,
    { code, cause }: {
      readonly code?: string | undefined;
      readonly cause?: unknown;
    },
  ) {
    super(message, { cause });
    this.code = code;
  }

  /** Whether the server could not be reached or answered too late. */
  get isUnreachable(): boolean {
    return this.code === undefined || /^(08|57P0)/.test(this.code);
  }

  /**
   * Whether the same statement may succeed later: the server could not be
   * reached, is short of something, or gave up because of other transactions.
   */
  get isTransient(): boolean {
    return this.isUnreachable ||
      /^(25P|40|53|55P03|57014)/.test(this.code ?? "");
  }
}

/**
 * The column of a row as a text.
 *
 * @throws {TypeError} when it is none
 */
export function textOf(row: Row | undefined, column: string): string {
  const value = row?.[column];
  if (typeof value === "string") return value;
  throw new TypeError(`Expected text in the column "${column}"`);
}

/** The column of a row as a text; `undefined` for null. */
export function textIn(row: Row | undefined, column: string) {
  return row?.[column] === null ? undefined : textOf(row, column);
}

/**
 * The column of a row as a number.
 *
 * @throws {TypeError} when it is none
 */
export function numberOf(row: Row | undefined, column: string): number {
  const value = row?.[column];
  if (typeof value === "number") return value;
  throw new TypeError(`Expected a number in the column "${column}"`);
}
