import type { RunEvent } from "../../../runtime/record/event.ts";
import {
  type RecordVersion,
  versionOfRecord,
} from "../../../runtime/record/record_version.ts";
import type { EventCheck } from "../event_check.ts";
import { orderOfVersion1 } from "./order_of_version_1.ts";
import { orderOfVersion2 } from "./order_of_version_2.ts";

/**
 * Checks that the events have the order of a run. After missing events the order
 * is known again when the next step begins; the same holds after a fault, since
 * it would only cause others.
 */
export function eventOrder(): EventCheck {
  let order: EventCheck | undefined;
  let lost = false;
  return {
    push(event) {
      if (order === undefined) {
        if (lost && event.type !== "step_started") return [];
        order = versionOf(event) === 1 ? orderOfVersion1() : orderOfVersion2();
        if (lost) order.lose();
      }
      return order.push(event);
    },
    lose() {
      lost = true;
      order?.lose();
    },
  };
}

/** The version of a record, by its first line or, when that one is lost, by the beginning of a step. */
function versionOf(event: RunEvent): RecordVersion {
  return event.type === "run_started" ? versionOfRecord(event) : event.v;
}
