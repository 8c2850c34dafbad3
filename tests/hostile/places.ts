import { exists } from "../../evidence/store/exists.ts";

/** What somebody can lay in the place of a file of a run directory. */
export interface HostilePlace {
  readonly what: string;
  /** Lays it at `path`; `outside` is a file that must not be touched. */
  lay(path: string, outside: string): void;
  /** What is said of it, where the system has no words of its own. */
  readonly says?: string;
  /** Whether it takes the place of what is there. Default: it does. */
  readonly replaces?: boolean;
}

const GIGABYTE = 2 ** 30;

/** Everything but a regular file with one name and a size that a run writes. */
export const HOSTILE_PLACES: readonly HostilePlace[] = [
  {
    what: "pipe",
    lay: (path) => make("mkfifo", path),
    says: "it is a pipe, not a regular file",
  },
  {
    what: "link to a file outside",
    lay: (path, outside) => Deno.symlinkSync(outside, path),
    says: "it is a symbolic link, not a regular file",
  },
  {
    what: "link to a device",
    lay: (path) => Deno.symlinkSync("/dev/zero", path),
    says: "it is a symbolic link, not a regular file",
  },
  {
    what: "link that leads nowhere",
    lay: (path) => Deno.symlinkSync(`${path}.nowhere`, path),
    says: "it is a symbolic link, not a regular file",
  },
  {
    what: "hard link of a file outside",
    lay: (path, outside) => Deno.linkSync(outside, path),
    says: "it has another name elsewhere (a hard link)",
  },
  { what: "directory", lay: (path) => Deno.mkdirSync(path) },
  {
    what: "file of a gigabyte",
    lay: sparse,
    says: `it has ${GIGABYTE} bytes; up to 10 can be read`,
  },
];

function sparse(path: string): void {
  Deno.writeFileSync(path, new Uint8Array());
  Deno.truncateSync(path, GIGABYTE);
}

function make(command: string, path: string): void {
  const { success } = new Deno.Command(command, { args: [path] }).outputSync();
  if (!success) throw new Error(`Cannot make "${path}" with ${command}`);
}

/** How to lay a place of this name; `undefined` when nothing is to be laid. */
export function layOf(
  name: string | null,
): ((path: string, outside: string) => void) | undefined {
  if (name === null) return undefined;
  const place = [...HOSTILE_PLACES, ...BENIGN_PLACES]
    .find(({ what }) => what === name);
  if (place === undefined) throw new RangeError(`There is no place "${name}"`);
  return (path, outside) => {
    if (exists(path) && place.replaces !== false) {
      Deno.removeSync(path, { recursive: true });
    }
    place.lay(path, outside);
  };
}

/** What looks like an attack and is none. */
const BENIGN_PLACES: readonly HostilePlace[] = [
  {
    what: "left-over file of a gigabyte",
    lay: sparse,
  },
  {
    what: "many incidents",
    replaces: false,
    lay(path) {
      const line = `${JSON.stringify({ v: 1, type: "resumed", events: 1 })}\n`;
      Deno.writeTextFileSync(path, line.repeat(10_000), { append: true });
    },
  },
  {
    what: "torn line of a megabyte",
    replaces: false,
    lay(path) {
      const line = `{"v":1,"text":"${"x".repeat(2 ** 20)}`;
      Deno.writeTextFileSync(path, line, { append: true });
    },
  },
  {
    what: "link to where it stands",
    lay: (path) => Deno.symlinkSync(".", path),
  },
];
