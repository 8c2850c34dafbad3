/**
 * The strict validator for `trace.json`: one OTLP/JSON `TracesData` document
 * that keeps our trace contract. It shares no code with the encoder, so a
 * mistake there cannot hide here.
 *
 * It judges in two layers. The shape comes first: keys, types, ids, numbers,
 * attribute values. Only if the shape is sound are the spans related to each
 * other and checked against the contract. A check skips what another check has
 * already reported, so that one mistake makes one finding where possible.
 *
 * @module
 */
import { duplicateKeys } from "./duplicate_keys.ts";
import { Findings, type TraceFinding } from "./findings.ts";
import { ROOT_PATH } from "./json_node.ts";
import { readSpans } from "./otlp_shape.ts";
import { checkRetries } from "./retry_sequence.ts";
import {
  checkParentRoles,
  checkRunId,
  checkStepMembership,
  checkSteps,
} from "./run_structure.ts";
import { checkSpanAttributes } from "./span_attributes.ts";
import { relateSpans } from "./span_tree.ts";
import { checkToolCallLinks } from "./tool_call_links.ts";
import { withoutByteOrderMark } from "../../tools/data/without_byte_order_mark.ts";

export { TRACE_FINDING_CODES, type TraceFinding } from "./findings.ts";

function checkDocument(document: unknown, findings: Findings): void {
  const root = { value: document, path: ROOT_PATH, findings };
  const spans = readSpans(root);
  if (!findings.none) return;
  const tree = relateSpans(spans, findings);
  const { parents, roots } = tree;
  checkSpanAttributes(spans, findings);
  checkParentRoles(spans, { parents, findings });
  checkRunId(spans, findings);
  checkSteps(spans, findings);
  checkStepMembership(spans, { roots, findings });
  checkToolCallLinks(spans, { tree, findings });
  checkRetries(spans, { parents, findings });
}

/**
 * Lists what is wrong with a trace document; an empty list means that it is
 * valid. It throws on no JSON value. Of each code the first ten are listed.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(validateTrace({ resource_spans: [] }), [{
 *   code: "snake_case_key",
 *   path: "resource_spans",
 *   message: 'Key must be "resourceSpans"',
 * }]);
 * ```
 */
export function validateTrace(document: unknown): readonly TraceFinding[] {
  const findings = new Findings();
  checkDocument(document, findings);
  return findings.list();
}

/**
 * Lists what is wrong with the text of a trace document: what `validateTrace`
 * finds, and before it JSON syntax and duplicate keys.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(validateTraceText("{").map(({ code }) => code), ["json_syntax"]);
 * ```
 */
export function validateTraceText(given: string): readonly TraceFinding[] {
  const text = withoutByteOrderMark(given);
  const findings = new Findings();
  const document = parse(text, findings);
  if (document === undefined) return findings.list();
  for (const path of duplicateKeys(text)) {
    const message = "The object already has this key";
    findings.add("json_duplicate_key", { path, message });
  }
  const inText = findings.list();
  return [...inText, ...validateTrace(document)];
}

function parse(text: string, findings: Findings): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    findings.add("json_syntax", { path: ROOT_PATH, message });
  }
}
