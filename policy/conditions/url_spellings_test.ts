import { assert, assertEquals } from "@std/assert";
import {
  canonicalOrigin,
  fullyDecoded,
  urlSpellings,
} from "./url_spellings.ts";

const HOST = "https://a.example";

/** Paths that some server takes for `/admin/x`, or for what is below it. */
const SPELLED = [
  "/admin/x",
  "/%61dmin/x",
  "/%2561dmin/x",
  "/%252561dmin/x",
  "/b/../admin/x",
  "/b/%2e%2E/admin/x",
  "/b/..%2fadmin/x",
  "/b/..%2Fadmin/x",
  "/b/..%252fadmin/x",
  "/b%2f..%2fadmin/x",
  "/.%2fadmin/x",
  "/%2e%2fadmin/x",
  "/%252e%252fadmin/x",
  "/./admin/x",
  "//admin/x",
  "/%2fadmin/x",
  "///admin///x",
  "/;/admin/x",
  "/;a=b/admin/x",
  "/admin;v=1/x",
  "/admin%3bv=1/x",
  "/b/..;/admin/x",
  "/b/..;a=b/admin/x",
  "/b/%2e%2e;/admin/x",
  "/b/..%3b/admin/x",
  "/c/a%2fb/%2e%2e;/%2e%2e;/admin/x",
  "//b/admin/x",
  "/%2fb/admin/x",
  "/admin./x",
  "/admin%20/x",
  "/b/..%20/admin/x",
  "/admin/x%3fa",
  "/admin/x%23a",
  "/b%3f%2f..%2fadmin/x",
  "/%EF%BD%81dmin/x",
  "/%EF%BC%8Fadmin/x",
  "/b/%EF%BC%8E%EF%BC%8E/admin/x",
  "/b/%E2%80%A5%EF%BC%8Fadmin/x",
  "/(S(x))/admin/x",
  "/(A(a)S(b)F(c))/admin/x",
  "/%28s%28x%29%29/admin/x",
  "/admin/(S(x))/x",
  "/admin::$INDEX_ALLOCATION/x",
  "/admin:$i30:$INDEX_ALLOCATION/x",
  "/admin%3A%3a%24index_allocation/x",
  "/admin/x::$DATA",
];

for (const path of SPELLED) {
  Deno.test(`urlSpellings() has /admin/x among those of ${path}`, () => {
    const spellings = urlSpellings(new URL(HOST + path));
    assert(spellings?.includes(`${HOST}/admin/x`), spellings?.join("\n"));
  });
}

const UNCLEAR = [
  "/100%",
  "/%zz",
  "/%2",
  "/b/..%u002fadmin",
  "/b/..%25u002fadmin",
  "/b/..%c0%afadmin",
  "/b/..%25c0%25afadmin",
  "/%e0%80%ae%e0%80%ae/admin",
  "/caf%e9",
  "/admin%00",
  "/admin%2500.png",
  "/ad%09min",
  "/ad%0amin",
  "/ad%7fmin",
  "/ad%c2%85min",
  "/b%5c..%5cadmin",
  "/b%255cadmin",
  `/%${"25".repeat(9)}61dmin`,
  "/?q=%zz",
  "/?q=%c0%af",
  `/?q=%${"25".repeat(9)}61`,
  `/${";%2525252f%252f../".repeat(60)}`,
];

for (const path of UNCLEAR) {
  Deno.test(`urlSpellings() cannot tell those of ${path.slice(0, 40)}`, () => {
    assertEquals(urlSpellings(new URL(HOST + path)), undefined);
  });
}

for (
  const { path, want } of [
    { path: "/", want: ["/", ""] },
    { path: "/a/b", want: ["/a/b", "/a/b/"] },
    { path: "/a:b/c", want: ["/a:b/c", "/a:b/c/"] },
    { path: "/a(b)/(c)", want: ["/a(b)/(c)", "/a(b)/(c)/"] },
    { path: "/a?b=c#d", want: ["/a", "/a?b=c", "/a/", "/a/?b=c"] },
    {
      path: "/a?b=%2541+c",
      want: ["", "?b=%2541+c", "?b=%2541 c", "?b=%41+c", "?b=%41 c"]
        .concat(["?b=A+c", "?b=A c"])
        .flatMap((query) => [`/a${query}`, `/a/${query}`]),
    },
    // What is decoded may have a percent sign of its own.
    { path: "/100%25", want: ["/100%25", "/100%25/", "/100%", "/100%/"] },
    {
      path: "/a?b=%5C%0a",
      want: ["/a", "/a?b=%5C%0a", "/a?b=\\\n"]
        .flatMap((each) => [each, each.replace("/a", "/a/")]),
    },
  ]
) {
  Deno.test(`urlSpellings() has these and no other of ${path}`, () => {
    assertEquals(
      urlSpellings(new URL(HOST + path))?.toSorted(),
      want.map((each) => HOST + each).toSorted(),
    );
  });
}

Deno.test("urlSpellings() has a bound, whatever the URL", () => {
  for (
    const unit of [
      "/a;b",
      "%2f",
      "/..;x",
      "//",
      "%252e",
      "/%2e%2e%3b/x",
      "/.",
      "?",
      "%3f",
      "/a.",
    ]
  ) {
    const url = new URL(HOST + "/" + unit.repeat(2000 / unit.length));
    const spellings = urlSpellings(url);
    assert(spellings === undefined || spellings.length <= 1024, unit);
  }
});

Deno.test("canonicalOrigin() leaves out what is no part of where a server is", () => {
  for (
    const [text, want] of [
      ["https://user:word@A.example.:443/x", "https://a.example"],
      ["http://a.example:8080", "http://a.example:8080"],
      ["https://a.example..", "https://a.example"],
      ["https://[::1]:444/", "https://[::1]:444"],
    ] as const
  ) assertEquals(canonicalOrigin(new URL(text)), want);
});

Deno.test("fullyDecoded() decodes what is encoded, and leaves what is not", () => {
  assertEquals(fullyDecoded("/%252561%c3%a9%20"), "/aé ");
  assertEquals(fullyDecoded("/%61%ff%"), "/%61%ff%");
});
