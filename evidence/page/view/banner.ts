/// <reference lib="dom" />
import { counted } from "../../../tools/data/counted.ts";
import type { Signature } from "../checker/messages.ts";
import type { Verification } from "../../verify/verify.ts";
import { type Child, el, eventLink, fill } from "./dom.ts";

type State = "checking" | "ok" | "bad" | "open" | "unknown";

/** The line at the top that says what the record is worth. */
export interface Banner {
  checking(events: number): void;
  /** Says what was found; never better than that. */
  found(verification: Verification): void;
  /** Adds by which key the run was signed. */
  signed(signature: Signature): void;
  /** Says why nothing can be said. */
  unknown(title: string, why: string): void;
}

/** How many findings are listed at the top. */
const LISTED = 12;

/** Takes over the line at the top. */
export function banner(
  place: HTMLElement,
  readKey: ((pem: string) => void) | undefined,
): Banner {
  let verification: Verification | undefined;
  const say = (state: State, title: string, ...children: readonly Child[]) => {
    place.className = `verdict ${state}`;
    fill(place, el("div", {}, el("b", {}, title), ...children));
  };
  if (readKey !== undefined) takeDrops(readKey);
  const found = (signature?: Signature) => {
    if (verification === undefined) return;
    const { findings, events, head, waitsFor } = verification;
    const isSigned = signature?.keyid != null &&
      signature.findings.length === 0;
    const isOpen = findings.every(({ code }) => code === "run_unfinished");
    const notSigned = signature !== undefined && !isSigned;
    const state = notSigned || findings.length > 0 && !isOpen
      ? "bad"
      : findings.length > 0
      ? "open"
      : "ok";
    const title = state === "ok"
      ? `✓ Complete and untouched, decided as its policy says${
        isSigned ? ", and signed" : ""
      }`
      : state === "open"
      ? `◐ Not finished; sound as far as it goes${
        waitsFor === null ? "" : ": it waits for a person"
      }`
      : notSigned && (findings.length === 0 || isOpen)
      ? "✕ Not signed by this key"
      : `✕ Do not rely on this record: ${
        counted(findings.length + verification.unlisted, "finding")
      }`;
    say(
      state,
      title,
      " ",
      el("span", { class: "why" }, worth(verification)),
      signatureLine(signature),
      findingList(verification),
      state === "ok" || state === "open"
        ? el(
          "p",
          { class: "caveat" },
          "This page has checked itself, and a forged page could say the same. To be sure, compare the head ",
          el("code", { class: "head" }, head ?? "none"),
          " with one that was kept elsewhere, or run ",
          el("code", {}, "verify --report FILE"),
          ".",
        )
        : el(
          "p",
          { class: "caveat" },
          `${counted(events, "event")}, head `,
          el("code", { class: "head" }, head ?? "none"),
          ". ",
          el("code", {}, "verify --report FILE"),
          " says the same with a core of its own.",
        ),
    );
    if (readKey !== undefined) place.append(keyPlace(readKey));
  };
  return {
    checking(events) {
      say(
        "checking",
        `Checking ${counted(events, "event")}…`,
        " ",
        el(
          "span",
          { class: "why" },
          "nothing is vouched for until this is done",
        ),
      );
    },
    found(given) {
      verification = given;
      found();
    },
    signed: found,
    unknown: (title, why) =>
      say("unknown", title, " ", el("span", { class: "why" }, why)),
  };
}

function worth(
  { findings, events, regenerated, redecided }: Verification,
): string {
  if (findings.length > 0) return "";
  return `${counted(events, "event")}: every hash and their chain hold, ${
    redecided
      ? "every decision was made again from policy, call and recorded facts, "
      : ""
  }${
    regenerated
      ? "and trace, report and manifest were made again, byte for byte"
      : "and trace and report match the manifest"
  }.`;
}

function signatureLine(signature: Signature | undefined): Child {
  if (signature === undefined) return undefined;
  const { keyid, findings } = signature;
  if (keyid !== null && findings.length === 0) {
    return el(
      "p",
      { class: "signed" },
      "Signed by the key ",
      el("code", {}, keyid),
      ".",
    );
  }
  return el(
    "ul",
    { class: "findings" },
    ...findings.map(({ message }) => el("li", {}, message)),
  );
}

function findingList({ findings, unlisted }: Verification): Child {
  if (findings.length === 0) return undefined;
  const more = findings.length - LISTED + unlisted;
  return el(
    "ul",
    { class: "findings" },
    ...findings.slice(0, LISTED).map(({ code, artifact, line, message }) => {
      const place = line === undefined ? artifact : `${artifact}:${line}`;
      return el(
        "li",
        {},
        artifact === "state.jsonl" && line !== undefined
          ? eventLink(line - 1, place)
          : place,
        ": ",
        el("code", {}, code),
        `: ${message}`,
      );
    }),
    more > 0 ? el("li", {}, `and ${more} more`) : undefined,
  );
}

/** Takes a public key that is dropped anywhere on the page, which the browser would open otherwise. */
function takeDrops(readKey: (pem: string) => void): void {
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", async (event) => {
    event.preventDefault();
    const pem = await event.dataTransfer?.files[0]?.text();
    if (pem !== undefined) readKey(pem);
  });
}

/** Where a public key is chosen, and what says that it can be dropped. */
function keyPlace(readKey: (pem: string) => void): HTMLElement {
  const input = el("input", { type: "file", id: "key", accept: ".pub,.pem" });
  input.addEventListener("change", async () => {
    const pem = await input.files?.[0]?.text();
    if (pem !== undefined) readKey(pem);
  });
  return el(
    "label",
    { class: "drop", for: "key" },
    "Drop a public key here, or choose one, to check the signature ",
    input,
  );
}
