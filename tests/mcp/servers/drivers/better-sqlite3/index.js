// As much of the package better-sqlite3 as dbhub uses, by the SQLite that Node 22 has:
// the package's own binary is not in the registry.
const { DatabaseSync } = require("node:sqlite");

module.exports = class Database {
  #database;
  #hasBigInts = false;

  constructor(path, { readonly: readOnly = false } = {}) {
    this.#database = new DatabaseSync(path, { readOnly });
  }

  get inTransaction() {
    return this.#database.isTransaction;
  }

  defaultSafeIntegers(isSafe) {
    this.#hasBigInts = isSafe;
  }

  prepare(sql) {
    const statement = this.#database.prepare(sql);
    statement.setReadBigInts(this.#hasBigInts);
    return statement;
  }

  exec(sql) {
    this.#database.exec(sql);
  }

  close() {
    this.#database.close();
  }
};
