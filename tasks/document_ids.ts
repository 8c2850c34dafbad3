/**
 * The id of each document of a folder, in the order of the paths. That of a `.md`
 * or `.txt` file is its path without the extension, where no other document has
 * that id or path; every other id is the whole path. So no two are the same.
 */
export function documentIds(paths: readonly string[]): readonly string[] {
  const taken = new Set(paths);
  const counts = new Map<string, number>();
  for (const path of paths) {
    const short = withoutExtension(path);
    counts.set(short, (counts.get(short) ?? 0) + 1);
  }
  return paths.map((path) => {
    const short = withoutExtension(path);
    return taken.has(short) || counts.get(short) !== 1 ? path : short;
  });
}

function withoutExtension(path: string): string {
  return path.replace(/\.(md|txt)$/, "");
}
