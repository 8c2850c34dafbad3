import { assert, assertEquals } from "@std/assert";
import { lacks } from "./permissions.ts";
import { PINNED, type PublicNames, publicNames } from "./public_names.ts";

/** What each entry is for has these names, whatever else it exports. */
const PROMISED: PublicNames = {
  ".": [
    ...["function govern", "function closeSession", "function runAgent"],
    ...["function tool", "function loadPolicy", "function verifyRun"],
    ...["function directoryStore", "function modelText"],
  ],
  "./loop": ["function agentLoop", "function toolRegistry"],
  "./session": ["function governedSession", "function modelText"],
  "./verify": ["function verifyRun"],
  "./verify/decisions": ["function verifyRun"],
};

Deno.test(
  "every entry has the public names that are pinned",
  { ignore: lacks("read", "run") },
  async () => {
    const pinned: PublicNames = JSON.parse(Deno.readTextFileSync(PINNED));
    const found = await publicNames();
    assertEquals(Object.keys(found), Object.keys(pinned));
    for (const [entry, names] of Object.entries(pinned)) {
      const now = new Set(found[entry]);
      const before = new Set(names);
      assertEquals(
        {
          gone: [...before.difference(now)],
          new: [...now.difference(before)],
        },
        { gone: [], new: [] },
        `${entry}: a changed name belongs in the changelog; then run \`deno task public-names\``,
      );
    }
  },
);

for (const [entry, names] of Object.entries(PROMISED)) {
  Deno.test(
    `${entry} has the names that it is there for`,
    { ignore: lacks("read") },
    () => {
      const pinned: PublicNames = JSON.parse(Deno.readTextFileSync(PINNED));
      for (const name of names) assert(pinned[entry]?.includes(name), name);
    },
  );
}
