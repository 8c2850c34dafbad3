/**
 * Commands that an imported rule allows are one command to a real shell: the one that
 * the rule names.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { isFound } from "../policy/conditions/known_pattern.ts";
import {
  commandAllowed,
  commandMeant,
  DISGUISED,
} from "../policy/permissions/command_pattern.ts";
import { compilePattern } from "../tools/data/pattern.ts";
import { lacks } from "./permissions.ts";
import { temporaryFolder } from "./program.ts";

/** What a command is made of here; `P` is none that any rule names. */
const PIECES = [
  ...["a", "-b", "--c=d", " ", "  ", "=", "'q r'", '"s t"', "%", "^", "@"],
  ...["'", '"', "\\", "$", "`", ";", "&", "|", ">", "<", "(", ")", "{", "}"],
  ...["*", "?", "[", "]", "~", "#", "!", "\n", "\t", "é", "\u00a0"],
  ...["$(P)", "`P`", "&& P", "; P", "\nP", " P", "A=1 ", ">f"],
];

const RULES = [
  { rule: "npm run *", begin: "npm run ", end: "" },
  { rule: "npm:*", begin: "npm ", end: "" },
  { rule: "npm*", begin: "npm", end: "" },
  { rule: "npm * main", begin: "npm ", end: " main" },
  { rule: 'npm run "*"', begin: 'npm run "', end: '"' },
  { rule: "npm '*' x", begin: "npm '", end: "' x" },
];

/** Says which commands run, and nothing else happens in it. */
const SHELL = `command_not_found_handle() { printf 'ran %s\\n' "$1"; }
npm() { printf 'ran npm\\n'; }
P() { printf 'ran P\\n'; }
`;

/** Has a real shell run each command, in an empty folder. */
async function runInShell(commands: readonly string[]) {
  const script = commands
    .map((command) =>
      `printf '/next/\\n'; eval '${command.replaceAll("'", "'\\''")}'\n`
    ).join("");
  using folder = temporaryFolder();
  const file = `${folder.path}/script`;
  const work = `${folder.path}/work`;
  Deno.writeTextFileSync(file, SHELL + script);
  Deno.mkdirSync(work);
  const { stdout } = await new Deno.Command("bash", {
    args: [file],
    cwd: work,
    stdin: "null",
    stderr: "null",
  }).output();
  const ran = new TextDecoder().decode(stdout).split("/next/\n").slice(1);
  assertEquals(ran.length, commands.length);
  const files = [...Deno.readDirSync(work)].map(({ name }) => name);
  return { ran, files };
}

for (const { rule, begin, end } of RULES) {
  Deno.test({
    name: `a shell runs one command of those that Bash(${rule}) allows`,
    ignore: lacks("read", "run", "write"),
    async fn() {
      const allowed = new RegExp(commandAllowed(rule) ?? "");
      const commands = fc.sample(
        fc.array(fc.constantFrom(...PIECES), { maxLength: 6 }),
        { numRuns: 20_000, seed: 7 },
      ).map((pieces) => begin + pieces.join("") + end)
        .filter((command) => allowed.test(command));
      assert(commands.length > 100, String(commands.length));
      const { ran, files } = await runInShell(commands);
      assertEquals(
        commands.filter((_, index) => !/^ran npm\S*\n$/.test(ran[index] ?? "")),
        [],
      );
      assertEquals(files, []);
    },
  });
}

/** Parts of a word that a shell puts together, and what may stand before it. */
const WORDS = [
  ...["n", "pm", "npm", "np", "m", "'n'", '"pm"', "''", '""', "\\n", "\\p"],
  ...["\\\n", "$x", "${x}", "`x`", "$(x)", "$'n'", '$"pm"', "'npm'", '"npm"'],
  ...[" ", "\t", ";", "&&", "|", "(", ")", "{ ", "; }", "! ", "A=1 ", "\n"],
  ...["command ", "time ", "x", " run", "#", ">f ", "<f ", "=", "-", "/"],
];

Deno.test({
  name:
    "no shell runs a command that Bash(npm *) denies, unless a person is asked",
  ignore: lacks("read", "run", "write"),
  async fn() {
    const denied = commandMeant("npm *") ?? "";
    const meant = [denied, DISGUISED].map(compilePattern);
    const commands = fc.sample(
      fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 6 }),
      { numRuns: 20_000, seed: 7 },
    ).map((pieces) => pieces.join(""))
      .filter((command) => !meant.some((each) => isFound(each, command)));
    assert(commands.length > 1000, String(commands.length));
    const { ran } = await runInShell(commands);
    assertEquals(
      commands.filter((_, index) => /^ran npm$/m.test(ran[index] ?? "")),
      [],
    );
  },
});
