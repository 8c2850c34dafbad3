import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { directorySandbox } from "./directory_sandbox.ts";
import type { PageRequest, PathFacts, Sandbox } from "./sandbox.ts";
import { ToolError } from "../tool_error.ts";
import { judged } from "../../tests/judged.ts";
import type { Leftover } from "./leftover.ts";

function isGranted(descriptor: Deno.PermissionDescriptor): boolean {
  return Deno.permissions.querySync(descriptor).state === "granted";
}

// Symbolic links can be made only with read and write permission for any path.
const lacksDisk = !isGranted({ name: "read" }) || !isGranted({ name: "write" });
const lacksMkfifo = lacksDisk ||
  !isGranted({ name: "run", command: "mkfifo" });

/** A sandbox on disk and its surroundings. */
interface Place {
  /** Holds the directories `sandbox`, `sandbox-evil` and `outside`. */
  readonly parent: string;
  readonly root: string;
  readonly sandbox: Sandbox;
}

function diskTest(
  name: string,
  body: (place: Place) => void | Promise<void>,
  ignore = lacksDisk,
): void {
  Deno.test({
    name,
    ignore,
    async fn() {
      const parent = Deno.realPathSync(Deno.makeTempDirSync());
      try {
        build(parent);
        const root = `${parent}/sandbox`;
        const sandbox = directorySandbox(root, { maxBytes: 64 });
        await body({ parent, root, sandbox });
      } finally {
        Deno.removeSync(parent, { recursive: true });
      }
    },
  });
}

function build(parent: string): void {
  for (const name of ["sandbox/sub/deep", "sandbox-evil", "outside"]) {
    Deno.mkdirSync(`${parent}/${name}`, { recursive: true });
  }
  for (
    const [name, text] of [
      ["in.txt", "PARENT"],
      ["sandbox-evil/secret.txt", "SECRET"],
      ["outside/secret.txt", "SECRET"],
      ["outside/shared.txt", "SECRET"],
      ["sandbox/in.txt", "INSIDE"],
      ["sandbox/sub/deep/naïve.txt", "NAÏVE"],
      ["sandbox/..hidden", "HIDDEN"],
    ] as const
  ) Deno.writeTextFileSync(`${parent}/${name}`, text);
  for (
    const [target, name] of [
      ["in.txt", "link_in"],
      [`${parent}/sandbox/in.txt`, "link_abs_in"],
      ["sub", "link_sub"],
      ["../outside/secret.txt", "link_file"],
      ["link_file", "link_chain"],
      ["../outside", "link_dir"],
      ["..", "link_parent"],
      [".", "link_self"],
      ["../outside/new.txt", "link_dangling"],
      ["nowhere", "link_nowhere"],
      ["link_loop2", "link_loop"],
      ["link_loop", "link_loop2"],
    ] as const
  ) Deno.symlinkSync(target, `${parent}/sandbox/${name}`);
  Deno.linkSync(`${parent}/outside/shared.txt`, `${parent}/sandbox/hard.txt`);
}

function namesIn(directory: string): readonly string[] {
  return [...Deno.readDirSync(directory)].map(({ name }) => name).sort();
}

/** Runs `body` while one function of `Deno` is replaced. */
async function replacing(
  name: keyof typeof Deno,
  value: unknown,
  body: () => Promise<void>,
): Promise<void> {
  const real = Deno[name];
  Object.defineProperty(Deno, name, { value });
  try {
    await body();
  } finally {
    Object.defineProperty(Deno, name, { value: real });
  }
}

const OUTSIDE_NAMES = ["secret.txt", "shared.txt"];

const OUTSIDE: PathFacts = {
  resolved: "<outside>",
  inside: false,
  viaLink: true,
  dotdotAfterLink: false,
  special: false,
  hardLinked: false,
};
const BY_SPELLING: PathFacts = { ...OUTSIDE, viaLink: false };
const FILE: PathFacts = {
  resolved: "<sandbox>/in.txt",
  inside: true,
  viaLink: false,
  dotdotAfterLink: false,
  special: false,
  hardLinked: false,
};

const FACTS: readonly {
  readonly path: string;
  readonly want: Partial<PathFacts>;
}[] = [
  { path: "in.txt", want: FILE },
  { path: "./in.txt", want: FILE },
  { path: "sub/../in.txt", want: FILE },
  { path: "nope/../in.txt", want: FILE },
  { path: ".//sub///deep/../../in.txt", want: FILE },
  { path: "in.txt/", want: FILE },
  { path: "{root}/in.txt", want: FILE },
  { path: "{root}//sub/../in.txt", want: FILE },
  { path: "..hidden", want: { ...FILE, resolved: "<sandbox>/..hidden" } },
  {
    path: "sub/deep/naïve.txt",
    want: { ...FILE, resolved: "<sandbox>/sub/deep/naïve.txt" },
  },
  {
    path: "sub",
    want: {
      resolved: "<sandbox>/sub",
      inside: true,
      viaLink: false,
      special: false,
    },
  },
  {
    path: "sub/",
    want: {
      resolved: "<sandbox>/sub",
      inside: true,
      viaLink: false,
      special: false,
    },
  },
  { path: ".", want: { resolved: "<sandbox>", special: false } },
  { path: "{root}", want: { resolved: "<sandbox>", special: false } },
  { path: "{root}/", want: { resolved: "<sandbox>", viaLink: false } },
  {
    path: "new/a.txt",
    want: {
      ...FILE,
      resolved: "<sandbox>/new/a.txt",
    },
  },
  {
    path: "in.txt/child",
    want: { resolved: "<sandbox>/in.txt/child", inside: true, special: false },
  },

  { path: "..", want: { ...BY_SPELLING, resolved: "<sandbox>/.." } },
  {
    path: "../in.txt",
    want: { ...BY_SPELLING, resolved: "<sandbox>/../in.txt" },
  },
  {
    path: "sub/../../outside/secret.txt",
    want: { ...BY_SPELLING, resolved: "<sandbox>/../outside/secret.txt" },
  },
  {
    path: "../sandbox-evil/secret.txt",
    want: { ...BY_SPELLING, resolved: "<sandbox>/../sandbox-evil/secret.txt" },
  },
  {
    path: `${"../".repeat(64)}etc/passwd`,
    want: {
      ...BY_SPELLING,
      resolved: `<sandbox>/${"../".repeat(64)}etc/passwd`,
    },
  },
  { path: "/etc/passwd", want: { ...BY_SPELLING, resolved: "/etc/passwd" } },
  {
    path: "/etc/../etc//passwd",
    want: { ...BY_SPELLING, resolved: "/etc/passwd" },
  },
  { path: "/", want: { ...BY_SPELLING, resolved: "/" } },
  {
    path: "{root}-evil/secret.txt",
    want: { ...BY_SPELLING, resolved: "{root}-evil/secret.txt" },
  },

  { path: "link_in", want: { ...FILE, viaLink: true } },
  { path: "link_in/", want: { ...FILE, viaLink: true } },
  { path: "link_abs_in", want: { ...FILE, viaLink: true } },
  { path: "link_self/in.txt", want: { ...FILE, viaLink: true } },
  {
    path: "link_sub/new.txt",
    want: { resolved: "<sandbox>/sub/new.txt", inside: true, viaLink: true },
  },
  { path: "link_file", want: OUTSIDE },
  { path: "link_file/", want: OUTSIDE },
  { path: "link_chain", want: OUTSIDE },
  { path: "link_dir", want: OUTSIDE },
  { path: "link_dir/", want: OUTSIDE },
  { path: "link_dir/secret.txt", want: OUTSIDE },
  { path: "link_dir/new/a.txt", want: OUTSIDE },
  { path: "link_parent/in.txt", want: OUTSIDE },
  { path: "link_self/link_file", want: OUTSIDE },
  { path: "sub/../link_file", want: OUTSIDE },
  { path: "link_dangling", want: OUTSIDE },
  { path: "link_dangling/", want: OUTSIDE },
  { path: "link_dangling/x", want: OUTSIDE },
  { path: "link_nowhere", want: OUTSIDE },
  { path: "link_loop", want: OUTSIDE },
  { path: "link_loop/x", want: OUTSIDE },
  { path: "in.txt\0", want: OUTSIDE },
  { path: "x".repeat(300), want: OUTSIDE },

  { path: "link_dir/../in.txt", want: { ...FILE, dotdotAfterLink: true } },
  { path: "link_dir/./..//in.txt", want: { ...FILE, dotdotAfterLink: true } },
  { path: "link_sub/deep/../../in.txt", want: { dotdotAfterLink: true } },
  { path: "{root}/link_dir/../in.txt", want: { dotdotAfterLink: true } },
  { path: "link_sub/deep/../new.txt", want: { dotdotAfterLink: false } },
  { path: "hard.txt", want: { inside: true, hardLinked: true } },
];

for (const { path, want } of FACTS) {
  const name = path.length > 60 ? `${path.slice(0, 60)}…` : path;
  diskTest(
    `directorySandbox() inspects ${JSON.stringify(name)}`,
    ({ root, sandbox }) => {
      const facts = sandbox.inspect(path.replace("{root}", root));
      const { resolved = facts.resolved } = want;
      assertEquals(facts, {
        ...facts,
        ...want,
        resolved: resolved.replace("{root}", root),
      });
    },
  );
}

diskTest("directorySandbox() inspects a FIFO", ({ root, sandbox }) => {
  makeFifo(`${root}/fifo`);
  assertEquals(sandbox.inspect("fifo"), {
    resolved: "<sandbox>/fifo",
    inside: true,
    viaLink: false,
    dotdotAfterLink: false,
    special: true,
    hardLinked: false,
  });
}, lacksMkfifo);

function makeFifo(path: string): void {
  const { success } = new Deno.Command("mkfifo", { args: [path] }).outputSync();
  assert(success);
}

diskTest(
  "directorySandbox() knows its root by the link it was given",
  async ({ parent, root }) => {
    Deno.symlinkSync(root, `${parent}/alias`);
    for (const given of [`${parent}/alias`, `${parent}/alias/`]) {
      const sandbox = directorySandbox(given);
      assertEquals(sandbox.inspect(`${parent}/alias/in.txt`), FILE);
      assertEquals(sandbox.inspect(`${root}/in.txt`), FILE);
      assertEquals(
        await sandbox.readText(judged(sandbox, `${parent}/alias/in.txt`)),
        "INSIDE",
      );
    }
  },
);

diskTest("directorySandbox() needs an existing directory", ({ parent }) => {
  assertThrows(
    () => directorySandbox(`${parent}/nowhere`),
    Deno.errors.NotFound,
  );
});

for (const path of ["in.txt", "sub/../in.txt", "link_in", "{root}/in.txt"]) {
  diskTest(`readText() returns the text of ${path}`, async (place) => {
    const { root, sandbox } = place;
    assertEquals(
      await sandbox.readText(judged(sandbox, path.replace("{root}", root))),
      "INSIDE",
    );
  });
}

const REFUSALS = [
  { path: "../in.txt", type: "sandbox_violation" },
  { path: "{root}/../in.txt", type: "sandbox_violation" },
  { path: "{root}-evil/secret.txt", type: "sandbox_violation" },
  { path: "/etc/passwd", type: "sandbox_violation" },
  { path: "link_file", type: "sandbox_violation" },
  { path: "link_chain", type: "sandbox_violation" },
  { path: "link_dir/secret.txt", type: "sandbox_violation" },
  { path: "link_parent/in.txt", type: "sandbox_violation" },
  { path: "link_dangling", type: "sandbox_violation" },
  { path: "link_loop", type: "sandbox_violation" },
  { path: "sub", type: "not_a_file" },
  { path: ".", type: "not_a_file" },
] as const;

const READ_REFUSALS = [
  ...REFUSALS,
  { path: "hard.txt", type: "sandbox_violation" },
  { path: "nope.txt", type: "not_found" },
  { path: "in.txt/child", type: "not_found" },
] as const;

for (const { path, type } of READ_REFUSALS) {
  diskTest(`readText() refuses ${path} as ${type}`, async (place) => {
    const { root, sandbox } = place;
    const error = await assertRejects(
      () => sandbox.readText(judged(sandbox, path.replace("{root}", root))),
      ToolError,
      "Cannot ",
    );
    assertEquals([error.type, error.transient], [type, false]);
  });
}

diskTest(
  "readText() does not open a FIFO, which would block",
  async (place) => {
    const { root, sandbox } = place;
    makeFifo(`${root}/fifo`);
    const error = await assertRejects(
      () => sandbox.readText(judged(sandbox, "fifo")),
      ToolError,
    );
    assertEquals(error.type, "not_a_file");
  },
  lacksMkfifo,
);

diskTest("readText() takes a file of exactly maxBytes", async (place) => {
  Deno.writeTextFileSync(`${place.root}/full.txt`, "é".repeat(32));
  assertEquals(
    await place.sandbox.readText(judged(place.sandbox, "full.txt")),
    "é".repeat(32),
  );
});

diskTest(
  "readText() refuses a file that is larger than maxBytes",
  async (place) => {
    Deno.writeTextFileSync(`${place.root}/large.txt`, "x".repeat(65));
    const error = await assertRejects(
      () => place.sandbox.readText(judged(place.sandbox, "large.txt")),
      ToolError,
      'Cannot read "large.txt": it is larger than 64 bytes',
    );
    assertEquals(error.type, "too_large");
  },
);

diskTest(
  "directorySandbox() limits a file to 1 MiB when maxBytes is not given",
  async ({ root }) => {
    const sandbox = directorySandbox(root);
    Deno.writeFileSync(`${root}/full.txt`, new Uint8Array(2 ** 20));
    assertEquals(
      (await sandbox.readText(judged(sandbox, "full.txt"))).length,
      2 ** 20,
    );
    Deno.writeFileSync(`${root}/large.txt`, new Uint8Array(2 ** 20 + 1));
    const error = await assertRejects(
      () => sandbox.readText(judged(sandbox, "large.txt")),
      ToolError,
    );
    assertEquals(error.type, "too_large");
  },
);

diskTest(
  "readText() refuses a file that is not UTF-8",
  async ({ root, sandbox }) => {
    Deno.writeFileSync(`${root}/latin.txt`, new Uint8Array([0x66, 0xef]));
    const error = await assertRejects(
      () => sandbox.readText(judged(sandbox, "latin.txt")),
      ToolError,
      'Cannot read "latin.txt": it is not UTF-8 text',
    );
    assertEquals(error.type, "not_text");
  },
);

diskTest(
  "readText() refuses a file that is a link by the time it is opened",
  async (place) => {
    const { root, sandbox } = place;
    const open = Deno.open;
    await replacing("open", (path: string, options: Deno.OpenOptions) => {
      Deno.removeSync(`${root}/in.txt`);
      Deno.symlinkSync("../outside/secret.txt", `${root}/in.txt`);
      return open(path, options);
    }, async () => {
      const error = await assertRejects(
        () => sandbox.readText(judged(sandbox, "in.txt")),
        ToolError,
        'Cannot read "in.txt": it changed after it was judged, or leads out of the sandbox',
      );
      assertEquals(error.type, "sandbox_violation");
    });
  },
);

diskTest(
  "readText() refuses a file that was a link only while it was opened",
  async (place) => {
    const { sandbox } = place;
    const open = Deno.open;
    await replacing("open", async (path: string, options: Deno.OpenOptions) => {
      Deno.removeSync(path);
      Deno.symlinkSync("../outside/secret.txt", path);
      const file = await open(path, options);
      Deno.removeSync(path);
      Deno.writeTextFileSync(path, "INSIDE");
      return file;
    }, async () => {
      const error = await assertRejects(
        () => sandbox.readText(judged(sandbox, "in.txt")),
        ToolError,
      );
      assertEquals(error.type, "sandbox_violation");
    });
  },
);

diskTest(
  "readText() refuses a file whose directory is a link for every other look",
  async ({ root, sandbox }) => {
    Deno.mkdirSync(`${root}/new`);
    Deno.writeTextFileSync(`${root}/new/secret.txt`, "INSIDE");
    const swap = () => {
      Deno.renameSync(`${root}/new`, `${root}/aside`);
      Deno.renameSync(`${root}/link_dir`, `${root}/new`);
      Deno.renameSync(`${root}/aside`, `${root}/link_dir`);
    };
    const { open, lstatSync } = Deno;
    let looks = 0;
    await replacing("open", async (path: string, options: Deno.OpenOptions) => {
      swap();
      const file = await open(path, options);
      swap();
      looks = 0;
      return file;
    }, () =>
      replacing("lstatSync", (path: string) => {
        // The directory itself is seen inside, its content outside: two right
        // guesses.
        const isLink = path.endsWith("/secret.txt") && looks++ < 2;
        if (isLink) swap();
        try {
          return lstatSync(path);
        } finally {
          if (isLink) swap();
        }
      }, async () => {
        const error = await assertRejects(
          () => sandbox.readText(judged(sandbox, "new/secret.txt")),
          ToolError,
        );
        assertEquals(error.type, "sandbox_violation");
      }));
  },
);

diskTest(
  "readText() refuses a file that got its second link after it was opened",
  async ({ parent, root, sandbox }) => {
    const { open } = Deno;
    await replacing("open", async (path: string, options: Deno.OpenOptions) => {
      Deno.removeSync(path);
      Deno.symlinkSync("../outside/secret.txt", path);
      const file = await open(path, options);
      const opened = file.statSync();
      Deno.removeSync(path);
      Deno.linkSync(`${parent}/outside/secret.txt`, path);
      return Object.defineProperty(file, "statSync", { value: () => opened });
    }, async () => {
      const error = await assertRejects(
        () => sandbox.readText(judged(sandbox, "in.txt")),
        ToolError,
      );
      assertEquals(error.type, "sandbox_violation");
    });
    assertEquals(Deno.lstatSync(`${root}/in.txt`).nlink, 2);
  },
);

/** Runs `body` while everything on the disk seems to have been changed at `time`. */
function seemingChanged(
  time: () => Date,
  body: () => Promise<void>,
): Promise<void> {
  const { lstatSync } = Deno;
  return replacing(
    "lstatSync",
    (path: string) => ({ ...lstatSync(path), ctime: time() }),
    body,
  );
}

diskTest(
  "readText() looks less when the directories are calm",
  async ({ sandbox }) => {
    const looks = async (time: () => Date) => {
      let count = 0;
      await seemingChanged(() => {
        count++;
        return time();
      }, async () => {
        assertEquals(
          await sandbox.readText(judged(sandbox, "sub/deep/naïve.txt")),
          "NAÏVE",
        );
      });
      return count;
    };
    const busy = await looks(() => new Date());
    const calm = await looks(() => new Date(0));
    const changing = await looks(() => new Date(Math.random() * 1e9));
    assert(calm < 16, `${calm}`);
    assert(busy > 48, `${busy}`);
    assert(changing > 48, `${changing}`);
  },
);

diskTest(
  "readText() reads no further than the size that it judged",
  async ({ root, sandbox }) => {
    const open = Deno.open;
    await replacing("open", async (path: string, options: Deno.OpenOptions) => {
      const file = await open(path, options);
      const statSync = () => {
        const info = Deno.statSync(path);
        Deno.writeTextFileSync(path, " and more", { append: true });
        return info;
      };
      return Object.defineProperty(file, "statSync", { value: statSync });
    }, async () => {
      assertEquals(await sandbox.readText(judged(sandbox, "in.txt")), "INSIDE");
    });
    assertEquals(Deno.readTextFileSync(`${root}/in.txt`), "INSIDE and more");
  },
);

diskTest(
  "readText() foresees that the system refuses",
  async ({ parent, sandbox }) => {
    const cause = new Deno.errors.PermissionDenied(`denied: ${parent}`);
    await replacing("open", () => Promise.reject(cause), async () => {
      const error = await assertRejects(
        () => sandbox.readText(judged(sandbox, "in.txt")),
        ToolError,
        'Cannot read "in.txt": the system refused it (PermissionDenied)',
      );
      assertEquals([error.type, error.cause], ["io_error", cause]);
      assert(!error.message.includes(parent));
    });
  },
);

for (
  const { path, lands } of [
    { path: "new.txt", lands: "new.txt" },
    { path: "in.txt", lands: "in.txt" },
    { path: "sub/new.txt", lands: "sub/new.txt" },
    { path: "a/b/c/new.txt", lands: "a/b/c/new.txt" },
    { path: "{root}/d/new.txt", lands: "d/new.txt" },
    { path: "link_in", lands: "in.txt" },
    { path: "link_sub/new.txt", lands: "sub/new.txt" },
  ]
) {
  diskTest(
    `writeText() of ${path} writes ${lands}`,
    async ({ root, sandbox }) => {
      assertEquals(
        await sandbox.writeText(
          judged(sandbox, path.replace("{root}", root)),
          "naïve\n",
        ),
        7,
      );
      assertEquals(Deno.readTextFileSync(`${root}/${lands}`), "naïve\n");
      assert(Deno.lstatSync(`${root}/${lands}`).isFile);
    },
  );
}

diskTest(
  "writeText() leaves nothing but its file",
  async ({ root, sandbox }) => {
    await sandbox.writeText(judged(sandbox, "new/a.txt"), "one");
    await sandbox.writeText(judged(sandbox, "new/a.txt"), "");
    assertEquals(namesIn(`${root}/new`), ["a.txt"]);
    assertEquals(Deno.readTextFileSync(`${root}/new/a.txt`), "");
  },
);

diskTest(
  "writeText() replaces a file at once, so that no reader sees half of it",
  async (place) => {
    const { root, sandbox } = place;
    using reader = Deno.openSync(`${root}/in.txt`);
    await sandbox.writeText(judged(sandbox, "in.txt"), "NEW");
    const bytes = new Uint8Array(64);
    const length = reader.readSync(bytes) ?? 0;
    assertEquals(new TextDecoder().decode(bytes.subarray(0, length)), "INSIDE");
    assertEquals(Deno.readTextFileSync(`${root}/in.txt`), "NEW");
  },
);

diskTest(
  "writeText() that fails leaves the old file and no other",
  async ({ parent, root, sandbox }) => {
    const names = namesIn(root);
    const cause = new Deno.errors.WriteZero(`disk full: ${parent}`);
    await replacing("renameSync", () => {
      throw cause;
    }, async () => {
      const error = await assertRejects(
        () => sandbox.writeText(judged(sandbox, "in.txt"), "NEW"),
        ToolError,
        'Cannot write "in.txt": the system refused it (WriteZero)',
      );
      assertEquals([error.type, error.cause], ["io_error", cause]);
    });
    assertEquals(namesIn(root), names);
    assertEquals(Deno.readTextFileSync(`${root}/in.txt`), "INSIDE");
  },
);

const WRITE_REFUSALS = [
  ...REFUSALS,
  { path: "link_dir/new.txt", type: "sandbox_violation" },
  { path: "link_dir/new/a.txt", type: "sandbox_violation" },
  { path: "link_nowhere", type: "sandbox_violation" },
  { path: "hard.txt", type: "not_a_file" },
  { path: "in.txt/child", type: "io_error" },
] as const;

for (const { path, type } of WRITE_REFUSALS) {
  diskTest(`writeText() refuses ${path} as ${type}`, async (place) => {
    const { parent, root, sandbox } = place;
    const error = await assertRejects(
      () =>
        sandbox.writeText(judged(sandbox, path.replace("{root}", root)), "NEW"),
      ToolError,
      "Cannot ",
    );
    assertEquals([error.type, error.transient], [type, false]);
    assertEquals(namesIn(`${parent}/outside`), OUTSIDE_NAMES);
    for (const name of ["outside/secret.txt", "sandbox-evil/secret.txt"]) {
      assertEquals(Deno.readTextFileSync(`${parent}/${name}`), "SECRET");
    }
    assertEquals(Deno.readTextFileSync(`${parent}/in.txt`), "PARENT");
  });
}

diskTest("writeText() refuses a FIFO", async ({ root, sandbox }) => {
  makeFifo(`${root}/fifo`);
  const error = await assertRejects(
    () => sandbox.writeText(judged(sandbox, "fifo"), "NEW"),
    ToolError,
  );
  assertEquals(error.type, "not_a_file");
}, lacksMkfifo);

diskTest(
  "writeText() opens nothing when the directory has become a link",
  async (place) => {
    const { parent, sandbox } = place;
    const opened: unknown[] = [];
    const mkdirSync = Deno.mkdirSync;
    const openSync = Deno.openSync;
    await replacing(
      "openSync",
      (path: string, options: Deno.OpenOptions) => {
        opened.push(path);
        return openSync(path, options);
      },
      () =>
        replacing("mkdirSync", (path: string, options: Deno.MkdirOptions) => {
          mkdirSync(path, options);
          Deno.removeSync(path);
          Deno.symlinkSync("../outside", path);
        }, async () => {
          const error = await assertRejects(
            () => sandbox.writeText(judged(sandbox, "new/a.txt"), "NEW"),
            ToolError,
          );
          assertEquals(error.type, "sandbox_violation");
        }),
    );
    assertEquals(opened, []);
    assertEquals(namesIn(`${parent}/outside`), OUTSIDE_NAMES);
  },
);

diskTest(
  "writeText() takes back what it opened in a directory that became a link",
  async (place) => {
    const { parent, root, sandbox } = place;
    const openSync = Deno.openSync;
    await replacing("openSync", (path: string, options: Deno.OpenOptions) => {
      Deno.removeSync(`${root}/new`);
      Deno.symlinkSync("../outside", `${root}/new`);
      return openSync(path, options);
    }, async () => {
      const error = await assertRejects(
        () => sandbox.writeText(judged(sandbox, "new/a.txt"), "NEW"),
        ToolError,
      );
      assertEquals(error.type, "sandbox_violation");
    });
    assertEquals(namesIn(`${parent}/outside`), OUTSIDE_NAMES);
  },
);

diskTest(
  "writeText() refuses a directory that was a link only while it opened a file",
  async ({ root, sandbox }) => {
    const openSync = Deno.openSync;
    await replacing("openSync", (path: string, options: Deno.OpenOptions) => {
      Deno.removeSync(`${root}/new`);
      Deno.symlinkSync("../outside", `${root}/new`);
      const file = openSync(path, options);
      Deno.removeSync(`${root}/new`);
      Deno.mkdirSync(`${root}/new`);
      Deno.writeTextFileSync(path, "PLANTED");
      return file;
    }, async () => {
      const error = await assertRejects(
        () => sandbox.writeText(judged(sandbox, "new/a.txt"), "NEW"),
        ToolError,
      );
      assertEquals(error.type, "sandbox_violation");
    });
    assertEquals(namesIn(`${root}/new`), []);
  },
);

diskTest(
  "writeText() writes below the root into the file that it verified",
  async ({ root, sandbox }) => {
    await sandbox.writeText(judged(sandbox, "sub/a.txt"), "a longer text");
    const { ino } = Deno.lstatSync(`${root}/sub/a.txt`);
    await sandbox.writeText(judged(sandbox, "sub/a.txt"), "short");
    assertEquals(Deno.readTextFileSync(`${root}/sub/a.txt`), "short");
    assertEquals(Deno.lstatSync(`${root}/sub/a.txt`).ino, ino);
  },
);

diskTest(
  "writeText() touches nothing when an old file is a link by the time it is opened",
  async ({ parent, root, sandbox }) => {
    Deno.writeTextFileSync(`${root}/sub/secret.txt`, "INSIDE");
    const { open } = Deno;
    await replacing("open", (path: string, options: Deno.OpenOptions) => {
      Deno.renameSync(`${root}/sub`, `${root}/aside`);
      Deno.symlinkSync("../outside", `${root}/sub`);
      return open(path, options);
    }, async () => {
      const error = await assertRejects(
        () => sandbox.writeText(judged(sandbox, "sub/secret.txt"), "NEW"),
        ToolError,
      );
      assertEquals(error.type, "sandbox_violation");
    });
    assertEquals(
      Deno.readTextFileSync(`${parent}/outside/secret.txt`),
      "SECRET",
    );
  },
);

diskTest(
  "writeText() leaves alone what was made under its name meanwhile",
  async ({ root, sandbox }) => {
    const { linkSync } = Deno;
    await replacing("linkSync", (from: string, to: string) => {
      Deno.writeTextFileSync(to, "THEIRS");
      linkSync(from, to);
    }, async () => {
      const error = await assertRejects(
        () => sandbox.writeText(judged(sandbox, "sub/new.txt"), "NEW"),
        ToolError,
      );
      assertEquals(error.type, "io_error");
    });
    assertEquals(Deno.readTextFileSync(`${root}/sub/new.txt`), "THEIRS");
    assertEquals(namesIn(`${root}/sub`), ["deep", "new.txt"]);
  },
);

diskTest(
  "writeText() uses a directory that was made under its name meanwhile",
  async ({ root, sandbox }) => {
    const { renameSync } = Deno;
    await replacing("renameSync", (from: string, to: string) => {
      Deno.mkdirSync(`${to}/theirs`, { recursive: true });
      renameSync(from, to);
    }, async () => {
      assertEquals(
        await sandbox.writeText(judged(sandbox, "new/a.txt"), "NEW"),
        3,
      );
    });
    assertEquals(namesIn(`${root}/new`), ["a.txt", "theirs"]);
    assertEquals(namesIn(root).filter((name) => name.endsWith(".tmp")), []);
  },
);

diskTest(
  "writeText() follows no link under the name of its temporary file",
  async ({ parent, root, sandbox }) => {
    const openSync = Deno.openSync;
    await replacing("openSync", (path: string, options: Deno.OpenOptions) => {
      Deno.symlinkSync(`${parent}/outside/secret.txt`, path);
      return openSync(path, options);
    }, async () => {
      const error = await assertRejects(
        () => sandbox.writeText(judged(sandbox, "new/a.txt"), "NEW"),
        ToolError,
        'Cannot write "new/a.txt": the system refused it (AlreadyExists)',
      );
      assertEquals(error.type, "io_error");
    });
    assertEquals(namesIn(`${root}/new`), []);
    assertEquals(
      Deno.readTextFileSync(`${parent}/outside/secret.txt`),
      "SECRET",
    );
  },
);

/** Spellings that a judgement never gives; each means a place outside or none. */
const NO_PLACES = [
  "<outside>",
  "in.txt",
  "./in.txt",
  "",
  "/in.txt",
  "{root}/in.txt",
  "<sandbox>/",
  "<sandbox>//in.txt",
  "<sandbox>/in.txt/",
  "<sandbox>/./in.txt",
  "<sandbox>/sub/../in.txt",
  "<sandbox>/..",
  "<sandbox>/../in.txt",
  "<sandbox>/../sandbox/in.txt",
  "<sandbox>/../sandbox-evil/secret.txt",
  "<sandbox>-evil/secret.txt",
  "<sandbox>in.txt",
  "<SANDBOX>/in.txt",
  "/<sandbox>/in.txt",
  "<sandbox>/<sandbox>/in.txt",
  "<sandbox>/link_in",
  "<sandbox>/link_sub/deep/naïve.txt",
  "<sandbox>/link_self/in.txt",
  "<sandbox>/link_file",
  "<sandbox>/link_nowhere",
  "<sandbox>/in.txt\0",
] as const;

for (const resolved of NO_PLACES) {
  diskTest(
    `directorySandbox() opens nothing at ${JSON.stringify(resolved)}`,
    async ({ parent, root, sandbox }) => {
      const place = {
        path: "in.txt",
        resolved: resolved.replace("{root}", root),
      };
      const isMissing = resolved.startsWith("<sandbox>/<sandbox>");
      for (
        const open of [
          () => sandbox.readText(place),
          ...isMissing ? [] : [() => sandbox.writeText(place, "NEW")],
        ]
      ) {
        const error = await assertRejects(open, ToolError);
        assertEquals(
          error.type,
          isMissing ? "not_found" : "sandbox_violation",
        );
      }
      assertEquals(Deno.readTextFileSync(`${root}/in.txt`), "INSIDE");
      assertEquals(Deno.readTextFileSync(`${parent}/in.txt`), "PARENT");
      assertEquals(namesIn(`${parent}/outside`), OUTSIDE_NAMES);
    },
  );
}

diskTest(
  "directorySandbox() takes a name for a name, even that of its root",
  async ({ root, sandbox }) => {
    for (
      const path of ["<sandbox>/in.txt", "<sandbox>", "{root}/<sandbox> /a"]
    ) {
      const place = judged(sandbox, path.replace("{root}", root));
      if (path === "<sandbox>") {
        assertEquals(place.resolved, "<sandbox>/<sandbox>");
        continue;
      }
      await sandbox.writeText(place, "NAMED");
      assertEquals(await sandbox.readText(place), "NAMED");
    }
    assertEquals(Deno.readTextFileSync(`${root}/<sandbox>/in.txt`), "NAMED");
    assertEquals(Deno.readTextFileSync(`${root}/<sandbox> /a`), "NAMED");
    assertEquals(Deno.readTextFileSync(`${root}/in.txt`), "INSIDE");
  },
);

/** What another program changes after a place was judged, and where that place leads then. */
const CHANGES: readonly {
  readonly what: string;
  readonly path: string;
  readonly change: (root: string) => void;
}[] = [
  {
    what: "a file is a link to another one",
    path: "sub/a.txt",
    change: (root) => Deno.symlinkSync("../in.txt", `${root}/sub/a.txt`),
  },
  {
    what: "a file in the root is a link to another one",
    path: "a.txt",
    change: (root) => Deno.symlinkSync("in.txt", `${root}/a.txt`),
  },
  {
    what: "a directory is a link to another one",
    path: "new/naïve.txt",
    change: (root) => Deno.symlinkSync("sub/deep", `${root}/new`),
  },
  {
    what: "a directory far up is a link to another one",
    path: "new/deep/naïve.txt",
    change: (root) => Deno.symlinkSync("sub", `${root}/new`),
  },
  {
    what: "a directory is a link to itself by another name",
    path: "sub/deep/naïve.txt",
    change(root) {
      Deno.renameSync(`${root}/sub`, `${root}/bus`);
      Deno.symlinkSync("bus", `${root}/sub`);
    },
  },
];

for (const { what, path, change } of CHANGES) {
  diskTest(
    `directorySandbox() follows no link when ${what} after it was judged`,
    async ({ root, sandbox }) => {
      const place = judged(sandbox, path);
      change(root);
      const opens = () => {
        throw new Error("it was opened");
      };
      for (
        const [action, open] of [
          ["read", () => sandbox.readText(place)],
          ["write", () => sandbox.writeText(place, "NEW")],
        ] as const
      ) {
        await replacing(
          "open",
          opens,
          () =>
            replacing("openSync", opens, async () => {
              const error = await assertRejects(
                open,
                ToolError,
                `Cannot ${action} "${path}": it changed after it was judged`,
              );
              assertEquals(error.type, "sandbox_violation");
            }),
        );
      }
      assertEquals(Deno.readTextFileSync(`${root}/in.txt`), "INSIDE");
    },
  );
}

/** Runs `body` while the n-th open of a file happens after `swap`, which is undone at once. */
function swappingAtOpen(
  swap: () => void,
  body: () => Promise<void>,
): Promise<void> {
  const { open, openSync } = Deno;
  return replacing(
    "openSync",
    (path: string, options: Deno.OpenOptions) => {
      swap();
      try {
        return openSync(path, options);
      } finally {
        swap();
      }
    },
    () =>
      replacing("open", async (path: string, options: Deno.OpenOptions) => {
        swap();
        try {
          return await open(path, options);
        } finally {
          swap();
        }
      }, body),
  );
}

function exchange(root: string, one: string, other: string): void {
  Deno.renameSync(`${root}/${one}`, `${root}/aside`);
  Deno.renameSync(`${root}/${other}`, `${root}/${one}`);
  Deno.renameSync(`${root}/aside`, `${root}/${other}`);
}

for (const path of ["sub/plan.txt", "sub/new.txt"]) {
  diskTest(
    `directorySandbox() opens ${path} in no directory that is exchanged for its own`,
    async ({ root, sandbox }) => {
      Deno.mkdirSync(`${root}/notes`);
      for (const name of ["sub", "notes"]) {
        Deno.writeTextFileSync(`${root}/${name}/plan.txt`, `OLD ${name}`);
      }
      Deno.writeTextFileSync(`${root}/notes/old.txt`, "OLD");
      const place = judged(sandbox, path);
      await swappingAtOpen(() => exchange(root, "sub", "notes"), async () => {
        for (
          const open of [
            ...path === "sub/plan.txt" ? [() => sandbox.readText(place)] : [],
            () => sandbox.writeText(place, "NEW"),
          ]
        ) {
          const error = await assertRejects(open, ToolError);
          assertEquals(error.type, "sandbox_violation");
        }
      });
      for (const name of ["sub", "notes"]) {
        assertEquals(
          Deno.readTextFileSync(`${root}/${name}/plan.txt`),
          `OLD ${name}`,
        );
      }
    },
  );
}

diskTest(
  "directorySandbox() opens no file that has moved to another directory",
  async ({ root, sandbox }) => {
    Deno.mkdirSync(`${root}/notes`);
    for (const name of ["sub", "notes"]) {
      Deno.writeTextFileSync(`${root}/${name}/plan.txt`, `OLD ${name}`);
    }
    const { open } = Deno;
    for (const action of ["read", "write"]) {
      const place = judged(sandbox, "sub/plan.txt");
      // By its name alone, the other file is at the place.
      await replacing("open", (path: string, options: Deno.OpenOptions) => {
        exchange(root, "sub", "notes");
        return open(path, options);
      }, async () => {
        const error = await assertRejects(
          async () =>
            action === "read"
              ? await sandbox.readText(place)
              : await sandbox.writeText(place, "NEW"),
          ToolError,
        );
        assertEquals(error.type, "sandbox_violation");
      });
      exchange(root, "sub", "notes");
    }
    for (const name of ["sub", "notes"]) {
      const text = Deno.readTextFileSync(`${root}/${name}/plan.txt`);
      assertEquals(text, `OLD ${name}`);
    }
  },
);

diskTest(
  "directorySandbox() opens no file that is exchanged for another one just before",
  async ({ root, sandbox }) => {
    Deno.writeTextFileSync(`${root}/sub/plan.txt`, "A PLAN");
    const { open } = Deno;
    for (const action of ["read", "write"]) {
      const place = judged(sandbox, "sub/plan.txt");
      await replacing("open", (path: string, options: Deno.OpenOptions) => {
        exchange(root, "sub/plan.txt", "in.txt");
        return open(path, options);
      }, async () => {
        const error = await assertRejects(
          async () =>
            action === "read"
              ? await sandbox.readText(place)
              : await sandbox.writeText(place, "NEW"),
          ToolError,
        );
        assertEquals(error.type, "sandbox_violation");
      });
      exchange(root, "sub/plan.txt", "in.txt");
    }
    assertEquals(Deno.readTextFileSync(`${root}/in.txt`), "INSIDE");
    assertEquals(Deno.readTextFileSync(`${root}/sub/plan.txt`), "A PLAN");
  },
);

/** How a write can leave something behind, and what it reports. */
const LEFTOVERS: readonly {
  readonly what: string;
  readonly path: string;
  /** The function of `Deno` that goes wrong. */
  readonly during: "linkSync" | "renameSync" | "mkdirSync" | "openSync";
  /** What happens just before that call; `undo` just after. */
  readonly swap: (root: string) => void;
  readonly undo?: (root: string) => void;
  readonly want: readonly { readonly kind: string; readonly place: RegExp }[];
}[] = [
  {
    what: "a file that is linked into another directory",
    path: "sub/new.txt",
    during: "linkSync",
    swap(root) {
      // The first of the two paths has been walked already.
      const [temporary = ""] = namesIn(`${root}/sub`)
        .filter((name) => name.endsWith(".tmp"));
      Deno.linkSync(`${root}/sub/${temporary}`, `${root}/notes/new.txt`);
    },
    want: [{ kind: "file", place: /^<sandbox>\/sub\/new\.txt$/ }],
  },
  {
    what: "a file that is linked into another directory and stays there",
    path: "sub/new.txt",
    during: "linkSync",
    swap(root) {
      const [temporary = ""] = namesIn(`${root}/sub`)
        .filter((name) => name.endsWith(".tmp"));
      Deno.renameSync(`${root}/sub/${temporary}`, `${root}/notes/new.txt`);
      exchange(root, "sub", "notes");
    },
    want: [{ kind: "file", place: /^<sandbox>\/sub\/new\.txt$/ }],
  },
  {
    what: "a file that is made in another directory",
    path: "sub/new.txt",
    during: "openSync",
    swap: (root) => exchange(root, "sub", "notes"),
    undo: (root) => exchange(root, "sub", "notes"),
    want: [{ kind: "file", place: /^<sandbox>\/sub\/\.[0-9a-f-]{36}\.tmp$/ }],
  },
  {
    what: "a directory that is made in another one",
    path: "sub/more/new.txt",
    during: "mkdirSync",
    swap: (root) => exchange(root, "sub", "notes"),
    undo: (root) => exchange(root, "sub", "notes"),
    want: [{
      kind: "directory",
      place: /^<sandbox>\/sub\/\.[0-9a-f-]{36}\.tmp$/,
    }],
  },
  {
    what: "a directory that is moved into another one",
    path: "sub/more/new.txt",
    during: "renameSync",
    swap(root) {
      const [temporary = ""] = namesIn(`${root}/sub`)
        .filter((name) => name.endsWith(".tmp"));
      Deno.renameSync(`${root}/sub/${temporary}`, `${root}/notes/more`);
      Deno.mkdirSync(`${root}/sub/${temporary}`);
    },
    want: [{ kind: "directory", place: /^<sandbox>\/sub\/more$/ }],
  },
];

for (const { what, path, during, swap, undo, want } of LEFTOVERS) {
  diskTest(
    `writeText() reports ${what}, which is empty`,
    async ({ parent, root }) => {
      Deno.mkdirSync(`${root}/notes`);
      const found: Leftover[] = [];
      const sandbox = directorySandbox(root, {
        leftover: (leftover) => found.push(leftover),
      });
      const real = Deno[during];
      let isOnce = true;
      const place = judged(sandbox, path);
      await replacing(during, (...args: readonly unknown[]) => {
        // What `swap` itself calls goes through.
        if (!isOnce) return Reflect.apply(real, Deno, args);
        isOnce = false;
        swap(root);
        // Where the test links, the call has nothing left to do.
        if (during === "linkSync") return;
        const result = Reflect.apply(real, Deno, args);
        undo?.(root);
        return result;
      }, async () => {
        const error = await assertRejects(
          () => sandbox.writeText(place, "NEW"),
          ToolError,
        );
        assertEquals(error.type, "sandbox_violation");
      });
      assertEquals(found.map(({ kind }) => kind), want.map(({ kind }) => kind));
      found.forEach((each, index) => {
        assert(want[index]?.place.test(each.place), each.place);
        assert(!JSON.stringify(each).includes(parent));
      });
      assertEquals(textsBelow(`${root}/notes`).includes("NEW"), false);
      assertEquals(textsBelow(`${root}/sub`).includes("NEW"), false);
    },
  );
}

function textsBelow(directory: string): readonly string[] {
  return [...Deno.readDirSync(directory)].flatMap(({ name, isDirectory }) =>
    isDirectory
      ? textsBelow(`${directory}/${name}`)
      : [Deno.readTextFileSync(`${directory}/${name}`)]
  );
}

diskTest(
  "writeText() reports the directories that it made for a file that cannot be written",
  async ({ root }) => {
    const found: Leftover[] = [];
    const sandbox = directorySandbox(root, {
      leftover: (leftover) => found.push(leftover),
    });
    await replacing("linkSync", () => {
      throw new Deno.errors.NotSupported("no hard links");
    }, async () => {
      await assertRejects(
        () => sandbox.writeText(judged(sandbox, "a/b/c.txt"), "NEW"),
        ToolError,
      );
    });
    assertEquals(found, [
      { kind: "directory", place: "<sandbox>/a" },
      { kind: "directory", place: "<sandbox>/a/b" },
    ]);
    assertEquals(namesIn(`${root}/a/b`), []);
  },
);

diskTest(
  "writeText() takes the text back when a file in the root cannot be replaced",
  async ({ root }) => {
    const found: Leftover[] = [];
    const sandbox = directorySandbox(root, {
      leftover: (leftover) => found.push(leftover),
    });
    const { renameSync } = Deno;
    await replacing("renameSync", (from: string) => {
      renameSync(from, `${root}/sub/stolen.txt`);
      throw new Deno.errors.NotFound("it was moved");
    }, async () => {
      await assertRejects(
        () => sandbox.writeText(judged(sandbox, "in.txt"), "NEW"),
        ToolError,
      );
    });
    assertEquals(Deno.readTextFileSync(`${root}/sub/stolen.txt`), "");
    assertEquals(found.map(({ kind }) => kind), ["file"]);
  },
);

for (const path of ["new.txt", "sub/new.txt"]) {
  diskTest(
    `writeText() takes the text back when ${path} cannot be written whole`,
    async ({ root }) => {
      const found: Leftover[] = [];
      const sandbox = directorySandbox(root, {
        leftover: (leftover) => found.push(leftover),
      });
      const { openSync } = Deno;
      await replacing("openSync", (at: string, options: Deno.OpenOptions) => {
        const file = openSync(at, options);
        const write = file.writeSync.bind(file);
        const writeSync = (bytes: Uint8Array) => {
          write(bytes.subarray(0, 2));
          throw new Deno.errors.WriteZero("the disk is full");
        };
        return Object.defineProperty(file, "writeSync", { value: writeSync });
      }, async () => {
        const error = await assertRejects(
          () => sandbox.writeText(judged(sandbox, path), "NEW"),
          ToolError,
        );
        assertEquals(error.type, "io_error");
      });
      const isLeft = path === "sub/new.txt";
      assertEquals(
        found,
        isLeft ? [{ kind: "file", place: "<sandbox>/sub/new.txt" }] : [],
      );
      assertEquals(namesIn(`${root}/sub`).includes("new.txt"), isLeft);
      if (isLeft) assertEquals(Deno.readTextFileSync(`${root}/${path}`), "");
    },
  );
}

diskTest("writeText() that is done reports nothing", async ({ root }) => {
  const sandbox = directorySandbox(root, {
    leftover: ({ place }) => {
      throw new Error(place);
    },
  });
  for (const path of ["new.txt", "in.txt", "sub/new.txt", "a/b/c/new.txt"]) {
    await sandbox.writeText(judged(sandbox, path), "NEW");
    await sandbox.writeText(judged(sandbox, path), "NEWER");
  }
});
Deno.test(
  "directorySandbox() reads a file page by page, for any characters",
  {
    ignore: lacksDisk,
  },
  async () => {
    const root = Deno.makeTempDirSync();
    try {
      const text = "aé€🔧".repeat(100);
      Deno.writeTextFileSync(`${root}/a.txt`, text);
      const sandbox = directorySandbox(root, { maxBytes: 64 });
      const readPage = (path: string, page: PageRequest) =>
        sandbox.readPage?.(judged(sandbox, path), page) ??
          Promise.reject(new Error("it reads no pages"));
      for (const maxBytes of [4, 5, 6, 7, 8, 9, 64, 1000]) {
        let read = "";
        for (let offset = 0;;) {
          const page = await readPage("a.txt", { offset, maxBytes });
          assert(page.bytes <= Math.min(64, maxBytes));
          assertEquals(page.total, 1000);
          read += page.text;
          offset = page.offset + page.bytes;
          if (offset === page.total) break;
          assert(page.bytes > 0);
        }
        assertEquals(read, text);
      }
      const inside = await readPage("a.txt", { offset: 2, maxBytes: 8 });
      assertEquals([inside.offset, inside.text], [3, "€🔧"]);
      const beyond = await readPage("a.txt", { offset: 5000, maxBytes: 8 });
      assertEquals(beyond, { text: "", offset: 1000, bytes: 0, total: 1000 });
      Deno.writeFileSync(`${root}/b.txt`, new Uint8Array([0x61, 0xff, 0x62]));
      const error = await assertRejects(
        () => readPage("b.txt", { offset: 0, maxBytes: 8 }),
        ToolError,
      );
      assertEquals(error.type, "not_text");
      Deno.symlinkSync("/etc/hostname", `${root}/link`);
      await assertRejects(
        () => readPage("link", { offset: 0, maxBytes: 8 }),
        ToolError,
      );
    } finally {
      Deno.removeSync(root, { recursive: true });
    }
  },
);

diskTest(
  "directorySandbox() neither reads nor writes a closed place, and says that it is one",
  async ({ root }) => {
    const place = `${root}/in.txt`;
    const sandbox = directorySandbox(root, {
      closed: (each) => each === place,
    });
    for (const path of ["in.txt", place, "sub/../in.txt"]) {
      assertEquals(sandbox.inspect(path).closed, true, path);
    }
    assertEquals("closed" in sandbox.inspect("sub"), false);
    const closed = judged(sandbox, "in.txt");
    const violations = [
      () => sandbox.readText(closed),
      () => sandbox.writeText(closed, "other"),
    ];
    for (const violation of violations) {
      const error = await assertRejects(violation, ToolError);
      assertEquals(error.type, "sandbox_violation");
    }
  },
);
