import { type TextForms, textForms } from "./text_forms.ts";
import { agreed, type Truth } from "./truth.ts";

/** Why a text is not a pattern of places below the sandbox; `undefined` for a pattern. */
export function globFault(glob: string): string | undefined {
  const names = glob.split("/");
  if (glob.startsWith("/") || names[0] === "<sandbox>") {
    return `"${glob}" begins with a slash or the sandbox; write it from the sandbox on: "notes/**"`;
  }
  if (names.some((name) => ["", ".", ".."].includes(name))) {
    return `"${glob}" has an empty name, "." or ".." in it`;
  }
  if (names.some((name) => name.includes("**") && name !== "**")) {
    return `"${glob}" has ** beside other characters; it stands for whole names`;
  }
  return /[?[\\\]{}]/.test(glob)
    ? `"${glob}" has a sign other than * in it; only * and ** stand for others`
    : undefined;
}

const GLOBS = new Map<string, TextForms>();
const MAX_GLOBS = 1000;

/**
 * Whether a place below the sandbox is one that some patterns name; unknown where
 * that depends on capitals and the like, since to some disks they make no other file.
 */
export function isNamedByGlob(
  { exact, loose }: TextForms,
  globs: readonly string[],
): Truth {
  const forms = globs.map(formsOfGlob);
  return agreed([
    forms.some((glob) => matchesGlob(exact, glob.exact)),
    forms.some((glob) => matchesGlob(loose, glob.loose)),
  ]);
}

/** Policies have few patterns, and each is asked about with every call. */
function formsOfGlob(glob: string): TextForms {
  const forms = GLOBS.get(glob) ?? textForms(glob);
  if (GLOBS.size < MAX_GLOBS) GLOBS.set(glob, forms);
  return forms;
}

/**
 * Whether a path, relative and without `.` and `..`, is one that a pattern names:
 * `*` stands for any characters within a name, `**` for any names, none too. It
 * takes at most as many steps as the path has characters for each of the
 * pattern's.
 */
function matchesGlob(path: string, glob: string): boolean {
  const names = path.split("/");
  const wanted = glob.split("/");
  /** Which beginnings of the path the pattern matches so far, by their number of names. */
  let reached = new Set([0]);
  for (const part of wanted) {
    const next = new Set<number>();
    for (const length of reached) {
      if (part === "**") {
        for (let to = length; to <= names.length; to++) next.add(to);
      } else if (
        length < names.length && matchesName(names[length] ?? "", part)
      ) {
        next.add(length + 1);
      }
    }
    reached = next;
  }
  return reached.has(names.length);
}

/** Whether a name is what a pattern with stars names. Takes each piece between two stars where it is first found, which loses no match. */
export function matchesName(name: string, pattern: string): boolean {
  const pieces = pattern.split("*");
  const [first = "", last = ""] = [pieces[0], pieces.at(-1)];
  if (pieces.length === 1) return name === pattern;
  if (!name.startsWith(first) || !name.endsWith(last)) return false;
  let at = first.length;
  const end = name.length - last.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = name.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return at <= end;
}
