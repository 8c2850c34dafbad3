import { parseYaml } from "./data/yaml.ts";

/** One text of a corpus. */
export interface Document {
  /** Unique in its corpus; of a `.md` or `.txt` file the path without its extension, of any other the path. */
  readonly id: string;
  /** Its path below the corpus or, for the tools, below the sandbox; `/` between folders. */
  readonly path: string;
  /** The whole text; its front matter or its first line has its title, and that of HTML its `<title>`. */
  readonly text: string;
}

/**
 * Returns the title of a document: the `title` of its front matter (YAML between
 * lines of three dashes, at the very beginning), or the first line after it that
 * is not blank, without heading marks; else its id.
 */
export function documentTitle({ id, text }: Document): string {
  const { title, body } = parts(text.replace(/^\ufeff/, ""));
  if (title !== undefined) return title;
  const line = body.split(/\r\n?|\n/).find((each) => each.trim() !== "");
  return (line ?? id).replace(/^#+\s*/, "").trim();
}

/** Longer than any front matter that a person writes, in characters. */
const MAX_FRONT_MATTER = 65_536;

const FRONT_MATTER =
  /^---[ \t]*(?:\r\n?|\n)([^]*?)(?<=[\r\n])(?:---|\.\.\.)[ \t]*(?=[\r\n]|$)/;

function parts(
  text: string,
): { readonly title?: string | undefined; readonly body: string } {
  const [whole, yaml] = FRONT_MATTER.exec(text.slice(0, MAX_FRONT_MATTER)) ??
    [];
  return whole === undefined || yaml === undefined
    ? { body: text }
    : { title: titleIn(yaml), body: text.slice(whole.length) };
}

/** Unreadable front matter has no title, and is not a reason to fail. */
function titleIn(yaml: string): string | undefined {
  try {
    const matter = parseYaml(yaml, { schema: "core" });
    if (typeof matter !== "object" || matter === null) return undefined;
    const title: unknown = Reflect.get(matter, "title");
    if (typeof title !== "string" && typeof title !== "number") {
      return undefined;
    }
    return String(title).trim().replace(/\s+/g, " ") || undefined;
  } catch {
    return undefined;
  }
}
