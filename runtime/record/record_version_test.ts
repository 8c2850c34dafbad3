import { assertEquals } from "@std/assert";
import { rehearse } from "../../tests/rehearsal.ts";
import { REHEARSALS } from "../../tests/rehearsals.ts";
import { recordVersion } from "./record_version.ts";

Deno.test("recordVersion() is what the loop writes as v, in both versions", async () => {
  const seen = new Set<number>();
  for (const make of Object.values(REHEARSALS)) {
    for (const event of await rehearse(make())) {
      assertEquals(event.v, recordVersion(event), event.type);
      seen.add(event.v);
    }
  }
  assertEquals([...seen].sort(), [1, 2]);
});
