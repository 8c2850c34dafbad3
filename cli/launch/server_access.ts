import type { PolicyDocument } from "../../policy/document/document.ts";
import { portOf } from "../../policy/url_text.ts";

/** The host of an address, with its port. */
export function hostIn(text: string): readonly string[] {
  const url = URL.parse(text);
  return url === null ? [] : [`${url.hostname}:${portOf(url)}`];
}

/** The variables that the policy gives to servers. */
export function environmentOf({ mcp }: PolicyDocument): readonly string[] {
  const given = Object.values(mcp?.env ?? {});
  return [...new Set(given.map(({ from }) => from))];
}
