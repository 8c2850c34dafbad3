/**
 * A real browser for tests: Debian's Chromium, driven by `playwright-core`.
 *
 * @module
 */
import fs from "node:fs";
import type { Browser, Page } from "playwright-core";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser"];

/** Whether there is no browser to test with; with `CI` set, that is a failure of the tests. */
export function hasNoChromium(): boolean {
  return Deno.env.get("CI") === undefined && chromiumPath() === undefined;
}

function chromiumPath(): string | undefined {
  return PLACES.find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
}

/** Starts the browser. It closes with the scope that holds it. */
export async function startChromium(): Promise<Browser & AsyncDisposable> {
  const executablePath = chromiumPath();
  if (executablePath === undefined) {
    throw new Error("Cannot find chromium: apt-get install chromium");
  }
  hideProc();
  const { chromium } = await import("playwright-core");
  return await chromium.launch({ executablePath, args: ["--no-sandbox"] });
}

/** Deno gives no test the right to read below `/proc/sys`, where the driver only looks for Windows. */
function hideProc(): void {
  const { existsSync } = fs;
  fs.existsSync = (path) =>
    !String(path).startsWith("/proc/") && existsSync(path);
}

/** A page, with everything that it said and asked for. */
export interface WatchedPage {
  readonly page: Page;
  /** What is in its console, and errors that no code caught. */
  readonly said: readonly string[];
  /** Addresses that were asked for, but for that of the page itself and those of blobs. */
  readonly requests: readonly string[];
}

/** Opens a file as a person does who clicks on it. */
export async function openFile(
  browser: Browser,
  path: string,
  { hash = "", ...options }: {
    readonly hash?: string;
    readonly colorScheme?: "light" | "dark";
    readonly viewport?: { readonly width: number; readonly height: number };
    /** For a test that puts a script of its own into the page. */
    readonly bypassCSP?: boolean;
  } = {},
): Promise<WatchedPage> {
  const page = await browser.newPage(options);
  page.setDefaultTimeout(20_000);
  const said: string[] = [];
  const requests: string[] = [];
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", (error) => said.push(String(error)));
  const url = `file://${path}`;
  page.on("request", (request) => {
    const asked = request.url();
    if (asked !== url && !asked.startsWith("blob:")) requests.push(asked);
  });
  await page.goto(url + hash);
  return { page, said, requests };
}
