import { effectOf } from "../../runtime/record/effect_of.ts";
import { canonicalize } from "../../tools/data/canonicalize.ts";
import type {
  RecordedTool,
  RunEvent,
  ToolFinished,
  ToolStarted,
} from "../../runtime/record/event.ts";
import { isObject, type Json } from "../../tools/data/json.ts";
import { type CurrentCall, runningCall } from "../current_call.ts";
import { openCalls } from "../open_calls.ts";
import { ownTool } from "./own_tools.ts";
import { sha256 } from "../../tools/data/sha256.ts";

/** The content that the last call left in a file. */
export interface WrittenFile {
  readonly sha256: string;
  readonly bytes: number;
  /** Line of the ledger with the intent of the call. */
  readonly line: number;
}

/** Follows the writes of a run by their judged places. */
export interface WrittenFiles {
  push(event: RunEvent): void;
  /** Events are missing here, so earlier writes may have changed. */
  lose(): void;
  /**
   * Every place below the sandbox that a call was to write to; `undefined` where
   * the content is unknown: the call failed or has no receipt, or its tool is
   * not ours.
   */
  readonly files: ReadonlyMap<string, WrittenFile | undefined>;
}

/** Starts to follow a run; it keeps a hash for each file that is written. */
export function writtenFiles(): WrittenFiles {
  const files = new Map<string, WrittenFile | undefined>();
  let tools: readonly RecordedTool[] = [];
  const calls = openCalls();

  /** Where the running call may write; empty when its tool writes nothing. */
  function places(
    { tool, call_id }: ToolStarted,
    { verdict }: CurrentCall,
  ): readonly Place[] {
    const writes = tools.find(({ name }) => name === tool)?.effects.writes;
    if (writes === undefined || writes.length === 0) return [];
    if (verdict === undefined || effectOf(verdict) !== "allow") return [];
    if (verdict.call_id !== call_id) return [];
    return (verdict.facts?.paths ?? []).flatMap(({ path, resolved }) => {
      const place = placeBelow(resolved);
      return place === undefined ? [] : [{ path, place }];
    });
  }

  function finish(event: ToolFinished, call: CurrentCall): void {
    const intent = runningCall(call);
    if (intent === undefined || event.error !== null) return;
    const write = ownWrite(intent, event);
    const tool = tools.find(({ name }) => name === intent.tool);
    if (write === undefined || !isOwnWrite(tool)) return;
    const { path, content } = write;
    const place = places(intent, call).find((each) => each.path === path)
      ?.place;
    if (place === undefined) return;
    const bytes = new TextEncoder().encode(content);
    files.set(place, {
      sha256: sha256(bytes),
      bytes: bytes.length,
      line: intent.seq + 1,
    });
  }

  return {
    files,
    push(event) {
      switch (event.type) {
        case "run_started":
          tools = event.tools;
          break;
        case "tool_started":
          for (const { place } of places(event, calls.before(event))) {
            files.set(place, undefined);
          }
          break;
        case "tool_finished":
          finish(event, calls.before(event));
      }
      calls.push(event);
    },
    lose() {
      for (const place of files.keys()) files.set(place, undefined);
    },
  };
}

interface Place {
  /** As the arguments spell it. */
  readonly path: string;
  /** Below the sandbox. */
  readonly place: string;
}

const ROOT = "<sandbox>/";

/** The path below the sandbox; `undefined` when it does not look like a judged place. */
function placeBelow(resolved: string): string | undefined {
  if (!resolved.startsWith(ROOT) || resolved.includes("\0")) return undefined;
  const place = resolved.slice(ROOT.length);
  return place.split("/").some((name) => ["", ".", ".."].includes(name))
    ? undefined
    : place;
}

/** Whether it is the tool that replaces a file as a whole. */
function isOwnWrite(tool: RecordedTool | undefined): boolean {
  return tool?.name === "write" && ownTool(tool) !== undefined;
}

/** What the call wrote, by its arguments, and by what it returned. */
function ownWrite(
  { args }: ToolStarted,
  { result }: ToolFinished,
): { readonly path: string; readonly content: string } | undefined {
  const [path, content] = [member(args, "path"), member(args, "content")];
  if (typeof path !== "string" || typeof content !== "string") return undefined;
  const bytes = new TextEncoder().encode(content).length;
  return canonicalize(result) === canonicalize({ path, bytes })
    ? { path, content }
    : undefined;
}

function member(value: Json, key: string): Json | undefined {
  return isObject(value) ? new Map(Object.entries(value)).get(key) : undefined;
}
