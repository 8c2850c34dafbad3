import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { HOSTILE_TEXTS, obeyed } from "../../tests/hostile/terminal_texts.ts";
import { pageHtml } from "./page_html.ts";

const BUILT = { script: "show()", style: "a{}", checker: "AA==" };

function pageOf(question: string, run_id = "r"): string {
  const line = JSON.stringify({ task: { question }, run_id });
  const bytes = new TextEncoder().encode(`${line}\n`);
  return pageHtml(new Map([["state.jsonl", bytes]]), BUILT);
}

Deno.test("pageHtml() allows its own script and style, Workers from it, and nothing else", async () => {
  const page = pageOf("What?");
  const [, policy = ""] =
    /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page) ?? [];
  const hash = async (text: string) =>
    new Uint8Array(
      await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)),
    ).toBase64();
  assertEquals(policy.split("; "), [
    "default-src 'none'",
    `script-src 'sha256-${await hash(BUILT.script)}'`,
    `style-src 'sha256-${await hash(BUILT.style)}'`,
    "worker-src blob:",
    "base-uri 'none'",
    "form-action 'none'",
  ]);
  assertEquals(/ style=| on\w+=|(?:src|href)=/.test(page), false);
});

Deno.test("pageHtml() says nothing of a check that was not made", () => {
  assertStringIncludes(pageOf("What?"), "nothing is checked yet");
  assertMatch(pageOf("What?"), /class="verdict checking"/);
});

Deno.test("pageHtml() makes no markup of what a run was asked", () => {
  const texts = [
    ...HOSTILE_TEXTS.map(({ text }) => text),
    "</title><script>alert(1)</script>",
    "<!--",
    "&lt;img src=x onerror=alert(1)&gt;",
  ];
  for (const text of texts) {
    const page = pageOf(text, text);
    assertEquals(obeyed(page), []);
    assertEquals(page.match(/<script/g)?.length, 3);
    assertEquals(page.includes("<img"), false);
  }
});

Deno.test("pageHtml() writes a run without a beginning", () => {
  const page = pageHtml(new Map(), BUILT);
  assertStringIncludes(page, "<title>Run report</title>");
});
