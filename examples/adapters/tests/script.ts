import type { GovernedSession } from "../../../mod.ts";

/** A call that a scripted model proposes. */
export interface ScriptedCall {
  readonly id: string;
  readonly name: string;
  readonly args: Readonly<Record<string, string>>;
}

/** What a scripted model answers, step by step. */
export type Script = readonly (
  | { readonly calls: readonly ScriptedCall[] }
  | { readonly answer: string }
)[];

/** What came of a loop of a framework. */
export interface Played {
  readonly answer: string;
  /** What the model read of its calls, by their ids, when it was asked last. */
  readonly told: ReadonlyMap<string, string>;
}

/** Has an agent of a framework follow a script with the tools of a session. */
export type Play = (
  session: GovernedSession,
  script: Script,
) => Promise<Played>;

const call = (
  id: string,
  name: string,
  args: ScriptedCall["args"],
): Script[number] => ({ calls: [{ id, name, args }] });

/** An allowed call, a denied one, one that a person is asked about, and an answer. */
export const SCRIPT: Script = [
  call("call_1", "ticket_read", { id: "17" }),
  call("call_2", "ticket_read", { id: "13" }),
  call("call_3", "ticket_update", { id: "17", text: "closed" }),
  { answer: "Ticket 17 is closed." },
];
