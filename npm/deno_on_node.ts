/**
 * What this project uses of Deno, over Node's own modules: the published form for
 * Node imports it into each module that names `Deno`. Where there is a real one,
 * that is used.
 *
 * @module
 */
import {
  linkSync,
  lstatSync,
  mkdirSync,
  read,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmdirSync,
  statSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { isatty } from "node:tty";
import { fileInfo, openNodeFile, openNodeFileSync } from "./node_file.ts";
import { likeDeno, SYSTEM_ERRORS, systemError } from "./system_error.ts";

const STDIN = 0;
const STDERR = 2;

/** The part of Deno that the published form uses. */
export const DENO_ON_NODE = {
  errors: SYSTEM_ERRORS,
  SeekMode: { Start: 0 },

  open: openNodeFile,
  openSync: openNodeFileSync,
  lstatSync: (path: string | URL): Deno.FileInfo =>
    likeDeno(() => fileInfo(lstatSync(path))),
  statSync: (path: string | URL): Deno.FileInfo =>
    likeDeno(() => fileInfo(statSync(path))),
  realPathSync: (path: string | URL): string =>
    likeDeno(() => realpathSync.native(path)),
  readFileSync: (path: string | URL): Uint8Array<ArrayBuffer> =>
    likeDeno(() => new Uint8Array(readFileSync(path))),
  readTextFileSync: (path: string | URL): string =>
    likeDeno(() => readFileSync(path, "utf8")),
  readDirSync: (path: string | URL): Iterable<Deno.DirEntry> =>
    likeDeno(() =>
      readdirSync(path, { withFileTypes: true }).map((entry) => ({
        name: entry.name,
        isFile: entry.isFile(),
        isDirectory: entry.isDirectory(),
        isSymlink: entry.isSymbolicLink(),
      }))
    ),

  mkdirSync(
    path: string | URL,
    { recursive = false }: { readonly recursive?: boolean } = {},
  ): void {
    likeDeno(() => mkdirSync(path, { recursive }));
  },
  writeTextFileSync: (path: string | URL, text: string): void =>
    likeDeno(() => writeFileSync(path, text)),
  linkSync: (from: string, to: string): void =>
    likeDeno(() => linkSync(from, to)),
  renameSync: (from: string, to: string): void =>
    likeDeno(() => renameSync(from, to)),
  /** Removes one entry, which has nothing in it. */
  removeSync: (path: string): void =>
    likeDeno(() =>
      lstatSync(path).isDirectory() ? rmdirSync(path) : unlinkSync(path)
    ),

  stdin: {
    isTerminal: (): boolean => isatty(STDIN),
    read: (buffer: Uint8Array): Promise<number | null> =>
      new Promise((resolve, reject) =>
        read(STDIN, buffer, 0, buffer.length, null, (error, count) => {
          if (error !== null) reject(systemError(error));
          else resolve(count === 0 ? null : count);
        })
      ),
  },
  stderr: {
    writeSync: (bytes: Uint8Array): number => writeSync(STDERR, bytes),
  },

  env: { get: (name: string): string | undefined => process.env[name] },
  /** Node asks nobody; what it does withhold fails when it is tried. */
  permissions: { querySync: () => ({ state: "granted" }) as const },
  addSignalListener(name: "SIGINT" | "SIGTERM", listener: () => void): void {
    process.on(name, listener);
  },
  removeSignalListener(name: "SIGINT" | "SIGTERM", listener: () => void): void {
    process.off(name, listener);
  },
  exit: (code: number): never => process.exit(code),
};

export { given as Deno };

const given: unknown = "Deno" in globalThis ? globalThis.Deno : DENO_ON_NODE;
