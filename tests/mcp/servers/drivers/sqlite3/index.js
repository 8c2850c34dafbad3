// As much of the package sqlite3 as mcp-sqlite uses, by the SQLite that Node 22 has:
// the package's own binary is not in the registry.
const { DatabaseSync } = require("node:sqlite");

class Database {
  #database;

  constructor(path, opened) {
    this.#database = new DatabaseSync(path);
    setImmediate(opened, null);
  }

  all(sql, values, done) {
    this.#do(done, () => this.#database.prepare(sql).all(...values));
  }

  run(sql, values, done) {
    this.#do(
      (error, result) =>
        done.call({
          lastID: Number(result?.lastInsertRowid),
          changes: Number(result?.changes),
        }, error),
      () => this.#database.prepare(sql).run(...values),
    );
  }

  #do(done, work) {
    let result;
    try {
      result = work();
    } catch (error) {
      return setImmediate(done, error);
    }
    setImmediate(done, null, result);
  }
}

exports.verbose = () => ({ Database });
