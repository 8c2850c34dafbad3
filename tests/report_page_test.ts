/**
 * Report pages in a real browser: what they say of a record, what they show, and that
 * they ask for nothing and execute nothing but their own code.
 *
 * @module
 */
/// <reference lib="dom" />
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Buffer } from "node:buffer";
import { hash } from "node:crypto";
import type { Browser, Page } from "playwright-core";
import { join } from "../deps.ts";
import { bytesSource } from "../evidence/artifact_source.ts";
import type { Artifacts } from "../evidence/artifacts.ts";
import { memorySink } from "../evidence/artifacts.ts";
import { attest } from "../evidence/attest/attestation.ts";
import { importSigningKey } from "../evidence/attest/signing_key.ts";
import { type BuiltPage, pageHtml } from "../evidence/page/page_html.ts";
import { runFiles } from "../evidence/page/run_files.ts";
import { readLedger } from "../evidence/read_ledger.ts";
import { recordRun } from "../evidence/recording/record_run.ts";
import { redecide } from "../evidence/replay/redecide.ts";
import { verdictText } from "../evidence/replay/verdict_text.ts";
import { verifyRun } from "../evidence/verify/decisions/verify_run.ts";
import { loadPolicy } from "../policy/document/load.ts";
import policyText from "../policy/v1.yaml" with { type: "text" };
import { agentLoop } from "../runtime/loop.ts";
import { idleEnv, longRun } from "./bench/long_run.ts";
import { hasNoChromium, openFile, startChromium } from "./browser/chromium.ts";
import {
  EXAMPLE_KEYID,
  EXAMPLE_PRIVATE_KEY,
  EXAMPLE_PUBLIC_KEY,
} from "./example_key.ts";
import {
  eventsIn,
  linesOf,
  rechained,
  recorded,
  VOLATILE,
  withLines,
} from "./forgery.ts";
import { HOSTILE_TEXTS, obeyed } from "./hostile/terminal_texts.ts";
import { BUILT } from "./page_build.ts";
import { committedRuns, filesOfRun } from "./page_runs.ts";
import { lacks } from "./permissions.ts";
import { PROJECT, temporaryFolder, warmProgram } from "./program.ts";
import { REHEARSALS } from "./rehearsals.ts";
import { IS_FULL, SAMPLED, someOf } from "./sample.ts";

const ignore = lacks("read", "write", "run", "env", "sys") ||
  hasNoChromium();

type Files = ReadonlyMap<string, Uint8Array>;

function built(): BuiltPage {
  return JSON.parse(Deno.readTextFileSync(BUILT));
}

function filesOf(artifacts: Artifacts): Files {
  const encoder = new TextEncoder();
  return new Map(
    [...artifacts].map(([name, text]) => [name, encoder.encode(text)]),
  );
}

let running: Promise<Browser & AsyncDisposable> | undefined;

/** One browser for all tests of this file. */
function browser(): Promise<Browser & AsyncDisposable> {
  return running ??= startChromium();
}

/** A page of its own in the browser; what it says and asks for must be nothing. */
async function withPage(
  html: string,
  look: (page: Page, folder: string) => Promise<void>,
  options: Parameters<typeof openFile>[2] & { readonly mayComplain?: true } =
    {},
): Promise<void> {
  using folder = temporaryFolder();
  const path = join(folder.path, "report.html");
  Deno.writeTextFileSync(path, html);
  const { mayComplain, ...open } = options;
  const { page, said, requests } = await openFile(await browser(), path, open);
  try {
    await look(page, folder.path);
    assertEquals(requests, []);
    if (mayComplain !== true) assertEquals(said, []);
  } finally {
    await page.close();
  }
}

/** Waits until the check is over; returns what the line at the top is worth. */
async function verdictOf(page: Page): Promise<string> {
  const line = page.locator("#verdict:not(.checking)");
  await line.waitFor({ timeout: 60_000 });
  const classes = await line.getAttribute("class") ?? "";
  return classes.replace("verdict ", "");
}

async function codesOf(page: Page): Promise<readonly string[]> {
  return await page.locator("#verdict .findings code").allTextContents();
}

/** Tests share one browser, which a sanitizer would take for a leak. */
function browserTest(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, ignore, sanitizeOps: false, sanitizeResources: false, fn });
}

const OTHER_POLICY = policyText.replace("fetch, read", "read")
  .replace("max_iterations: 10", "max_iterations: 3");

browserTest(
  `a page opens a committed run from file://, checks it, and changes the same decisions as replay (${SAMPLED})`,
  async () => {
    using folder = temporaryFolder();
    const other = join(folder.path, "other.yaml");
    Deno.writeTextFileSync(other, OTHER_POLICY);
    const { stdout } = await warmProgram(
      ["replay", join(PROJECT, "runs"), "--policy", other, "--json"],
      { cwd: PROJECT },
    );
    const replayed: readonly { run: string; seq: number }[] =
      JSON.parse(stdout).flips;
    const opened = async (run: string) => {
      const files = filesOfRun(run);
      const { events } = readLedger(
        files.get("state.jsonl") ?? new Uint8Array(),
      );
      const { flips } = redecide(events, loadPolicy(OTHER_POLICY, "other"));
      await withPage(pageHtml(files, built()), async (page) => {
        assertEquals(await verdictOf(page), "ok", run);
        assertStringIncludes(
          await page.locator("#verdict").innerText(),
          `${events.length} events`,
        );
        await page.getByRole("tab", { name: "What if" }).click();
        await page.locator("#policy").fill(OTHER_POLICY);
        await page.locator(".flips p", { hasText: /^\d+ of / }).waitFor();
        const listed = await page.locator(".fliplist li").evaluateAll((items) =>
          items.map((item) => [
            Number(item.getAttribute("data-seq")),
            [...item.querySelectorAll("b")].map((each) => each.textContent),
          ])
        );
        assertEquals(
          listed,
          flips.map((
            { seq, was, is },
          ) => [seq, [verdictText(was), verdictText(is)]]),
        );
        const own = replayed.filter((flip) => run.endsWith(flip.run));
        assertEquals(
          flips.map(({ seq }) => seq),
          own.map(({ seq }) => seq),
          run,
        );
      });
    };
    // A page mostly waits, so that some can be open at once.
    const left = someOf(committedRuns(), 6).values();
    const queues = Array.from({ length: 4 }, async () => {
      for (const run of left) await opened(run);
    });
    await Promise.all(queues);
  },
);

const DENIED = join(PROJECT, "runs/policy_gates/pg1_off_allowlist_url");

/** Ways to tamper with a run, each with what it gives away. */
const TAMPERED: readonly {
  readonly what: string;
  readonly made: () => Promise<Artifacts>;
  readonly code: string;
}[] = [
  {
    what: "a changed line",
    made: () => changed((text) => text.replace('"hi"', '"ho"')),
    code: "wrong_hash",
  },
  {
    what: "a dropped line",
    made: async () => {
      const artifacts = await recorded(REHEARSALS.one_call());
      return withLines(artifacts, linesOf(artifacts).toSpliced(3, 1));
    },
    code: "chain_broken",
  },
  {
    what: "a line that is no event",
    made: withDreamtCall,
    code: "not_an_event",
  },
  {
    what: "a decision that the policy does not make",
    made: async () => {
      const artifacts = await recorded(REHEARSALS.denied_call());
      return rechained(
        artifacts,
        eventsIn(artifacts).map((event) =>
          event.type === "policy_checked"
            ? {
              ...event,
              decision: "allow",
              rule_id: null,
              reason: null,
            } as const
            : event
        ),
      );
    },
    code: "not_as_decided",
  },
  {
    what: "another report",
    made: () =>
      changed(
        (text) => text.replace("denied nothing", "denied all"),
        "run_report.md",
      ),
    code: "differs",
  },
  {
    what: "another trace",
    made: () => changed((text) => text.replace("echo", "ecco"), "trace.json"),
    code: "differs",
  },
  {
    what: "another manifest",
    made: () =>
      changed(
        (text) => text.replace('"seed": 7', '"seed": 8'),
        "manifest.json",
      ),
    code: "differs",
  },
  {
    what: "no trace",
    made: async () => {
      const artifacts = new Map(await recorded({}));
      artifacts.delete("trace.json");
      return artifacts;
    },
    code: "file_missing",
  },
];

async function changed(
  change: (text: string) => string,
  name = "state.jsonl",
): Promise<Artifacts> {
  const artifacts = await recorded(REHEARSALS.one_call());
  const text = artifacts.get(name) ?? "";
  const other = change(text);
  assert(text !== other, name);
  return new Map([...artifacts, [name, other]]);
}

/** A record with an event of a type that does not exist, sealed like the others. */
async function withDreamtCall(): Promise<Artifacts> {
  const artifacts = await recorded(REHEARSALS.one_call());
  const lines = linesOf(artifacts).map((line) => {
    const changed = line.replace(
      '"type":"step_finished"',
      '"type":"call_dreamt"',
    );
    if (changed === line) return line;
    const [body = ""] = changed.split(',"hash":');
    return `${body},"hash":"${hash("sha256", body)}"}`;
  });
  return withLines(artifacts, lines);
}

browserTest(
  "a page shows what is wrong with a record, as verify finds it, and is never green",
  async () => {
    for (const { what, made, code } of TAMPERED) {
      const files = filesOf(await made());
      const { findings } = verifyRun(bytesSource(files));
      assert(findings.some((each) => each.code === code), what);
      await withPage(pageHtml(files, built()), async (page) => {
        assertEquals(await verdictOf(page), "bad", what);
        assertEquals(
          (await codesOf(page)).slice(0, 12),
          findings.map((each) => each.code).slice(0, 12),
          what,
        );
      });
    }
  },
);

browserTest("a page shows a line of an unknown type as it is", async () => {
  const files = filesOf(await withDreamtCall());
  const seq = linesOf(await recorded(REHEARSALS.one_call()))
    .findIndex((line) => line.includes('"type":"step_finished"'));
  await withPage(pageHtml(files, built()), async (page) => {
    await verdictOf(page);
    assertStringIncludes(
      await page.locator("aside").innerText(),
      "call_dreamt",
    );
  }, { hash: `#e${seq}` });
});

browserTest("a page of a run that broke off says so", async () => {
  const artifacts = await recorded(REHEARSALS.one_call());
  const lines = linesOf(artifacts).slice(0, 5);
  const files = filesOf(withLines(new Map([["state.jsonl", ""]]), lines));
  await withPage(pageHtml(files, built()), async (page) => {
    assertEquals(await verdictOf(page), "open");
    assertEquals(await codesOf(page), ["run_unfinished"]);
  });
});

browserTest(
  "a browser executes nothing that was changed in a page, and verify --report finds a forged one",
  async () => {
    const files = filesOfRun(DENIED);
    const honest = pageHtml(files, built());
    const edited = honest.replace("was denied", "was allowed");
    await withPage(edited, async (page, folder) => {
      assertEquals(
        await page.locator("#verdict").getAttribute("class"),
        "verdict checking",
      );
      await refuses(folder, "other_page");
    }, { mayComplain: true });

    // A forger who makes a page of his own can make it say anything.
    const script =
      `document.getElementById("verdict").className = "verdict ok"`;
    await withPage(
      pageHtml(files, { ...built(), script }),
      async (page, folder) => {
        assertEquals(await verdictOf(page), "ok");
        await refuses(folder, "other_page");
      },
    );
    const forged = filesOf(
      await changed((text) => text.replace('"hi"', '"ho"')),
    );
    await withPage(
      pageHtml(forged, { ...built(), script }),
      async (page, folder) => {
        assertEquals(await verdictOf(page), "ok");
        await refuses(folder, "wrong_hash");
      },
    );
  },
);

async function refuses(folder: string, code: string): Promise<void> {
  const { code: exit, stdout } = await warmProgram(
    ["verify", "--report", join(folder, "report.html")],
    { cwd: folder },
  );
  assertEquals(exit, 2, stdout);
  assertStringIncludes(stdout, `${code}: `);
}

browserTest(
  "a page says by which key a run was signed, and that another key did not sign it",
  async () => {
    const files = filesOfRun(DENIED);
    const { digests } = verifyRun(bytesSource(files));
    const text = (name: string) => new TextDecoder().decode(files.get(name));
    const key = await importSigningKey(EXAMPLE_PRIVATE_KEY, crypto.subtle);
    const sha256 = (name: keyof typeof digests) => digests[name]?.sha256 ?? "";
    const attestation = await attest({
      manifest: text("manifest.json"),
      digests: {
        "state.jsonl": sha256("state.jsonl"),
        "trace.json": sha256("trace.json"),
        "run_report.md": sha256("run_report.md"),
        "manifest.json": sha256("manifest.json"),
      },
    }, key);
    const signed = new Map([
      ...files,
      ...filesOf(new Map([["attestation.json", attestation]])),
    ]);
    const pem = (key: string) => ({
      name: "key.pub",
      mimeType: "text/plain",
      buffer: Buffer.from(key),
    });
    await withPage(pageHtml(signed, built()), async (page) => {
      assertEquals(await verdictOf(page), "ok");
      await page.setInputFiles("#key", pem(EXAMPLE_PUBLIC_KEY));
      await page.locator("#verdict .signed").waitFor();
      assertStringIncludes(
        await page.locator("#verdict").innerText(),
        EXAMPLE_KEYID,
      );
      await page.setInputFiles("#key", pem("not a key"));
      await page.locator("#verdict.bad").waitFor();
    });
    await withPage(pageHtml(files, built()), async (page) => {
      await verdictOf(page);
      await page.setInputFiles("#key", pem(EXAMPLE_PUBLIC_KEY));
      await page.locator("#verdict.bad").waitFor();
      assertStringIncludes(
        await page.locator("#verdict").innerText(),
        "Not signed by this key",
      );
    });
  },
);

browserTest("a page is a redacted view where the policy redacts", async () => {
  const artifacts = await recorded({
    script: [
      { calls: [{ tool: "echo", args: { text: "hunter2-secret" } }] },
      { answer: "It is hunter2-secret." },
    ],
    policy: { redact: { patterns: ["hunter2[a-z-]*"] } },
  });
  const source = bytesSource(filesOf(artifacts));
  const view = runFiles(source, { name: "run", withRecord: false });
  const html = pageHtml(view.files, built());
  assertEquals(html.includes(btoa("hunter2-secret").slice(2, 10)), false);
  await withPage(html, async (page) => {
    assertEquals(await verdictOf(page), "unknown");
    const text = await page.locator("body").innerText();
    assertStringIncludes(text, "it cannot be verified");
    assertStringIncludes(text, "It is [redacted].");
    assertEquals(text.includes("hunter2-"), false);
  });
  const whole = runFiles(source, { name: "run", withRecord: true });
  await withPage(pageHtml(whole.files, built()), async (page) => {
    assertEquals(await verdictOf(page), "ok");
  });
});

browserTest(
  "axe finds nothing serious in a page, light or dark, wide or narrow, in any tab",
  async () => {
    const axe: string = (await import("axe-core")).default.source;
    const html = pageHtml(filesOfRun(DENIED), built());
    for (const colorScheme of ["light", "dark"] as const) {
      const widths = colorScheme === "light" ? [1300, 420] : [420, 1300];
      for (const width of IS_FULL ? widths : widths.slice(0, 1)) {
        await withPage(html, async (page) => {
          await verdictOf(page);
          await page.evaluate(axe);
          await page.locator(".row.call").first().click();
          if (width < 900) await page.locator(".close").click();
          for (
            const name of [
              "Steps",
              "Conversation",
              "Decisions",
              "What if",
              "Conditions",
            ]
          ) {
            await page.getByRole("tab", { name }).click();
            const found: readonly (readonly string[])[] = await page.evaluate(
              "axe.run().then(({ violations }) => violations.map(({ impact, id, nodes }) => [impact, id, nodes[0].html]))",
            );
            const serious = found.filter(([impact = ""]) =>
              ["serious", "critical"].includes(impact)
            );
            assertEquals(serious, [], `${name}, ${colorScheme}, ${width}`);
          }
        }, { colorScheme, viewport: { width, height: 900 }, bypassCSP: true });
      }
    }
  },
);

browserTest("a page can be read with the keyboard alone", async () => {
  const run = join(PROJECT, "runs/policy_gates/pg3_loop_budget");
  await withPage(pageHtml(filesOfRun(run), built()), async (page) => {
    await verdictOf(page);
    const hash = () => page.evaluate(() => location.hash);
    const tabTo = async (selector: string) => {
      for (let count = 0; count < 60; count++) {
        await page.keyboard.press("Tab");
        if (
          await page.evaluate(
            (wanted) => document.activeElement?.matches(wanted),
            selector,
          )
        ) return;
      }
      throw new Error(`Cannot reach ${selector}`);
    };
    await tabTo(".drawing");
    await page.keyboard.press("ArrowLeft");
    const before = await hash();
    await page.keyboard.press("ArrowRight");
    assert(before !== await hash());
    await page.keyboard.press("+");
    await page.keyboard.press("0");
    await tabTo("[role=tab]");
    await page.keyboard.press("ArrowRight");
    assertEquals(
      await page.getByRole("tab", { selected: true }).textContent(),
      "Conversation",
    );
    await page.keyboard.press("ArrowLeft");
    await tabTo("input[type=search]");
    await page.keyboard.type("iteration");
    assertStringIncludes(
      await page.locator(".bar [role=status]").innerText(),
      "listed",
    );
    await page.keyboard.press("Control+a");
    await page.keyboard.press("Delete");
    await tabTo(".row");
    await page.keyboard.press("Home");
    const first = await hash();
    await page.keyboard.press("ArrowDown");
    assert(first !== await hash());
    assert(
      await page.evaluate(() => document.activeElement?.matches(".row.sel")),
    );
    await page.keyboard.press("End");
    assertStringIncludes(await page.locator("aside h2").innerText(), "end");
    await tabTo("aside");
    await tabTo("summary");
    await page.keyboard.press("Enter");
    assert(await page.locator("details[open]").count() > 0);
  });
});

browserTest(
  "a page leads to every event by its number, and prints all of them",
  async () => {
    const run = join(PROJECT, "runs/policy_gates/pg3_loop_budget");
    const files = filesOfRun(run);
    const { events } = readLedger(files.get("state.jsonl") ?? new Uint8Array());
    await withPage(pageHtml(files, built()), async (page) => {
      await verdictOf(page);
      for (const { seq, type } of events.slice(1)) {
        await page.evaluate((to) => void (location.hash = to), `#e${seq}`);
        const here = page.locator("aside .here summary");
        await here.filter({ hasText: `#e${seq} ` }).waitFor();
        assertStringIncludes(await here.innerText(), type);
      }
      await page.emulateMedia({ media: "print" });
      const rows = await page.locator(".row").count();
      assert(rows > 30);
      assertEquals(await page.locator(".drop").isVisible(), false);
    });
  },
);

const MARKUP = [
  "<img src=x onerror=alert(1)>",
  "</script><script>alert(1)</script>",
  "<iframe srcdoc=x></iframe>",
  "--><svg onload=alert(1)>",
  "javascript:alert(1)",
  "<a href='javascript:alert(1)'>x</a>",
  "{{constructor.constructor('alert(1)')()}}",
];

browserTest("hostile texts stay text wherever a run has them", async () => {
  const all = [...MARKUP, ...HOSTILE_TEXTS.map(({ text }) => text)];
  const whole = all.join(" | ").toWellFormed();
  const artifacts = await recorded({
    policy: {
      on_deny: "continue",
      tool_registry: { allowed: ["echo", "work"], denied: [] },
    },
    script: [
      { calls: [{ tool: "work", args: { text: whole } }] },
      { calls: MARKUP.map((text) => ({ tool: text, args: { [text]: text } })) },
      { answer: whole },
    ],
    work: () =>
      Promise.resolve({
        text: whole,
        list: all.map((each) => each.toWellFormed()),
      }),
  });
  const html = pageHtml(filesOf(artifacts), built());
  await withPage(html, async (page) => {
    let dialogs = 0;
    page.on("dialog", (dialog) => (dialogs++, dialog.dismiss()));
    assertEquals(await verdictOf(page), "ok");
    for (
      const name of [
        "Conversation",
        "Decisions",
        "What if",
        "Conditions",
        "Steps",
      ]
    ) {
      await page.getByRole("tab", { name }).click();
      const more = page.locator("button.more:visible");
      while (await more.count() > 0) await more.first().click();
      const { text, made, links } = await page.evaluate(() => ({
        text: document.body.innerText,
        made: document.querySelectorAll(
          "img,iframe,object,embed,#run svg:not(.drawing svg),#run script",
        ).length,
        links: [...document.querySelectorAll("a")].filter(({ hash, href }) =>
          !/^#e\d+$/.test(hash) || !href.startsWith("file:")
        ).length,
      }));
      assertEquals([made, links, obeyed(text)], [0, 0, []], name);
      assert(text.includes("<img src=x onerror=alert(1)>"), name);
    }
    for (const row of await page.locator(".row").all()) {
      await row.click();
      assertEquals(obeyed(await page.locator("aside").innerText()), []);
    }
    assertEquals(dialogs, 0);
  });
});

browserTest(
  "a page of 5,000 steps can be scrolled soon, and its verdict follows",
  async () => {
    const sink = memorySink();
    await recordRun(agentLoop(longRun(5000), idleEnv()), sink, {
      programVersion: "0.0.0",
      volatile: () => VOLATILE,
      durability: "none",
    });
    const files = filesOf(sink.artifacts);
    const start = performance.now();
    const { findings } = verifyRun(bytesSource(files));
    const own = performance.now() - start;
    using folder = temporaryFolder();
    const path = join(folder.path, "report.html");
    Deno.writeTextFileSync(path, pageHtml(files, built()));
    const began = performance.now();
    const { page, said } = await openFile(await browser(), path);
    await page.locator(".row").first().waitFor();
    await page.evaluate(() => scrollTo(0, 200_000));
    await page.locator(".row", { hasText: /#e1[3-6]\d{3}/ }).first().waitFor();
    const scrolled = performance.now() - began;
    await verdictOf(page);
    const checked = performance.now() - began;
    console.log(
      `${Math.round(scrolled)} ms to scroll, ${
        Math.round(checked)
      } ms to the verdict; the same check here ${Math.round(own)} ms`,
    );
    assertEquals(await codesOf(page), findings.map(({ code }) => code));
    // The aims, or a ratio where the machine does other things meanwhile.
    assert(scrolled < Math.max(1500, 2 * own));
    assert(checked < Math.max(6000, 4 * own));
    await page.getByLabel("Search tools").fill("4321");
    await page.locator(".bar [role=status]", { hasText: "listed" }).waitFor();
    assertEquals(said, []);
    await page.close();
  },
);

Deno.test({
  name: "the browser closes",
  ignore,
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => await (await running)?.close(),
});
