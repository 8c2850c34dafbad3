import { outputTo } from "../command/output.ts";
import { assertEquals } from "@std/assert";
import { join } from "../../deps.ts";
import { lacks } from "../../tests/permissions.ts";
import { temporaryFolder } from "../../tests/program.ts";
import { runDirectories } from "../../evidence/store/run_directories.ts";
import { notePassedOver } from "./named_runs.ts";

Deno.test({
  name: "runDirectories() names what it passes over, and why",
  ignore: lacks("read", "write", "run"),
  fn() {
    using folder = temporaryFolder();
    const at = (name: string) => join(folder.path, name);
    for (const name of ["one", "more/two", "lost"]) {
      Deno.mkdirSync(at(name), { recursive: true });
    }
    Deno.writeTextFileSync(at("one/state.jsonl"), "");
    // What is in a run belongs to the run.
    Deno.symlinkSync("..", at("one/sandbox"));
    Deno.symlinkSync("/dev/zero", at("more/two/trace.json"));
    Deno.symlinkSync("one", at("linked"));
    Deno.symlinkSync("nowhere", at("more/\u001b[2J"));
    Deno.writeTextFileSync(at("lost/attestation.json"), "");
    Deno.writeTextFileSync(at("2026-11-22_f09c7907_0"), "");
    Deno.writeTextFileSync(at("notes.txt"), "");
    new Deno.Command("mkfifo", { args: [at("pipe")] }).outputSync();
    const notes: string[] = [];
    const passedOver = notePassedOver(outputTo({
      data() {},
      note: (text) => notes.push(text),
      isTerminal: false,
    }));
    assertEquals(runDirectories(folder.path, passedOver), [
      at("more/two"),
      at("one"),
    ]);
    assertEquals(notes, [
      `${
        at("2026-11-22_f09c7907_0")
      }: passed over: it has the name of a run and is a file`,
      `${at("linked")}: passed over: it is a link, and links are not followed`,
      `${
        at("lost")
      }: passed over: it has attestation.json, but no ledger, trace or report`,
      `${
        at("more/\\u{001b}[2J")
      }: passed over: it is a link, and links are not followed`,
      `${at("pipe")}: passed over: it is not a file and not a directory`,
    ]);
  },
});
