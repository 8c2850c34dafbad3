/** A clause by its place: `escalate[0]`. */
const PLACE = /^([a-z_]+)\[(\d+)\]$/;

/**
 * Finds the line on which a clause of a policy begins, from 1, by its id or its
 * place (`escalate[0]`, `unlisted_hosts`), without a parser, which checking a record
 * does not need: as YAML in block form and JSON on several lines write it.
 * `undefined` when it is written in another way, or the text could mean two lines.
 */
export function clauseLine(policy: string, clause: string): number | undefined {
  const lines = policy.split("\n");
  const [, section, index] = PLACE.exec(clause) ?? [];
  if (section !== undefined) return entryLine(lines, section, Number(index));
  const key = only(lines, (line) => isKey(line, clause));
  if (key !== undefined) return key;
  const named = only(lines, (line) => hasId(line, clause));
  return named === undefined ? undefined : beginning(lines, named);
}

/** The line of an entry of a list in block form. */
function entryLine(
  lines: readonly string[],
  section: string,
  index: number,
): number | undefined {
  const begin = only(
    lines,
    (line) => /^\w+:\s*(?:#.*)?$/.test(line) && isKey(line, section),
  );
  if (begin === undefined) return undefined;
  const rest = lines.slice(begin);
  const length = rest.findIndex((line) => /^[^\s#-]/.test(line));
  const own = length < 0 ? rest : rest.slice(0, length);
  const first = own.find((line) => /^\s*- /.test(line)) ?? "";
  const begins = " ".repeat(indentOf(first));
  const entries = own.flatMap((line, at) =>
    line.startsWith(`${begins}- `) ? [begin + at + 1] : []
  );
  return entries[index];
}

/** The line on which the entry begins that another line belongs to. */
function beginning(lines: readonly string[], line: number): number {
  const own = lines[line - 1] ?? "";
  if (/^\s*- /.test(own)) return line;
  const before = lines.slice(0, line - 1).findLastIndex((each) =>
    each.trim() !== "" && indentOf(each) < indentOf(own)
  );
  return before < 0 ? line : before + 1;
}

/** Whether a line is a key at the top of a policy. */
function isKey(line: string, name: string): boolean {
  return [`${name}:`, `"${name}":`].some((key) =>
    line.startsWith(key) || line.startsWith(`  ${key}`)
  );
}

/** Whether a line says `id: NAME` and nothing else, as the first or a later key of an entry. */
function hasId(line: string, name: string): boolean {
  const own = line.trim();
  const key = ["id:", '"id":', "- id:", '- "id":']
    .find((each) => own.startsWith(each));
  if (key === undefined) return false;
  const value = own.slice(key.length).trimStart();
  return [name, `"${name}"`, `'${name}'`].some((spelled) => {
    const rest = value.slice(spelled.length).trimStart();
    const isEnd = rest === "" || rest === "," || rest.startsWith("#");
    return value.startsWith(spelled) && isEnd;
  });
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

/** The number of the one line of its kind. */
function only(
  lines: readonly string[],
  isOne: (line: string) => boolean,
): number | undefined {
  const first = lines.findIndex(isOne);
  return first < 0 || first !== lines.findLastIndex(isOne)
    ? undefined
    : first + 1;
}
