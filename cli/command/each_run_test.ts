import { assertEquals, assertRejects } from "@std/assert";
import { InputError } from "../../tools/data/input_error.ts";
import { EXIT } from "./command.ts";
import { eachRun } from "./each_run.ts";
import { outputTo } from "./output.ts";

/** Looks at runs that are named for what comes of them. */
async function looked(...runs: readonly string[]) {
  const [seen, notes]: [string[], string[]] = [[], []];
  const code = await eachRun(runs, {
    output: outputTo({
      data: () => {},
      note: (line) => void notes.push(line),
      isTerminal: false,
    }),
    // deno-lint-ignore require-await
    async look(run) {
      seen.push(run);
      if (run === "broken") throw new TypeError("A bug");
      if (run === "unreadable") {
        throw new InputError(run, [{ path: "", message: "it is torn" }]);
      }
      return run === "good"
        ? EXIT.ok
        : run === "waits"
        ? EXIT.waiting
        : EXIT.no;
    },
  });
  assertEquals(seen, [...runs]);
  return [code, ...notes];
}

for (
  const { runs, want } of [
    { runs: [], want: [0] },
    { runs: ["good", "good"], want: [0] },
    { runs: ["bad", "good"], want: [2] },
    { runs: ["good", "waits", "good"], want: [3] },
    { runs: ["waits", "bad", "waits"], want: [2] },
    { runs: ["waits", "unreadable"], want: [1, "unreadable: it is torn"] },
    {
      runs: ["unreadable", "good"],
      want: [1, "unreadable: it is torn"],
    },
    {
      runs: ["bad", "unreadable", "good", "unreadable", "bad"],
      want: [1, "unreadable: it is torn", "unreadable: it is torn"],
    },
  ]
) {
  Deno.test(`eachRun() looks at [${runs.join(", ")}] to the end`, async () => {
    assertEquals(await looked(...runs), want);
  });
}

Deno.test("eachRun() takes no bug for a run that cannot be read", async () => {
  await assertRejects(() => looked("good", "broken"), TypeError, "A bug");
});
