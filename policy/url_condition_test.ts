import { assertEquals } from "@std/assert";
import type { Condition } from "./escalation.ts";
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

const DOES_NOT: readonly Case[] = [
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

for (const [want, cases] of [[true, HOLDS], [false, DOES_NOT]] as const) {
  for (const { when, url } of cases) {
    Deno.test(`holdsOfUrl() says ${want} of ${url} with ${JSON.stringify(when)}`, () => {
      assertEquals(holdsOfUrl(when, urlSpellings(new URL(url))), want);
    });
  }
}
