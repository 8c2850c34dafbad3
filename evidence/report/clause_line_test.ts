import { assertEquals } from "@std/assert";
import { join } from "../../deps.ts";
import { CLAUSE_SECTIONS } from "../../policy/document/clauses.ts";
import { loadPolicy } from "../../policy/document/load.ts";
import { lacks } from "../../tests/permissions.ts";
import { PROJECT } from "../../tests/program.ts";
import { walkSync } from "../store/walk.ts";
import { clauseLine } from "./clause_line.ts";

/** Every policy of an example, and those on record in committed runs. */
function policies(): readonly string[] {
  const options = { includeDirs: false, includeSymlinks: false };
  const files = [...walkSync(`${PROJECT}examples`, options)]
    .map(({ path }) => path).filter((path) => /\/policy\.yaml$/.test(path));
  const ledgers = [...walkSync(`${PROJECT}runs`, options)]
    .map(({ path }) => path).filter((path) => path.endsWith("/state.jsonl"));
  return [
    ...files.map((path) => Deno.readTextFileSync(path)),
    Deno.readTextFileSync(join(PROJECT, "policy/v1.yaml")),
    ...ledgers.map((path) => {
      const [first = ""] = Deno.readTextFileSync(path).split("\n");
      return JSON.parse(first).policy.text;
    }),
  ];
}

Deno.test({
  name:
    "clauseLine() never says another line than the parser, for every committed policy",
  ignore: lacks("read"),
  fn() {
    let found = 0;
    for (const text of policies()) {
      const { document, lines } = loadPolicy(text, "policy");
      for (const [place, line] of lines) {
        const [section = "", index = ""] = place.split(/[[\]]/);
        const known = CLAUSE_SECTIONS.find((each) => each === section);
        const clause = known && document[known]?.[Number(index)];
        for (
          const name of [place, ...clause?.id === undefined ? [] : [clause.id]]
        ) {
          const said = clauseLine(text, name);
          if (said === undefined) continue;
          assertEquals(said, line, `${name} in:\n${text}`);
          found += 1;
        }
      }
    }
    assertEquals(found > 20, true, `${found} found`);
  },
});

const POLICY = `version: 1
unlisted_hosts: escalate
deny:
  - tools: [write]
    id: no-notes
    when:
      - argument: path
        matches: "^notes/"
    reason: "id: second"
  # id: second
  - id: "second"
    tools: [fetch]
escalate:
- tools: [read]
  reason: reads
- tools: [write]
  reason: writes
`;

for (
  const [clause, want] of [
    ["unlisted_hosts", 2],
    ["deny[0]", 4],
    ["no-notes", 4],
    ["deny[1]", 11],
    ["second", 11],
    ["escalate[0]", 14],
    ["escalate[1]", 16],
    ["escalate[2]", undefined],
    ["require[0]", undefined],
    ["third", undefined],
    ["", undefined],
  ] as const
) {
  Deno.test(`clauseLine() finds ${JSON.stringify(clause)} on line ${want}`, () => {
    assertEquals(clauseLine(POLICY, clause), want);
  });
}

Deno.test("clauseLine() reads JSON on several lines, and says nothing where two could be meant", () => {
  const clause = { tools: ["write"], id: "a" };
  const json = JSON.stringify({ version: 1, deny: [clause] }, null, 2);
  assertEquals(clauseLine(json, "a"), 4);
  assertEquals(
    clauseLine(JSON.stringify({ deny: [clause, clause] }, null, 2), "a"),
    undefined,
  );
  assertEquals(clauseLine(JSON.stringify({ deny: [clause] }), "a"), undefined);
});
