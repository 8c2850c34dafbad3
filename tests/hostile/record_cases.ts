import type { HostileCase } from "./cases.ts";
import { RECORD_FORGERIES } from "./record_forgeries.ts";
import { SOUND_RECORDS } from "./sound_records.ts";

/** Every forgery, which `verify` must find, and every sound record, in which it must find nothing. */
export const RECORD_CASES: readonly HostileCase[] = [
  ...RECORD_FORGERIES.map(({ name, record, found }) => ({
    id: `record, ${name}`,
    family: "record",
    input: { record, forgery: name },
    context: {},
    expected: "deny" as const,
    rule_id: `${found}.verify`,
    why: `${name} in ${record}`,
  })),
  ...[...SOUND_RECORDS.keys()].map((record) => ({
    id: `ok-record, ${record}`,
    family: "record",
    input: { record, forgery: null },
    context: {},
    expected: "allow" as const,
    rule_id: "none.verify",
    why: `${record} as it was recorded`,
  })),
];
