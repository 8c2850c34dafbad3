import { isObject, type JsonObject } from "../../tools/data/json.ts";
import { type ArgumentPath, argumentPaths } from "./argument_paths.ts";

/** An argument that seems to hold a path of this machine or an address. */
export interface PlaceArgument {
  /** As a policy names it. */
  readonly path: string;
  readonly kind: "path" | "url";
}

const PATH_WORDS = new Set([
  "path",
  "paths",
  "file",
  "files",
  "filename",
  "filenames",
  "filepath",
  "dir",
  "directory",
  "directories",
  "folder",
  "folders",
  "source",
  "destination",
  "dest",
]);

const URL_WORDS = new Set([
  "url",
  "urls",
  "uri",
  "uris",
  "href",
  "link",
  "endpoint",
]);

/**
 * Guesses by names, formats and defaults of a JSON Schema which arguments hold a path
 * or an address. It is a hint for people: a server may call an argument what it likes.
 */
export function placeArguments(schema: JsonObject): readonly PlaceArgument[] {
  return argumentPaths(schema).flatMap((argument) => {
    const kind = kindOf(argument);
    return kind === undefined ? [] : [{ path: argument.path, kind }];
  });
}

function kindOf(
  { name, schema }: ArgumentPath,
): PlaceArgument["kind"] | undefined {
  if (!mayHoldText(schema)) return undefined;
  const { format, default: usual } = schema;
  const isAddress =
    typeof format === "string" && /^(uri|iri|url)/.test(format) ||
    typeof usual === "string" && /^[a-z]+:\/\//.test(usual);
  const last = name.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, "_").toLowerCase()
    .split(/[^a-z0-9]+/).findLast((word) => word !== "") ?? "";
  if (isAddress || URL_WORDS.has(last)) return "url";
  return PATH_WORDS.has(last) ? "path" : undefined;
}

/** Whether a value may be a text, or a list of texts. */
function mayHoldText(schema: ArgumentPath["schema"]): boolean {
  const { type, items, anyOf, oneOf, enum: values } = schema;
  if (values !== undefined) return false;
  const choices = anyOf ?? oneOf;
  if (Array.isArray(choices)) {
    return choices.some((each) => isObject(each) && mayHoldText(each));
  }
  const types = Array.isArray(type) ? type : [type];
  if (type === undefined || types.includes("string")) return true;
  return types.includes("array") && (!isObject(items) || mayHoldText(items));
}
