import { SANDBOX_ROOT } from "../../tools/sandbox/sandbox.ts";
import { type FirstCondition, holds } from "./first_conditions.ts";
import { urlsOf } from "../facts.ts";
import type { Proposal } from "../rule.ts";
import { plainPath } from "./plain_path.ts";
import { holdsOfUrl } from "./url_condition.ts";
import { urlSpellings } from "./url_spellings.ts";

/**
 * Makes the function that says whether a condition holds of a call: of its
 * argument as the model wrote it, of a spelling of the place where a path leads,
 * or of a URL that a server may take it for.
 */
export function conditionsOn(
  proposal: Proposal,
): (condition: FirstCondition) => boolean {
  const { args: { value: args }, facts } = proposal;
  /** Parsed when a condition is on a text, since most calls have none. */
  let urls: ReadonlyMap<string, URL> | undefined;
  /** Each URL is spelled once, however many conditions there are. */
  const spelled = new Map<string, readonly string[] | undefined>();

  function spellingsOf(value: string, url: URL): readonly string[] | undefined {
    if (!spelled.has(value)) spelled.set(value, urlSpellings(url));
    return spelled.get(value);
  }

  return (condition) => {
    const value: unknown = typeof args === "object" && args !== null
      ? Object.getOwnPropertyDescriptor(args, condition.argument)?.value
      : undefined;
    if (holds(condition, value)) return true;
    if (typeof value !== "string") return false;
    const places = spelledPaths(facts.paths.get(value)?.resolved);
    if (places.some((place) => holds(condition, place))) return true;
    const plain = withPlainPath(condition);
    if (
      places.some((place) => !place.startsWith("./") && holds(plain, place))
    ) return true;
    urls ??= urlsOf(proposal);
    const url = urls.get(value);
    return url !== undefined &&
      (holds(condition, url.href) ||
        holdsOfUrl(condition, spellingsOf(value, url)));
  };
}

/** However a policy may name a place below the sandbox. */
function spelledPaths(resolved: string | undefined): readonly string[] {
  if (resolved === undefined) return [];
  if (resolved === SANDBOX_ROOT) {
    return ["", ".", "./", "/", SANDBOX_ROOT, `${SANDBOX_ROOT}/`];
  }
  const place = resolved.replace(`${SANDBOX_ROOT}/`, "");
  return [place, `./${place}`, `/${place}`, resolved]
    .flatMap((each) => [each, `${each}/`]);
}

/** A condition on a text with that text as a path is resolved. */
function withPlainPath(condition: FirstCondition): FirstCondition {
  const { equals, starts_with, contains } = condition;
  if (typeof equals === "string") {
    return { ...condition, equals: plainPath(equals, { whole: true }) };
  }
  if (starts_with !== undefined) {
    return { ...condition, starts_with: plainPath(starts_with) };
  }
  // The part `a/..` names nothing that every path has.
  const part = contains === undefined ? "" : plainPath(contains);
  return part === "" ? condition : { ...condition, contains: part };
}
