import { portOf } from "../../policy/url_text.ts";
import type { Env } from "../../runtime/env.ts";
import { dated } from "../../tools/data/dated.ts";
import type { FetchLike } from "../../tools/fetch.ts";
import type { PageText } from "../../tools/page/page_text.ts";

/** What a run reaches beyond its sandbox. */
export interface Network {
  readonly fetch: FetchLike;
  readonly resolve: Env["resolve"];
}

/** The network of this machine, within the permissions of the thread. */
const NETWORK: Network = {
  fetch: async (url, init) => dated(await fetch(url, init), Date.now()),
  resolve: lookUp,
};

/** An absent network: everything outside the corpus is unreachable. */
const NO_NETWORK: Network = {
  fetch: (url) =>
    Promise.reject(new TypeError(`There is no network in this run for ${url}`)),
  resolve: () => Promise.resolve(undefined),
};

/** The network of this machine when a run is `online`, else an absent one. */
export function networkFor(online: boolean): Network {
  return online ? NETWORK : NO_NETWORK;
}

/**
 * Asks the resolver that `fetch` asks too. With the port, the permission for
 * the URL's own port is enough.
 */
async function lookUp(url: URL) {
  const { lookup } = await import("node:dns");
  const { addressRange } = await addressRanges();
  const options = {
    all: true,
    port: Number(portOf(url)),
  } as const;
  return await new Promise<ReturnType<typeof addressRange>[]>(
    (resolve, reject) => {
      lookup(url.hostname, options, (error, found) => {
        if (error !== null) reject(error);
        else resolve(found.map(({ address }) => addressRange(address)));
      });
    },
  );
}

/** Its package is loaded only when a host is looked up. */
async function addressRanges(): Promise<
  typeof import("../../policy/rules/address_range.ts")
> {
  return await import(
    new URL("../../policy/rules/address_range.ts", import.meta.url).href
  );
}

/** Makes text of a page; the package for it is loaded only when there is one. */
export async function htmlText(html: string): Promise<PageText> {
  const module: typeof import("../../tools/page/html_text.ts") = await import(
    new URL("../../tools/page/html_text.ts", import.meta.url).href
  );
  return module.htmlText(html);
}
