/// <reference lib="dom" />
import type { Browser, Page } from "playwright-core";
import { join } from "../../deps.ts";
import { openFile, startChromium } from "../browser/chromium.ts";
import { PROJECT, temporaryFolder, warmProgram } from "../program.ts";
import { SHOWN_TASK } from "./drawings.ts";

/** What is done before a picture is taken. */
interface Scene {
  readonly colorScheme: "light" | "dark";
  readonly height: number;
  readonly act: (page: Page) => Promise<unknown>;
}

const SCENES: Readonly<Record<string, Scene>> = {
  "report.png": {
    colorScheme: "light",
    height: 780,
    act: () => Promise.resolve(),
  },
  "what_if.png": {
    colorScheme: "dark",
    height: 900,
    async act(page) {
      await page.getByRole("tab", { name: "What if" }).click();
      const policy = page.locator("#policy");
      const text = await policy.inputValue();
      await policy.fill(
        text.replace(/allowed: \[search, /, "allowed: ["),
      );
      await page.locator(".flips p", { hasText: /^[1-9]\d* of / }).waitFor();
      await page.locator(".whatif").scrollIntoViewIfNeeded();
      await policy.evaluate((area) => area.scrollTo(0, 0));
    },
  },
};

/** The report page of a real run as a browser shows it, by the names of the files. */
export async function photographs(): Promise<ReadonlyMap<string, Uint8Array>> {
  using folder = temporaryFolder();
  const { path: cwd } = folder;
  await warmProgram(["run", join(PROJECT, SHOWN_TASK), "--out", "out"], {
    cwd,
  });
  await warmProgram(["report", "out", "--out", "report.html"], { cwd });
  const pictures = new Map<string, Uint8Array>();
  const browser = await startChromium();
  try {
    for (const [name, scene] of Object.entries(SCENES)) {
      const report = join(cwd, "report.html");
      pictures.set(name, await photograph(browser, report, scene));
    }
  } finally {
    await browser.close();
  }
  return pictures;
}

async function photograph(
  browser: Browser,
  report: string,
  { colorScheme, height, act }: Scene,
): Promise<Uint8Array> {
  const viewport = { width: 1100, height };
  const { page } = await openFile(browser, report, { colorScheme, viewport });
  // It says nothing before it has checked the record.
  await page.locator("#verdict.ok").waitFor();
  await act(page);
  return new Uint8Array(await page.screenshot());
}
