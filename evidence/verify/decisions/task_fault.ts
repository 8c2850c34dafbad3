import { parseYaml } from "../../../tools/data/yaml.ts";
import type { RunStarted } from "../../../runtime/record/event.ts";
import { quoted } from "../../../tools/data/untrusted_text.ts";

/**
 * Why the question or the id of a task cannot be those of its text. In a YAML
 * mapping both are values of their keys; any other text must contain the
 * question.
 */
export function taskFault(
  { id, question, text }: RunStarted["task"],
): string | undefined {
  const document = mappingIn(text);
  if (document === undefined) {
    // The question of a task that cannot be read is unknown.
    const isPlain = !/^["']?question["']?\s*:/m.test(text);
    const isThere = question === "" ? text === "" : text.includes(question);
    return isPlain && isThere ? undefined : fault("question", question);
  }
  const own = (key: string): unknown =>
    Object.getOwnPropertyDescriptor(document, key)?.value;
  return own("question") !== question
    ? fault("question", question)
    : own("id") !== id
    ? fault("id", id)
    : undefined;
}

function fault(what: string, found: string): string {
  return `the task's text does not have this ${what}: ${quoted(found)}`;
}

function mappingIn(text: string): object | undefined {
  try {
    const document = parseYaml(text, { schema: "core" });
    const isMapping = typeof document === "object" && document !== null &&
      !Array.isArray(document);
    return isMapping ? document : undefined;
  } catch {
    return undefined;
  }
}
