import type { PinMatch } from "../../policy/rules/tool_pin.ts";

/**
 * What happened to the process of a run rather than to the run itself: one line
 * of `incidents.jsonl`, which exists only when there was any.
 */
export type Incident =
  | {
    /** A line was being written when the process ended; it is cut off the ledger and kept here. */
    readonly type: "torn_line";
    readonly bytes: number;
    /** The bytes of the line, in base64 (RFC 4648). */
    readonly base64: string;
  }
  | {
    /** The run was resumed after so many events. */
    readonly type: "resumed";
    readonly events: number;
  }
  | {
    /** The intent with this `seq` had no receipt and was carried out again. */
    readonly type: "sent_again";
    readonly seq: number;
  }
  | {
    /** After so many events every allowed try of the model had failed; the run stopped. */
    readonly type: "model_outage";
    readonly events: number;
    /** As in the ledger: `429`, `503`, `network`, `timeout`. */
    readonly error_type: string;
    /** Why, in words. */
    readonly reason: string;
  }
  | {
    /** Effects were paused, so the run stopped before its next one. */
    readonly type: "paused";
    readonly events: number;
  }
  | {
    /** Try after try ended without a new line, so no worker takes the run until somebody lets it be tried again. */
    readonly type: "stuck";
    readonly tries: number;
    /** Why the last of them ended, in words. */
    readonly reason: string;
  }
  | {
    /** A worker that accepts the policy of the run did not take it, since it asks for what its configuration does not name. */
    readonly type: "not_accepted";
    /** What that is, in words. */
    readonly reason: string;
  }
  | {
    /** So many spans did not reach the collector; trace.json has all of them. */
    readonly type: "spans_unsent";
    readonly count: number;
    /** Why the last of them did not arrive. */
    readonly reason: string;
  }
  | {
    /** A write was refused or failed, and an empty entry that it had made could not be removed. */
    readonly type: "leftover";
    readonly kind: "file" | "directory";
    /**
     * The place for which it was made, `<sandbox>/…`; it is elsewhere when a
     * directory on the way was swapped.
     */
    readonly place: string;
  }
  | {
    /** A server's tool has another definition than the one that counts, so it is hidden and denied. */
    readonly type: "tool_definition";
    /** Its name in the record. */
    readonly tool: string;
    /** As `pin_match` of the rule `tool_pin`. */
    readonly found: PinMatch;
    /** SHA-256 of the definition that was found. */
    readonly sha256: string;
    /** SHA-256 of the one that counts; left out for a tool that came later. */
    readonly pinned?: string;
  }
  | {
    /** A server ended, or broke its protocol, before its client did. */
    readonly type: "server_fault";
    readonly reason: string;
  };

/** The name of the file. */
export const INCIDENTS = "incidents.jsonl";

/** Writes an incident as a line; `timestamp` is RFC 3339, in UTC. */
export function incidentLine(incident: Incident, timestamp: string): string {
  return `${JSON.stringify({ v: 1, timestamp, ...incident })}\n`;
}
