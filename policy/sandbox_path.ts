import {
  type PathFacts,
  type Sandbox,
  SANDBOX_ROOT,
} from "../tools/sandbox.ts";
import { argumentsNamed, type Opinion, type Rule } from "./rule.ts";

const MAX_PATH_BYTES = 4096;
const MAX_NAME_BYTES = 255;

/** Denies a call that would read or write outside the run's directory. */
export function sandboxPath(sandbox: Pick<Sandbox, "inspect">): Rule {
  return {
    id: "sandbox_path",
    opinion({ name, tool, args }) {
      const { reads = [], writes = [] } = tool?.effects ?? {};
      let allowed: Opinion | undefined;
      for (const { value } of argumentsNamed([...reads, ...writes], args)) {
        const { refusal, resolved } = judgePath(value, sandbox);
        const metadata = {
          tool: name,
          target_path: typeof value === "string"
            ? value.slice(0, MAX_PATH_BYTES).toWellFormed()
            : typeof value,
          ...resolved === undefined ? {} : { resolved_path: resolved },
          sandbox_root: SANDBOX_ROOT,
        };
        if (refusal !== undefined) {
          return { effect: "deny", reason: refusal, metadata };
        }
        allowed ??= { effect: "allow", metadata };
      }
      return allowed;
    },
  };
}

interface JudgedPath {
  readonly refusal?: string | undefined;
  readonly resolved?: string;
}

function judgePath(
  value: unknown,
  sandbox: Pick<Sandbox, "inspect">,
): JudgedPath {
  if (typeof value !== "string") return { refusal: "the path is not a string" };
  const refusal = refusalOfText(value);
  if (refusal !== undefined) return { refusal };
  const facts = sandbox.inspect(value);
  return { refusal: refusalOfFacts(facts), resolved: facts.resolved };
}

/** Paths are literal bytes: whatever another reader would decode is refused. */
function refusalOfText(path: string): string | undefined {
  if (path === "") return "the path is empty";
  if (path.includes("\0")) return "the path has a NUL character";
  if (path.includes("\\")) return "the path has a backslash";
  const segments = path.split("/");
  if (byteLength(path) > MAX_PATH_BYTES) {
    return `the path is longer than ${MAX_PATH_BYTES} bytes`;
  }
  if (segments.some((segment) => byteLength(segment) > MAX_NAME_BYTES)) {
    return `a name in the path is longer than ${MAX_NAME_BYTES} bytes`;
  }
  if (/^[a-z][a-z0-9+.-]*:/i.test(path)) return "the path has a URL scheme";
  if (/^\/+(proc|sys|dev)(\/|$)/.test(path)) {
    return "the path is under /proc, /sys or /dev";
  }
  if (segments.some(isDisguisedParent)) {
    return 'the path spells ".." in disguise';
  }
}

/** Whether percent-decoding or NFKC would turn a segment into one that has `..`. */
function isDisguisedParent(segment: string): boolean {
  let decoded = segment;
  let before: string;
  do {
    before = decoded;
    decoded = decodeOnce(before).normalize("NFKC");
  } while (decoded !== before);
  return decoded !== segment && decoded.split(/[/\\\0]/).includes("..");
}

/** Decodes `%u002e`, `%2e`, and UTF-8 in more bytes than need be: `%c0%ae`. */
function decodeOnce(text: string): string {
  const character = (code: number) => String.fromCharCode(code);
  return text
    .replace(/%u([0-9a-f]{4})/gi, (_, hex) => character(parseInt(hex, 16)))
    .replace(
      /%(?:c|e0%8|f0%80%8|f8%80%80%8|fc%80%80%80%8)([01])%([0-9a-f]{2})/gi,
      (_, high, low) => character(Number(high) * 64 + parseInt(low, 16) % 64),
    )
    .replace(/%([0-9a-f]{2})/gi, (_, hex) => character(parseInt(hex, 16)));
}

function refusalOfFacts(facts: PathFacts): string | undefined {
  if (!facts.inside) {
    return facts.viaLink
      ? "the path leads out of the sandbox through a link, or cannot be followed"
      : "the path is outside the sandbox";
  }
  if (facts.dotdotAfterLink) return 'the path has ".." after a link';
  if (facts.kind === "other") {
    return "the path is neither a file nor a directory";
  }
  if (facts.kind === "file" && facts.links > 1) {
    return "the file has another name (hard link)";
  }
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
