import { dirname, join, relative, z } from "../../deps.ts";
import { walkSync } from "../../evidence/store/walk.ts";
import fixtureText from "./fixture.json" with { type: "text" };

const paths = z.record(z.string(), z.string());

const FIXTURE = z.strictObject({
  dirs: z.array(z.string()),
  files: paths,
  symlinks: paths,
  hard_links: paths,
  fifos: z.array(z.string()),
}).parse(JSON.parse(fixtureText));

/** A folder with a sandbox in it, and around it what must stay out of reach. */
export interface LaidFixture extends Disposable {
  /** The folder that replaces `{ROOT}`. */
  readonly root: string;
  readonly sandbox: string;
  /** Lists what has changed outside the sandbox since it was set up. */
  changes(): readonly string[];
}

/** Lays the fixture down in a new folder, which is removed with its scope. */
export function layFixture(): LaidFixture {
  const root = Deno.makeTempDirSync();
  const at = (path: string) => join(root, path);
  for (const path of FIXTURE.dirs) {
    Deno.mkdirSync(at(path), { recursive: true });
  }
  for (const [path, text] of Object.entries(FIXTURE.files)) {
    Deno.mkdirSync(dirname(at(path)), { recursive: true });
    Deno.writeTextFileSync(at(path), text);
  }
  for (const [path, target] of Object.entries(FIXTURE.symlinks)) {
    Deno.symlinkSync(target.replace("{ROOT}", root), at(path));
  }
  for (const [path, target] of Object.entries(FIXTURE.hard_links)) {
    Deno.linkSync(at(target), at(path));
  }
  for (const path of FIXTURE.fifos) {
    const { success } = new Deno.Command("mkfifo", { args: [at(path)] })
      .outputSync();
    if (!success) throw new Error(`Cannot make the FIFO "${path}"`);
  }
  const before = outside(root);
  return {
    root,
    sandbox: at("sandbox"),
    changes: () => differences(before, outside(root)),
    [Symbol.dispose]: () => Deno.removeSync(root, { recursive: true }),
  };
}

/** Every file that is not in the sandbox, with what it says. */
function outside(root: string): ReadonlyMap<string, string> {
  const files = [...Deno.readDirSync(root)].flatMap(({ name, isFile }) => {
    const path = join(root, name);
    if (isFile) return [path];
    return name === "sandbox"
      ? []
      : [...walkSync(path, { includeDirs: false, includeSymlinks: true })]
        .map((entry) => entry.path);
  });
  return new Map(files.map((path) => [
    relative(root, path),
    Deno.readTextFileSync(path),
  ]));
}

function differences(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly string[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((path) => before.get(path) !== after.get(path))
    .map((path) => `${path} has changed`);
}
