import { versionOfRecord } from "../../../runtime/record/record_version.ts";
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
  return {
    push(event) {
      order ??= event.type === "run_started" && versionOfRecord(event) === 1
        ? orderOfVersion1()
        : orderOfVersion2();
      return order.push(event);
    },
    lose() {
      order?.lose();
    },
  };
}
