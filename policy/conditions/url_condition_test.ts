import { assertEquals } from "@std/assert";
import type { FirstCondition as Condition } from "./first_conditions.ts";
import { holdsOfUrl } from "./url_condition.ts";
import { urlSpellings } from "./url_spellings.ts";

interface Case {
  readonly when: Omit<Condition, "argument">;
  readonly url: string;
}

const HOLDS: readonly Case[] = [
  ...[
    "https://a.example/admin/",
    "https://A.example/admin/",
    "https://a.example:443/admin/",
    "https://a.example./admin/",
    "https://a.example/ADMIN/",
    "https://a.example/%61dmin/",
    "https://a.example/%2561dmin%2f",
  ].flatMap((starts_with) =>
    [
      "https://a.example/admin/",
      "https://a.example/admin/x?y#z",
      "https://a.example/admin",
      "https://a.example/Admin/x",
      "https://a.example./admin/x",
      "https://user@a.example/admin/x",
      "https://a.example/b/..%2fadmin/x",
    ].map((url) => ({ when: { starts_with }, url }))
  ),
  ...[
    "https://a.example/admin",
    "https://a.example/admin/",
    "https://a.example/admin?x",
    "https://a.example/admin/?x#y",
    "https://a.example/b/..;/admin",
  ].map((url) => ({ when: { equals: "https://a.example/admin" }, url })),
  { when: { equals: "https://a.example" }, url: "https://a.example/" },
  { when: { equals: "https://a.example:443" }, url: "https://a.example/" },
  {
    when: { starts_with: "https://a.example:443" },
    url: "https://a.example/b",
  },
  { when: { starts_with: "https://a.ex" }, url: "https://a.example/b" },
  {
    when: { starts_with: "https://b\u00fccher.example/" },
    url: "https://xn--bcher-kva.example/a",
  },
  {
    when: { starts_with: "https://a.example/caf\u00e9" },
    url: "https://a.example/x/..%2fcafe%CC%81",
  },
  {
    when: { starts_with: "https://a.example/a%20b" },
    url: "https://a.example/x/..%2fa%20b",
  },
  { when: { contains: "/admin" }, url: "https://a.example/x%2fadmin" },
  { when: { contains: "/Admin" }, url: "https://a.example/x/ADMIN" },
  {
    when: { contains: "role=admin" },
    url: "https://a.example/?role=%2561dmin",
  },
  {
    when: { contains: "role=an admin" },
    url: "https://a.example/?role=an+admin",
  },
  { when: { contains: "%2f" }, url: "https://a.example/a%2Fb" },
  // Where nobody can tell, the condition may as well be about something else.
  { when: { starts_with: "https://b.example/" }, url: "https://a.example/%" },
  { when: { equals: "https://b.example/" }, url: "https://a.example/%5c" },
  { when: { contains: "b.example" }, url: "https://a.example/%00" },
];

/** Spellings of one beginning that a policy may have. */
const ADMIN = [
  "https://a.example/x/../admin/",
  "https://a.example/x/%2e%2e/admin/",
  "https://a.example/x/..%2fadmin/",
  "https://a.example/./admin/",
  "https://a.example//admin//",
  "https://a.example\\admin\\",
  "https:/a.example/admin/",
  "https:a.example/admin/",
  "https:///a.example/admin/",
  "https:\\\\a.example/admin/",
  " https://a.example/admin/",
  "https://a.exam\nple/admin/",
  "https://me:word@a.example/admin/",
  "https://a.example/admin/#top",
  "a.example/admin/",
  "A.example:443/x/../admin/",
  "//a.example/admin/",
  "/admin/",
  "/x/../admin/",
  "//a.example//admin/",
];

const MEANT: readonly Case[] = [
  ...ADMIN.flatMap((text) => [
    { when: { starts_with: text }, url: "https://a.example/admin/x" },
    { when: { starts_with: text }, url: "https://a.example/b/..%2fadmin" },
    { when: { equals: text }, url: "https://a.example/admin/" },
    { when: { equals: text }, url: "https://a.example/admin" },
  ]),
  ...ADMIN.filter((text) => !text.includes("@") && !text.includes("#"))
    .map((contains) => ({
      when: { contains },
      url: "https://a.example/admin/x",
    })),
  { when: { starts_with: "a.example/admin/" }, url: "http://a.example/admin/" },
  { when: { equals: "a.example" }, url: "https://a.example/" },
  { when: { starts_with: "a.exam" }, url: "https://a.example/b" },
  {
    when: { starts_with: "https://a.example/x/.." },
    url: "https://a.example/b",
  },
  {
    when: { starts_with: "https://a.example/." },
    url: "https://a.example/.env",
  },
  { when: { starts_with: "https:" }, url: "https://a.example/b" },
  { when: { starts_with: "https:/" }, url: "https://a.example/b" },
  { when: { starts_with: "HTTPS://" }, url: "https://a.example/b" },
  { when: { starts_with: "https://10." }, url: "https://10.1.2.3/b" },
  ...[
    { equals: "https://b\u00fccher.example" },
    { equals: "b\u00fccher.example" },
    { starts_with: "b\u00fccher.example/" },
    { contains: "https://b\u00fccher.example" },
    { contains: "b\u00fccher.example" },
    { contains: "b\u00fccher.example/" },
  ].map((when) => ({ when, url: "https://xn--bcher-kva.example/" })),
];

/** Letters of which one case has several: a server that folds either way takes them for one. */
const CASES: readonly Case[] = [
  ...[
    ["admin", "adm%C4%B1n"],
    ["admin", "adm%C4%B0n"],
    ["adm\u0131n", "ADMIN"],
    ["adm\u0130n", "admin"],
    ["stra\u00dfe", "STRASSE"],
    ["STRASSE", "stra%C3%9Fe"],
    ["STRA\u1e9eE", "strasse"],
    ["\u03c3\u03bf\u03c6\u03cc\u03c2", "%CE%A3%CE%9F%CE%A6%CE%8C%CE%A3"],
    ["kasse", "%E2%84%AAa%C5%BF%C5%BFe"],
    ["\u0390", "%CE%AA%CC%81"],
  ].flatMap(([text, sent]) => [
    {
      when: { starts_with: `https://a.example/${text}` },
      url: `https://a.example/${sent}/x`,
    },
    { when: { contains: `/${text}` }, url: `https://a.example/${sent}x` },
    { when: { equals: `/${text}` }, url: `https://a.example/${sent}` },
  ]),
];

const DOES_NOT: readonly Case[] = [
  ...ADMIN.flatMap((text) => [
    { when: { starts_with: text }, url: "https://a.example/administration" },
    { when: { equals: text }, url: "https://a.example/admin/x" },
    { when: { starts_with: text }, url: "https://a.example/x/admin/" },
    { when: { contains: text }, url: "https://a.example/adm" },
  ]),
  { when: { starts_with: "https://a.example/." }, url: "https://a.example/b" },
  {
    when: { starts_with: "a.example/admin/" },
    url: "https://b.example/admin/",
  },
  { when: { starts_with: "https:" }, url: "http://a.example/" },
  { when: { equals: "a.example" }, url: "https://a.example/b" },
  { when: { contains: "a@b" }, url: "https://b.example/" },
  { when: { contains: "/.." }, url: "https://a.example/b" },
  { when: { contains: "." + "." }, url: "https://a.example/b" },
  ...[
    "https://a.example/",
    "https://a.example/administration-guide",
    "https://a.example/admin-guide/",
    "https://a.example/admin.html",
    "https://a.example/x/admin/",
    "https://a.example/x/;/admin/",
    "https://a.example/x/%2e/admin/",
    "https://a.example/admi/n/",
    "https://a.example/%2561dministration/",
    "https://a.example/?next=/admin/",
    "https://a.example/?next=%2e%2e%2fadmin%2f",
    "https://a.example/#/admin/",
    "https://a.example/admin/../x",
    "https://a.example/docs/100%25/",
    "https://a.example/a%20b/%C3%A9",
    "https://b.example/admin/",
    "https://a.example.b.example/admin/",
    "https://a.example:8443/admin/",
    "http://a.example/admin/",
  ].map((url) => ({ when: { starts_with: "https://a.example/admin/" }, url })),
  {
    when: { equals: "https://a.example/admin" },
    url: "https://a.example/admin/x",
  },
  {
    when: { equals: "https://a.example/admin" },
    url: "https://a.example/admins",
  },
  { when: { starts_with: "https://a.example:44" }, url: "https://a.example/" },
  { when: { contains: "%2f" }, url: "https://a.example/a/b" },
  { when: { contains: "/admin" }, url: "https://a.example/x-admin" },
  // What is no text is compared with the argument alone.
  { when: { longer_than: 1 }, url: "https://a.example/%" },
  { when: { greater_than: 1 }, url: "https://a.example/%" },
  { when: { equals: 1 }, url: "https://a.example/%" },
];

for (
  const [want, cases] of [[true, [...HOLDS, ...MEANT, ...CASES]], [
    false,
    DOES_NOT,
  ]] as const
) {
  for (const { when, url } of cases) {
    Deno.test(`holdsOfUrl() says ${want} of ${url} with ${JSON.stringify(when)}`, () => {
      assertEquals(holdsOfUrl(when, urlSpellings(new URL(url))), want);
    });
  }
}
