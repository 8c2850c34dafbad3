import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { join } from "../deps.ts";
import { attestationFindings } from "../evidence/attest/attestation.ts";
import { importPublicKey } from "../evidence/attest/signing_key.ts";
import { SUBJECT_NAMES } from "../evidence/attest/statement.ts";
import { besideProgress } from "./beside_progress.ts";
import { EXAMPLE_KEYID, EXAMPLE_PRIVATE_KEY } from "./example_key.ts";
import { lacks } from "./permissions.ts";
import { PROJECT, temporaryFolder, warmProgram } from "./program.ts";

const runs = { ignore: lacks("read", "write", "run") };

const TASK = `id: mine
question: What is there?
script:
  - calls:
      - tool: search
        args: { query: there }
  - answer: Something.
`;

const RUN = ["run", "task.yaml", "--out", "out"];

/** A folder with a task and a key; removed with the scope that holds it. */
function folderWithKey() {
  const folder = temporaryFolder();
  const path = (name: string) => join(folder.path, name);
  Deno.writeTextFileSync(path("task.yaml"), TASK);
  Deno.writeTextFileSync(path("key"), EXAMPLE_PRIVATE_KEY);
  return {
    path,
    run: (...args: readonly string[]) =>
      warmProgram(args, { cwd: folder.path }),
    text: (name: string) => Deno.readTextFileSync(path(name)),
    names: (below: string) =>
      [...Deno.readDirSync(path(below))].map(({ name }) => name).sort(),
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

type Folder = ReturnType<typeof folderWithKey>;

const UNSIGNED = [
  "manifest.json",
  "run_report.md",
  "sandbox",
  "state.jsonl",
  "trace.json",
];
const SIGNED = ["attestation.json", ...UNSIGNED];

/** What the library says of a signed run that it finds on the disk. */
async function verified(folder: Folder, run: string, publicKey: string) {
  const digests = await Promise.all(SUBJECT_NAMES.map(async (name) => {
    const bytes = Deno.readFileSync(folder.path(join(run, name)));
    const digest = await crypto.subtle.digest("SHA-256", bytes);
    return [name, new Uint8Array(digest).toHex()] as const;
  }));
  return await attestationFindings({
    text: folder.text(join(run, "attestation.json")),
    manifest: folder.text(join(run, "manifest.json")),
    digests: Object.fromEntries(digests),
    publicKey: await importPublicKey(publicKey, crypto.subtle),
  });
}

Deno.test(
  "keygen writes a key that only its owner reads, and names it",
  runs,
  async () => {
    using folder = folderWithKey();
    const { code, stdout, stderr } = await folder.run(
      "keygen",
      "--out",
      "mine",
    );
    assertEquals({ code, stderr }, { code: 0, stderr: "" });
    assertMatch(stdout, /^mine\.pub: key [0-9a-f]{64}\n$/);
    const mode = (name: string) =>
      (Deno.statSync(folder.path(name)).mode ?? 0) & 0o777;
    assertEquals(mode("mine"), 0o600);
    assertEquals(mode("mine.pub") & 0o600, 0o600);
    const { keyid } = await importPublicKey(
      folder.text("mine.pub"),
      crypto.subtle,
    );
    assertEquals(stdout, `mine.pub: key ${keyid}\n`);
  },
);

for (
  const { there, left } of [
    { there: "mine", left: ["key", "mine", "task.yaml"] },
    { there: "mine.pub", left: ["key", "mine.pub", "task.yaml"] },
  ]
) {
  Deno.test(`keygen writes nothing when ${there} is there`, runs, async () => {
    using folder = folderWithKey();
    Deno.writeTextFileSync(folder.path(there), "mine");
    assertEquals(await folder.run("keygen", "--out", "mine"), {
      code: 1,
      stdout: "",
      stderr: `${there}: it is there already; choose another --out\n`,
    });
    assertEquals(folder.text(there), "mine");
    assertEquals(folder.names("."), left);
  });
}

Deno.test("keygen does not write through a link", runs, async () => {
  using folder = folderWithKey();
  Deno.symlinkSync("elsewhere", folder.path("mine"));
  const { code } = await folder.run("keygen", "--out", "mine");
  assertEquals(code, 1);
  assertEquals(folder.names("."), ["key", "mine", "task.yaml"]);
});

Deno.test(
  "run --sign and keygen: what one signs, the other's public half verifies",
  runs,
  async () => {
    using folder = folderWithKey();
    assertEquals((await folder.run("keygen", "--out", "mine")).code, 0);
    const { code, stdout, stderr } = await folder.run(...RUN, "--sign", "mine");
    assertEquals({ code, stderr: besideProgress(stderr) }, {
      code: 0,
      stderr: "",
    });
    assertEquals(folder.names("out"), SIGNED);
    assertEquals(await verified(folder, "out", folder.text("mine.pub")), []);
    const secret = folder.text("mine").split("\n")[1] ?? "";
    assertEquals(stdout.includes(secret), false);
    for (const name of [...SUBJECT_NAMES, "attestation.json"]) {
      assertEquals(folder.text(join("out", name)).includes(secret), false);
    }
  },
);

Deno.test(
  "run --sign says that a run which waits is not signed yet",
  runs,
  async () => {
    using folder = folderWithKey();
    const { code, stderr } = await folder.run(
      ...["run", join(PROJECT, "examples/approval/task.yaml"), "--out", "out"],
      ...["--approve", "file", "--sign", "key"],
    );
    assertEquals(code, 3);
    assertStringIncludes(
      stderr,
      "not signed yet: sign out --key FILE, once it is done",
    );
  },
);

Deno.test("run --sign signs a run that was denied too", runs, async () => {
  using folder = folderWithKey();
  const task = TASK.replace("tool: search", "tool: shell");
  Deno.writeTextFileSync(folder.path("task.yaml"), task);
  const { code } = await folder.run(...RUN, "--sign", "key");
  assertEquals(code, 2);
  assertEquals(folder.names("out"), SIGNED);
});

Deno.test("sign writes the bytes that run --sign writes", runs, async () => {
  using folder = folderWithKey();
  assertEquals((await folder.run(...RUN, "--sign", "key")).code, 0);
  const attestation = folder.text("out/attestation.json");
  Deno.removeSync(folder.path("out/attestation.json"));
  assertEquals(await folder.run("sign", "out", "--key", "key"), {
    code: 0,
    stdout: `out: signed with the key ${EXAMPLE_KEYID}\n`,
    stderr: "",
  });
  assertEquals(folder.text("out/attestation.json"), attestation);
  assertEquals(folder.names("out"), SIGNED);
});

const SECRET = EXAMPLE_PRIVATE_KEY.split("\n")[1] ?? "";
const NOT_A_KEY = "key: Cannot read an Ed25519 private key: " +
  'expected its one PEM block "PRIVATE KEY" and nothing else\n';

for (
  const { what, args, key, stderr } of [
    {
      what: "is not there",
      args: ["--sign", "nope"],
      key: EXAMPLE_PRIVATE_KEY,
      stderr: "nope: there is no such file\n",
    },
    {
      what: "is damaged",
      args: ["--sign", "key"],
      key: EXAMPLE_PRIVATE_KEY.replace("MC4C", "MC4D"),
      stderr: NOT_A_KEY,
    },
    {
      what: "stands without its frame",
      args: ["--sign", "key"],
      key: SECRET,
      stderr: NOT_A_KEY,
    },
    {
      what: "is not text",
      args: ["--sign", "key"],
      key: Uint8Array.of(0xff),
      stderr: "key: it is not UTF-8 text\n",
    },
  ]
) {
  Deno.test(`run starts nothing with a key that ${what}`, runs, async () => {
    using folder = folderWithKey();
    Deno.writeFileSync(
      folder.path("key"),
      typeof key === "string" ? new TextEncoder().encode(key) : key,
    );
    const ended = await folder.run(...RUN, ...args);
    assertEquals(ended, { code: 1, stdout: "", stderr });
    assertEquals(folder.names("."), ["key", "task.yaml"]);
  });
}

/** What a folder with a finished run is made into, and what `sign` says then. */
const REFUSED = [
  {
    what: "that has no manifest",
    spoil: (folder: Folder) =>
      Deno.removeSync(folder.path("out/manifest.json")),
    stderr: "out/manifest.json: there is no such file\n",
  },
  {
    what: "that lacks an artifact",
    spoil: (folder: Folder) => Deno.removeSync(folder.path("out/trace.json")),
    stderr: "out/trace.json: there is no such file\n",
  },
  {
    what: "whose ledger has lost its tail",
    spoil: (folder: Folder) => {
      const lines = folder.text("out/state.jsonl").trimEnd().split("\n");
      Deno.writeTextFileSync(
        folder.path("out/state.jsonl"),
        `${lines.slice(0, -1).join("\n")}\n`,
      );
    },
    stderr: "out/state.jsonl: it has N bytes, and manifest.json states N\n",
  },
  {
    what: "whose ledger has a changed byte",
    spoil: (folder: Folder) => {
      const text = folder.text("out/state.jsonl");
      Deno.writeTextFileSync(
        folder.path("out/state.jsonl"),
        text.replace("run_started", "run_Started"),
      );
    },
    stderr:
      "out: Cannot attest state.jsonl: its SHA-256 is not the one in manifest.json\n",
  },
  {
    what: "whose manifest is none",
    spoil: (folder: Folder) =>
      Deno.writeTextFileSync(folder.path("out/manifest.json"), "{\n"),
    stderr: "out: Cannot read a manifest: the text is not JSON\n",
  },
  {
    what: "that is signed already",
    spoil: (folder: Folder) =>
      Deno.symlinkSync("nowhere", folder.path("out/attestation.json")),
    stderr: "out/attestation.json: the run is signed already\n",
  },
  {
    what: "that another process is signing",
    spoil: (folder: Folder) =>
      Deno.writeTextFileSync(folder.path("out/attestation.json.part"), ""),
    stderr: "out/attestation.json.part: another process is signing the run, " +
      "or was interrupted; if no process is, remove the file\n",
  },
];

for (const { what, spoil, stderr } of REFUSED) {
  Deno.test(`sign leaves a folder alone ${what}`, runs, async () => {
    using folder = folderWithKey();
    assertEquals((await folder.run(...RUN)).code, 0);
    spoil(folder);
    const before = folder.names("out");
    const ended = await folder.run("sign", "out", "--key", "key");
    const said = ended.stderr.replace(/(?<=has |states )\d+/g, "N");
    assertEquals([ended.code, ended.stdout, said], [1, "", stderr]);
    assertEquals(folder.names("out"), before);
  });
}

for (
  const { args, stderr } of [
    { args: ["keygen"], stderr: "--out is missing; see keygen --help\n" },
    { args: ["sign", "out"], stderr: "--key is missing; see sign --help\n" },
    {
      args: ["sign", "--key", "key"],
      stderr: "Expected RUN_DIR, found nothing; see sign --help\n",
    },
    {
      args: ["sign", "nope", "--key", "key"],
      stderr: "nope/manifest.json: there is no such file\n",
    },
  ]
) {
  Deno.test(
    `the program says what is wrong with "${args.join(" ")}"`,
    runs,
    async () => {
      using folder = folderWithKey();
      assertEquals(await folder.run(...args), { code: 1, stdout: "", stderr });
      assertEquals(folder.names("."), ["key", "task.yaml"]);
    },
  );
}

for (const command of ["keygen", "sign"]) {
  Deno.test(`${command} --help says how it is used`, runs, async () => {
    const { code, stdout } = await warmProgram([command, "--help"], {
      cwd: PROJECT,
    });
    assertEquals(code, 0);
    assert(stdout.startsWith(`Usage: ${command} `));
  });
}
