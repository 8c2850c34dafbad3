import { z } from "../../deps.ts";
import { InputError } from "../../tools/data/input_error.ts";
import { redactor } from "../../policy/redaction/redaction.ts";
import { fetchTool } from "../../tools/fetch.ts";
import { htmlText } from "../../tools/page/html_text.ts";
import { ToolError } from "../../tools/tool_error.ts";
import { IDLE_CONTEXT } from "../tool_context.ts";
import { argumentTrial } from "./arg_schema.ts";
import type { HostileCase } from "./cases.ts";
import { type Outcome, stopped } from "./outcome.ts";
import { playTrial } from "./trial.ts";

/** How long the text of a page may be, and how many characters `fetch` may add to it. */
const MAX_TEXT = 2 ** 20;

const inputSchema = z.strictObject({
  before: z.string(),
  unit: z.string(),
  times: z.number(),
  after: z.string(),
});
const contextSchema = z.looseObject({
  reader: z.enum(["page", "schema", "redaction"]),
  pattern: z.optional(z.string()),
});

/**
 * `input` is a text that a reader of other people's making gets, with a part that
 * is repeated. It is an error when the text is refused, cut or replaced as a whole.
 */
export async function playReader(hostile: HostileCase): Promise<Outcome> {
  const { before, unit, times, after } = inputSchema.parse(hostile.input);
  const text = before + unit.repeat(times) + after;
  const { reader, pattern = "" } = contextSchema.parse(hostile.context);
  switch (reader) {
    case "page":
      return await playPage(text);
    case "schema":
      return await playSchema({
        ...hostile,
        input: text,
        context: { ...hostile.context, form: "json_text" },
      });
    case "redaction":
      return playRedaction(text, pattern);
  }
}

async function playPage(html: string): Promise<Outcome> {
  const url = "https://a.example/";
  const tool = fetchTool({
    fetch: () =>
      Promise.resolve(
        new Response(html, { headers: { "content-type": "text/html" } }),
      ),
    htmlText: (page) => Promise.try(htmlText, page),
  });
  try {
    const result = Object(
      await tool.run({ url }, { ...IDLE_CONTEXT, urls: new Map([[url, url]]) }),
    );
    const { length } = String(result.text);
    const leaks = length > MAX_TEXT
      ? [`the text has ${length} characters`]
      : [];
    return result.truncated === true
      ? { ...stopped("error", { said: "the page was cut" }), leaks }
      : { kind: "allow", rule: null, said: "", ran: 1, leaks };
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    return stopped("error", { said: error.message });
  }
}

async function playSchema(hostile: HostileCase): Promise<Outcome> {
  try {
    const trial = argumentTrial(hostile);
    return "kind" in trial ? trial : await playTrial(trial);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return stopped("error", { said: error.message });
  }
}

function playRedaction(text: string, pattern: string): Outcome {
  const { reason } = redactor({ patterns: [pattern] })({ reason: text });
  return reason === "[redacted]"
    ? stopped("error", { said: reason })
    : { kind: "allow", rule: null, said: "", ran: 1, leaks: [] };
}
