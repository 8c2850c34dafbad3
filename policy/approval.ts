import { SANDBOX_ROOT } from "../tools/sandbox.ts";
import { type Escalation, holds } from "./escalation.ts";
import { urlsOf } from "./facts.ts";
import type { Proposal, Rule } from "./rule.ts";

/** Leaves to a person what the policy does not decide alone; only the person's answer denies. */
export function approval(escalations: readonly Escalation[] = []): Rule {
  return {
    id: "approval",
    opinion(proposal) {
      const { name } = proposal;
      const asks = escalations.flatMap(({ tools, when = [], reason }, index) =>
        tools.includes(name) &&
          when.every((condition) =>
            spellings(proposal, condition.argument)
              .some((value) => holds(condition, value))
          )
          ? [{ clause: `escalate[${index}]`, reason }]
          : []
      );
      return asks.length === 0
        ? undefined
        : { effect: "escalate", asks, metadata: { tool: name } };
    },
  };
}

/** The value of an argument as the model wrote it, and as it is spelled where it leads. */
function spellings(proposal: Proposal, argument: string): readonly unknown[] {
  const { args: { value: args }, facts } = proposal;
  const value: unknown = typeof args === "object" && args !== null
    ? Object.getOwnPropertyDescriptor(args, argument)?.value
    : undefined;
  if (typeof value !== "string") return [value];
  return [
    value,
    ...spelledPaths(facts.paths.get(value)?.resolved),
    ...spelledUrls(urlsOf(proposal).get(value)),
  ];
}

/** However a policy may name a place below the sandbox. */
function spelledPaths(resolved: string | undefined): readonly string[] {
  if (resolved === undefined) return [];
  const place = resolved.replace(`${SANDBOX_ROOT}/`, "");
  return [place, `./${place}`, `/${place}`, `${place}/`, resolved];
}

/** However a policy may name what a URL asks for: a fragment is never sent. */
function spelledUrls(url: URL | undefined): readonly string[] {
  if (url === undefined) return [];
  const { href } = url;
  const sent = href.replace(/#.*$/, "").replace(/\?$/, "");
  return [href, sent, plainUrl(sent)];
}

/** Without percent-encoding and repeated slashes, which most servers do not tell apart. */
function plainUrl(href: string): string {
  const [, origin = "", rest = ""] = /^([^/]*\/\/[^/]*)(.*)$/.exec(href) ?? [];
  const decoded = rest.replace(/(?:%[0-9a-f]{2})+/gi, (escapes) => {
    try {
      return decodeURIComponent(escapes);
    } catch {
      return escapes;
    }
  });
  return origin + decoded.replace(/\/{2,}/g, "/");
}
