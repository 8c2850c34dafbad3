import type { RunRecord } from "../../evidence/run_store.ts";
import type { Policy } from "../../policy/document/load.ts";
import {
  type ApprovalAnswer,
  type ApprovalRequest,
  type Approver,
  PENDING,
} from "../../runtime/approval/approval.ts";
import { clientApprover } from "../../runtime/approval/approver_name.ts";
import { isObject, type JsonObject } from "../../tools/data/json.ts";
import { fileApprover } from "../approval/approver.ts";
import { describeRequest } from "../approval/describe_request.ts";
import type { Output } from "../command/command.ts";
import { wait } from "../machine/world.ts";
import type { ApprovalWay } from "./approval_way.ts";

/** The client of a call that waits. */
export interface WaitingClient {
  /** Its own name. */
  readonly name: string;
  /** Whether it has ended, so that nobody waits for an answer. */
  isGone(): boolean;
  /** Has it ask its user to fill in a form; `undefined` when it cannot. */
  elicit(
    callId: string,
    form: JsonObject,
    signal: AbortSignal,
  ): Promise<JsonObject | undefined>;
  /** Tells it that a call still waits, if it has asked to be told. */
  waits(callId: string, count: number): Promise<void>;
}

/** How often an answer is looked for, in milliseconds. */
const POLL_MS = 250;

/** How often a client is told that its call waits, in milliseconds. */
const TELL_MS = 5000;

/** Makes the approver of a session, which waits while other calls go on. */
export function sessionApprover(
  way: ApprovalWay,
  { policy, record, output, client }: {
    readonly policy: Policy;
    readonly record: RunRecord;
    readonly output: Output;
    readonly client: WaitingClient;
  },
): Approver | undefined {
  switch (way) {
    case "never":
      return undefined;
    case "client":
      return (request, signal) => askClient(client, request, signal);
    case "file": {
      const ask = fileApprover({ policy, run: record, output });
      return async (request, signal) => {
        for (let polls = 0;; polls++) {
          const answer = await ask(request, signal);
          if (answer !== PENDING || client.isGone()) return answer;
          if (polls % (TELL_MS / POLL_MS) === 0) {
            await client.waits(request.call_id, polls);
          }
          await wait(POLL_MS, signal);
        }
      };
    }
  }
}

/**
 * Has the user of a client answer. A client may fill in a form by itself, so it has a
 * field that only its reader can fill in: digits of what the answer is bound to.
 */
async function askClient(
  client: WaitingClient,
  request: ApprovalRequest,
  signal: AbortSignal,
): Promise<ApprovalAnswer | typeof PENDING> {
  const digits = digitsOf(request);
  const answer = await client.elicit(request.call_id, {
    message: `${describeRequest(request)}\nTo approve it, type ${digits}.`,
    requestedSchema: {
      type: "object",
      properties: {
        digits: {
          type: "string",
          title: "Digits",
          description: `The six digits of the message, to approve the call`,
          minLength: 6,
          maxLength: 6,
        },
      },
      required: ["digits"],
    },
  }, signal);
  const approver = clientApprover(client.name);
  const { action, content } = answer ?? {};
  if (action === "decline") return { approver, verdict: "rejected" };
  const isApproved = action === "accept" && isObject(content) &&
    content.digits === digits;
  return isApproved ? { approver, verdict: "approved" } : PENDING;
}

function digitsOf({ bound_to }: ApprovalRequest): string {
  const number = parseInt(bound_to.slice(0, 12), 16) % 1_000_000;
  return String(number).padStart(6, "0");
}
