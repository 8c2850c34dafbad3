import type { RecordedTool } from "../../runtime/record/event.ts";

type OwnTool = Pick<
  RecordedTool,
  "name" | "description" | "effects" | "idempotent" | "labels"
>;

/**
 * The tools of this program, as records have them; their schemas may grow, and a
 * tool that is added comes last.
 */
export const OWN_TOOLS: readonly OwnTool[] = [
  {
    name: "search",
    description: "Find the documents that best match a query",
    effects: { fetches: [], reads: [], writes: [] },
    idempotent: true,
    labels: ["private"],
  },
  {
    name: "fetch",
    description: "Get the text behind one URL",
    effects: { fetches: ["url"], reads: [], writes: [] },
    idempotent: true,
    labels: ["untrusted", "sink"],
  },
  {
    name: "read",
    description: "Return the text of one file",
    effects: { fetches: [], reads: ["path"], writes: [] },
    idempotent: true,
    labels: ["private"],
  },
  {
    name: "write",
    description: "Create or replace one text file",
    effects: { fetches: [], reads: [], writes: ["path"] },
    idempotent: true,
    labels: ["sink"],
  },
  {
    name: "summarize",
    description: "Shorten a text to its most telling sentences",
    effects: { fetches: [], reads: [], writes: [] },
    idempotent: true,
  },
];

/** The tool of this program that a record describes, by name and description; `undefined` for any other. */
export function ownTool(
  { name, description }: Pick<RecordedTool, "name" | "description">,
): OwnTool | undefined {
  return OWN_TOOLS.find((each) =>
    each.name === name && each.description === description
  );
}
