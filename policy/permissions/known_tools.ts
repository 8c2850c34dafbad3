import type { Label } from "../../tools/label.ts";

/** What is known of a tool of Claude Code. */
export interface ClaudeTool {
  readonly reads?: readonly string[];
  readonly writes?: readonly string[];
  readonly fetches?: readonly string[];
  readonly labels: readonly Label[];
  /** Whether it runs without a question when no rule is about it, below the working directory. */
  readonly isFree?: boolean;
}

/** The tools of Claude Code that an imported policy has even when no rule names them. */
export const CLAUDE_TOOLS: ReadonlyMap<string, ClaudeTool> = new Map(
  Object.entries<ClaudeTool>({
    Read: { reads: ["file_path"], labels: ["private"], isFree: true },
    Grep: { reads: ["path"], labels: ["private"], isFree: true },
    Glob: { reads: ["path"], labels: ["private"], isFree: true },
    Edit: {
      reads: ["file_path"],
      writes: ["file_path"],
      labels: ["private", "sink"],
    },
    Write: { writes: ["file_path"], labels: ["sink"] },
    NotebookEdit: { writes: ["notebook_path"], labels: ["sink"] },
    Bash: { labels: ["private", "untrusted", "sink"] },
    WebFetch: { fetches: ["url"], labels: ["untrusted", "sink"] },
    WebSearch: { labels: ["untrusted", "sink"] },
    TodoWrite: { labels: [], isFree: true },
    TaskCreate: { labels: [], isFree: true },
    TaskGet: { labels: [], isFree: true },
    TaskList: { labels: [], isFree: true },
    TaskUpdate: { labels: [], isFree: true },
  }),
);

/** Tools that are known as well, but are there only where a rule names them. */
export const RARER_TOOLS: ReadonlyMap<string, ClaudeTool> = new Map(
  Object.entries<ClaudeTool>({
    Agent: { labels: ["private", "untrusted"] },
    Task: { labels: ["private", "untrusted"] },
    Monitor: { labels: ["private", "untrusted", "sink"] },
  }),
);

/** Tools that a rule without a specifier is about as well, where it denies or asks. */
const FAMILIES: Readonly<Record<string, readonly string[]>> = {
  Read: ["Grep", "Glob", "Edit", "Write"],
  Edit: ["Write", "NotebookEdit", "MultiEdit"],
  Bash: ["Monitor"],
  Agent: ["Task"],
  Task: ["Agent"],
};

/** The tool, and others that are denied or asked about with it. */
export function withItsFamily(tool: string): readonly string[] {
  return [tool, ...FAMILIES[tool] ?? []];
}

/** Where even an allowed edit is asked about, wherever it is: what configures tools that run later. */
export const PROTECTED_PATHS: readonly string[] = [
  ...[".git", ".config/git", ".vscode", ".idea", ".husky", ".cargo"],
  ...[".devcontainer", ".yarn", ".mvn", ".claude"],
].flatMap((folder) => [`**/${folder}/**`]).concat(
  [
    ...[".gitconfig", ".gitmodules", ".bashrc", ".bash_profile"],
    ...[".bash_login", ".bash_aliases", ".bash_logout", ".zshrc", ".zprofile"],
    ...[".zshenv", ".zlogin", ".zlogout", ".profile", ".envrc", ".npmrc"],
    ...[".yarnrc", ".yarnrc.yml", ".pnp.cjs", ".pnp.loader.mjs"],
    ...[".pnpmfile.cjs", "bunfig.toml", ".bunfig.toml", ".bazelrc"],
    ...[".bazelversion", ".bazeliskrc", ".pre-commit-config.yaml"],
    ...["lefthook.yml", "lefthook.yaml", ".lefthook.yml", ".lefthook.yaml"],
    ...["gradle-wrapper.properties", "maven-wrapper.properties"],
    ...[".devcontainer.json", ".ripgreprc", "pyrightconfig.json"],
    ...[".mcp.json", ".claude.json"],
  ].map((file) => `**/${file}`),
);

/** Where a command begins, also after others, assignments and what only starts it. */
const BEGINNING =
  "(?:^|[;&|({`\\n])\\s*(?:\\w+=\\S*\\s+)*(?:(?:timeout|time|nice|nohup|stdbuf|command|builtin|noglob|xargs|sudo|env|exec)\\s+(?:\\S+\\s+)*)?";

const NAMES_FILES = [
  ...["cat", "tac", "head", "tail", "less", "more", "nl", "od", "xxd"],
  ...["hexdump", "strings", "sed", "awk", "gawk", "grep", "egrep", "fgrep"],
  ...["rg", "ag", "find", "fd", "ls", "tree", "stat", "file", "wc", "sort"],
  ...["uniq", "cut", "paste", "join", "comm", "diff", "cmp", "tee", "touch"],
  ...["cp", "mv", "rm", "rmdir", "mkdir", "ln", "install", "dd", "truncate"],
  ...["chmod", "chown", "tar", "zip", "unzip", "gzip", "gunzip", "bzip2"],
  ...["xz", "rsync", "scp", "base64", "split", "jq", "yq", "source", "du"],
  ...["readlink", "realpath", "shred", "patch", "vi", "vim", "nano", "ed"],
];

/** Found in commands that read, change or list files which their arguments name. */
export const FILE_COMMANDS = `[<>]|${BEGINNING}(?:${NAMES_FILES.join("|")})\\b`;

/** Removals, of which some are never approved by a rule. */
export const REMOVALS = "\\b(?:rm|rmdir)\\b";
