import { assertEquals } from "@std/assert";
import { rehearse, stage } from "../../tests/rehearsal.ts";
import { REHEARSALS } from "../../tests/rehearsals.ts";
import { governedLoop } from "../loop.ts";
import { versionOfLine, versionOfRecord } from "./record_version.ts";

Deno.test("every line that the loop writes now is of version 2", async () => {
  for (const make of Object.values(REHEARSALS)) {
    for (const event of await rehearse(make())) {
      assertEquals([event.v, versionOfLine(event, 2)], [2, 2], event.type);
    }
  }
});

Deno.test("in a record of version 1 the loop writes 2 where a line has a key of version 2", async () => {
  const seen = new Set<number>();
  for (const make of Object.values(REHEARSALS)) {
    const given = make();
    const { spec, world, signal } = stage(given);
    const run = governedLoop(
      { ...spec, runtimeVersion: "0.0.0" },
      { ...world(1_000_000n), outage: () => "end", ...given, signal },
    );
    for await (const event of run) {
      if (event.type === "run_started") {
        assertEquals(versionOfRecord(event), 1);
      }
      assertEquals(event.v, versionOfLine(event, 1), event.type);
      assertEquals([event.type === "call_proposed", event.call], [
        false,
        undefined,
      ]);
      seen.add(event.v);
    }
  }
  assertEquals([...seen].sort(), [1, 2]);
});
