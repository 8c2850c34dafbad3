import { SANDBOX_ROOT } from "../../tools/sandbox/sandbox.ts";
import { urlsOf } from "../facts.ts";
import type { Proposal } from "../rule.ts";
import type { Node, Nodes } from "./nodes.ts";
import { urlSpellings } from "./url_spellings.ts";

/** What else a text among the arguments stands for, since the tool takes it for a path or a URL. */
export interface Readings {
  /** Whether the tool takes a value for a path or a URL. */
  isRead(node: Node): boolean;
  /** Where a path leads, from the sandbox on; `undefined` if the text is not a path that was looked up, or leads out of the sandbox. */
  placeOf(node: Node): string | undefined;
  /** The URL that would be fetched; `undefined` for what the tool does not fetch. */
  urlOf(node: Node): URL | undefined;
  /** All that servers may take the URL for; `undefined` when that is unknown. */
  spellingsOf(url: URL): readonly string[] | undefined;
}

/** Reads the arguments of one call as its tool does; what is spelled once is known. */
export function readingsOf(proposal: Proposal, nodes: Nodes): Readings {
  const { reads = [], writes = [], fetches = [] } = proposal.tool?.effects ??
    {};
  const paths = placesNamed([...reads, ...writes], nodes);
  const urls = placesNamed(fetches, nodes);
  let parsed: ReadonlyMap<string, URL> | undefined;
  const spelled = new Map<string, readonly string[] | undefined>();
  return {
    isRead: ({ path }) => paths().has(path) || urls().has(path),
    placeOf({ path, value }) {
      if (typeof value !== "string" || !paths().has(path)) return undefined;
      const resolved = proposal.facts.paths.get(value)?.resolved;
      if (resolved === SANDBOX_ROOT) return "";
      return resolved?.startsWith(`${SANDBOX_ROOT}/`)
        ? resolved.slice(SANDBOX_ROOT.length + 1)
        : undefined;
    },
    urlOf({ path, value }) {
      if (typeof value !== "string" || !urls().has(path)) return undefined;
      parsed ??= urlsOf(proposal);
      return parsed.get(value);
    },
    spellingsOf(url) {
      if (!spelled.has(url.href)) spelled.set(url.href, urlSpellings(url));
      return spelled.get(url.href);
    },
  };
}

/** The paths of arguments, and of the items of those that are lists. */
function placesNamed(
  names: readonly string[],
  nodes: Nodes,
): () => ReadonlySet<string> {
  let found: ReadonlySet<string> | undefined;
  return () =>
    found ??= new Set(
      names.flatMap((name) => nodes.named(name)).flatMap(({ path, value }) =>
        Array.isArray(value)
          ? value.map((_, index) => `${path}[${index}]`)
          : [path]
      ),
    );
}
