import { assertEquals } from "@std/assert";
import { join, relative } from "../../deps.ts";
import { lacks } from "../../tests/permissions.ts";
import { PROJECT } from "../../tests/program.ts";
import { DECISIONS } from "./decisions/decided_again.ts";
import { EVENT_CHECKS } from "./run_story.ts";

/** Where each check is, by the name of the function that starts it. */
function moduleOf(check: string): string {
  if (check === DECISIONS.start.name) {
    return "evidence/verify/decisions/decided_again.ts";
  }
  const story = Deno.readTextFileSync(
    join(PROJECT, "evidence/verify/run_story.ts"),
  );
  const [, from = ""] =
    new RegExp(`import \\{ ${check} \\} from "(.*)";`).exec(story) ?? [];
  return join("evidence/verify", from);
}

/** What a module has of policy and runtime when it runs, itself or through other modules of evidence. */
function loopCodeIn(path: string, seen = new Set<string>()): readonly string[] {
  if (seen.has(path)) return [];
  seen.add(path);
  const code = Deno.readTextFileSync(join(PROJECT, path));
  const imports = code.matchAll(
    /^import (?!type )([^;]*?) from "(\.[^"]+\.ts)";/gm,
  );
  return [...imports].flatMap(([, names = "", from = ""]) => {
    const values = names.replace(/[{}]/g, "").split(",")
      .map((name) => name.trim())
      .filter((name) => name !== "" && !name.startsWith("type "));
    if (values.length === 0) return [];
    const target = relative("/", new URL(from, `file:///${path}`).pathname);
    if (/^(policy|runtime)\//.test(target)) return [target];
    return target.startsWith("evidence/") ? loopCodeIn(target, seen) : [];
  });
}

for (const { start, shares } of [...EVENT_CHECKS, DECISIONS]) {
  Deno.test({
    name: `the check ${start.name} ${
      shares === null ? "uses no code of the loop" : `shares ${shares}`
    }`,
    ignore: lacks("read"),
    fn() {
      const found = loopCodeIn(moduleOf(start.name));
      assertEquals(found.length === 0, shares === null, `${found}`);
    },
  });
}
