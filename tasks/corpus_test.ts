import { assertEquals, assertNotEquals } from "@std/assert";
import type { Document } from "../tools/document.ts";
import type { FetchLike, FetchResponse } from "../tools/fetch.ts";
import {
  corpusSnapshot,
  fixtureFetch,
  fixtureResolve,
  stagedDocuments,
} from "./corpus.ts";

const DOCUMENTS: readonly Document[] = [
  { id: "op-1", path: "op-1.md", text: "# One\n\nÄ €\n" },
  { id: "notes/two", path: "notes/two.txt", text: "Two\n" },
];

const INIT = {
  redirect: "manual",
  signal: new AbortController().signal,
} as const;

const ELSEWHERE: FetchResponse = {
  status: 204,
  headers: { get: () => null },
  body: null,
};

/** A network that keeps what it is asked for. */
function fakeNetwork() {
  const asked: (readonly [url: string, init: unknown])[] = [];
  const network: FetchLike = (url, init) => {
    asked.push([url, init]);
    return Promise.resolve(ELSEWHERE);
  };
  return { asked, network };
}

async function textOf({ body }: FetchResponse): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const piece of body ?? []) {
    text += decoder.decode(piece, { stream: true });
  }
  return text;
}

Deno.test("stagedDocuments() puts every document below corpus/", () => {
  assertEquals(stagedDocuments(DOCUMENTS), [
    { id: "op-1", path: "corpus/op-1.md", text: "# One\n\nÄ €\n" },
    { id: "notes/two", path: "corpus/notes/two.txt", text: "Two\n" },
  ]);
});

const SERVED = [
  {
    url: "https://fixtures.local/op-1",
    status: 200,
    type: "text/markdown; charset=utf-8",
    text: "# One\n\nÄ €\n",
  },
  {
    url: "https://fixtures.local/notes/two",
    status: 200,
    type: "text/plain; charset=utf-8",
    text: "Two\n",
  },
  {
    url: "https://fixtures.local:443/notes%2Ftwo?part=1#end",
    status: 200,
    type: "text/plain; charset=utf-8",
    text: "Two\n",
  },
  ...[
    "https://fixtures.local/",
    "https://fixtures.local/op-2",
    "https://fixtures.local/op-1.md",
    "https://fixtures.local/OP-1",
    "https://fixtures.local/op-1/",
    "https://fixtures.local/__proto__",
    "https://fixtures.local/constructor",
    "https://fixtures.local/%",
    "https://fixtures.local/%ff",
    "https://fixtures.local/op-1%00",
  ].map((url) => ({
    url,
    status: 404,
    type: "text/plain; charset=utf-8",
    text: "no such document\n",
  })),
];

for (const { url, status, type, text } of SERVED) {
  Deno.test(`fixtureFetch() answers ${status} for ${url}`, async () => {
    const { asked, network } = fakeNetwork();
    const response = await fixtureFetch(DOCUMENTS, network)(url, INIT);
    assertEquals(
      [
        response.status,
        response.headers.get("Content-Type"),
        await textOf(response),
      ],
      [status, type, text],
    );
    assertEquals(response.headers.get("location"), null);
    assertEquals(asked, []);
  });
}

const OTHERS = [
  "http://fixtures.local/op-1",
  "https://fixtures.local:8443/op-1",
  "https://fixtures.local.example/op-1",
  "https://example.com/op-1",
];

for (const url of OTHERS) {
  Deno.test(`fixtureFetch() leaves ${url} to the network`, async () => {
    const { asked, network } = fakeNetwork();
    const response = await fixtureFetch(DOCUMENTS, network)(url, INIT);
    assertEquals(response, ELSEWHERE);
    assertEquals(asked, [[url, INIT]]);
  });
}

Deno.test("corpusSnapshot() is one SHA-256 over the hash and the path of each document", () => {
  assertEquals(corpusSnapshot(DOCUMENTS), {
    sha256: "f2dd574ee98f9372b28f1ed0993d835e3c6f6101efa0edf5578bfa5658498a00",
    documents: 2,
  });
  assertEquals(corpusSnapshot([]), {
    sha256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    documents: 0,
  });
});

Deno.test("corpusSnapshot() does not depend on the order", () => {
  assertEquals(
    corpusSnapshot(DOCUMENTS.toReversed()),
    corpusSnapshot(DOCUMENTS),
  );
});

const CHANGED: readonly {
  readonly name: string;
  readonly documents: readonly Document[];
}[] = [
  {
    name: "text",
    documents: DOCUMENTS.map((each) => ({ ...each, text: `${each.text} ` })),
  },
  {
    name: "path",
    documents: DOCUMENTS.map((each) => ({ ...each, path: `a/${each.path}` })),
  },
  { name: "number of documents", documents: DOCUMENTS.slice(1) },
  {
    name: "assignment of texts to paths",
    documents: DOCUMENTS.map((each, index) => ({
      ...each,
      text: DOCUMENTS[1 - index]?.text ?? "",
    })),
  },
];

for (const { name, documents } of CHANGED) {
  Deno.test(`corpusSnapshot() changes with the ${name}`, () => {
    assertNotEquals(
      corpusSnapshot(documents).sha256,
      corpusSnapshot(DOCUMENTS).sha256,
    );
  });
}

for (
  const { url, asked: want } of [
    { url: "https://fixtures.local/op-1", asked: false },
    { url: "https://fixtures.local:443/", asked: false },
    { url: "http://fixtures.local/op-1", asked: true },
    { url: "https://fixtures.local:8443/op-1", asked: true },
    { url: "https://op.fixtures.local/op-1", asked: true },
    { url: "https://fixtures.local.test/op-1", asked: true },
    { url: "https://other.test/op-1", asked: true },
  ]
) {
  Deno.test(`fixtureResolve() ${want ? "asks for" : "looks up no"} host of ${url}`, async () => {
    const asked: unknown[] = [];
    const addresses = [{ address: "8.8.8.8", range: "unicast" }];
    const resolve = fixtureResolve((given, signal) => {
      asked.push([given.href, signal]);
      return Promise.resolve(addresses);
    });
    assertEquals(
      await resolve(new URL(url), INIT.signal),
      want ? addresses : undefined,
    );
    assertEquals(asked, want ? [[new URL(url).href, INIT.signal]] : []);
  });
}
