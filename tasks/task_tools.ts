import type { Document } from "../tools/document.ts";
import type { FetchLike } from "../tools/fetch.ts";
import type { PageText } from "../tools/page/page_text.ts";
import type { Sandbox } from "../tools/sandbox/sandbox.ts";
import { standardTools } from "../tools/standard_tools.ts";
import type { Tool } from "../tools/tool.ts";
import { fixtureFetch, stagedDocuments } from "./corpus.ts";

/** What the tools of a task touch. */
export interface TaskToolsOptions {
  /** What is searched, and served at `FIXTURE_ORIGIN`. */
  readonly documents: readonly Document[];
  /** Holds `stagedDocuments(documents)` already. */
  readonly sandbox: Sandbox;
  /** Serves what is not a document of the corpus. */
  readonly fetch: FetchLike;
  /** Makes text of a page of HTML. */
  readonly htmlText: (html: string) => Promise<PageText>;
  /** How many bytes a fetched body may have. */
  readonly maxBytes?: number | undefined;
  /** Called with each URL before it is requested, from the corpus or the network. */
  readonly requested: (url: string) => void;
}

/** Makes the five tools over the documents of a task. */
export function taskTools(options: TaskToolsOptions): readonly Tool[] {
  const { documents, fetch, requested, ...others } = options;
  const staged = stagedDocuments(documents);
  const serve = fixtureFetch(staged, fetch);
  return standardTools({
    ...others,
    documents: staged,
    fetch: (url, init) => {
      requested(url);
      return serve(url, init);
    },
  });
}
