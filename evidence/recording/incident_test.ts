import { assertEquals } from "@std/assert";
import { incidentLine, INCIDENTS } from "./incident.ts";

Deno.test("incidents have the name and the form that others read", () => {
  const at = "2026-11-24T18:00:00.000Z";
  assertEquals(INCIDENTS, "incidents.jsonl");
  assertEquals(
    incidentLine({ type: "torn_line", bytes: 2, base64: "eyI=" }, at),
    '{"v":1,"timestamp":"2026-11-24T18:00:00.000Z","type":"torn_line","bytes":2,"base64":"eyI="}\n',
  );
  assertEquals(
    incidentLine({ type: "resumed", events: 5 }, at),
    '{"v":1,"timestamp":"2026-11-24T18:00:00.000Z","type":"resumed","events":5}\n',
  );
  assertEquals(
    incidentLine({ type: "sent_again", seq: 4 }, at),
    '{"v":1,"timestamp":"2026-11-24T18:00:00.000Z","type":"sent_again","seq":4}\n',
  );
});
