import type { PackageFetch } from "./model_fetch.ts";

/** Where and how an adapter reaches a model. */
export interface ModelServer {
  /** The model's name at its provider. */
  readonly model: string;
  /** Without a slash at the end. */
  readonly baseUrl: string;
  /** Left out for a server that asks for none. */
  readonly key?: string | undefined;
  /** Sends the requests. */
  readonly fetch: PackageFetch;
}
