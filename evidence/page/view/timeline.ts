/// <reference lib="dom" />
import { button, el, fill, svg } from "./dom.ts";
import type { Selects } from "./page_run.ts";
import { milliseconds, rowText } from "./row_text.ts";
import type { Bar, Row, Story } from "./story.ts";

const LANES = ["model", "policy", "tools", "people"] as const;
const LEFT = 58;
const LANE = 20;
const TOP = 18;
/** Bars are at least so wide, so that a decision of a microsecond is seen. */
const MIN_WIDTH = 3;

/** The run drawn along its clock; it can be zoomed, and its events walked with the keyboard. */
export interface Timeline extends Selects {
  readonly element: HTMLElement;
}

/** Draws a run along its clock. */
export function timeline(
  story: Story,
  walk: (by: number) => void,
): Timeline {
  const lanes = LANES.filter((lane) =>
    lane !== "people" || story.bars.some((bar) => bar.lane === lane)
  );
  const span = Math.max(
    story.tookMs,
    ...story.bars.slice(-3).map(({ toMs }) => toMs),
    0.001,
  );
  const height = TOP + lanes.length * LANE + 4;
  let [from, to] = [0, span];
  let selected: ReadonlySet<number> = new Set();

  const drawing = el("div", {
    class: "drawing",
    tabindex: "0",
    role: "application",
    "aria-label":
      "Timeline of the run: left and right walk its events, plus and minus zoom, zero shows all of it",
  });
  const zoom = (factor: number, at = (from + to) / 2) => {
    const wide = Math.min(span, Math.max((to - from) * factor, span / 5000));
    const share = (at - from) / (to - from);
    from = Math.min(Math.max(0, at - share * wide), span - wide);
    to = from + wide;
    draw();
  };
  const all = () => {
    [from, to] = [0, span];
    draw();
  };
  const bar = el(
    "div",
    { class: "zoom" },
    button({ "aria-label": "Zoom in" }, () => zoom(0.5), "+"),
    button({ "aria-label": "Zoom out" }, () => zoom(2), "−"),
    button({}, all, "All"),
  );
  const element = el(
    "section",
    { class: "timeline", "aria-label": "Timeline" },
    drawing,
    bar,
  );

  let isDue = false;
  const draw = () => {
    if (!isDue) requestAnimationFrame(drawNow);
    isDue = true;
  };
  const drawNow = () => {
    isDue = false;
    const width = Math.max(300, drawing.clientWidth || 900);
    const scale = (width - LEFT - 8) / (to - from);
    const x = (ms: number) => LEFT + (ms - from) * scale;
    const picture = svg("svg", {
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      "aria-hidden": "true",
    });
    for (let tick = 0; tick <= 4; tick++) {
      const ms = from + (to - from) * tick / 4;
      picture.append(
        svg("path", { class: "tick", d: `M${x(ms)} ${TOP - 4}V${height}` }),
        svg("text", {
          x: x(ms),
          y: 10,
          "text-anchor": tick === 0 ? "start" : tick === 4 ? "end" : "middle",
        }, milliseconds(ms)),
      );
    }
    for (const [index, lane] of lanes.entries()) {
      picture.append(
        svg("text", { x: 0, y: TOP + index * LANE + 12 }, lane),
      );
    }
    for (const each of visibleBars(story.bars, { from, to, scale })) {
      const y = TOP + lanes.indexOf(each.lane) * LANE + (each.isWait ? 7 : 2);
      const width = Math.max(MIN_WIDTH, (each.toMs - each.fromMs) * scale);
      const rect = svg("rect", {
        class: `${each.isWait ? "wait" : each.lane} ${each.tone}${
          selected.has(each.seq) ? " sel" : ""
        }`,
        x: x(each.fromMs),
        y,
        width,
        height: each.isWait ? 2 : 12,
        rx: each.isWait ? 1 : 2,
      }, svg("title", {}, titleOf(each, story)));
      rect.addEventListener("click", () => {
        location.hash = `e${each.seq}`;
      });
      picture.append(rect);
    }
    fill(drawing, picture);
  };

  drawing.addEventListener("keydown", (event) => {
    const act = new Map<string, () => void>([
      ["ArrowRight", () => walk(1)],
      ["ArrowLeft", () => walk(-1)],
      ["+", () => zoom(0.5)],
      ["=", () => zoom(0.5)],
      ["-", () => zoom(2)],
      ["0", all],
    ]).get(event.key);
    if (act === undefined) return;
    event.preventDefault();
    act();
  });
  drawing.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const share = (event.offsetX - LEFT) /
      Math.max(1, drawing.clientWidth - LEFT);
    zoom(event.deltaY > 0 ? 1.25 : 0.8, from + share * (to - from));
  }, { passive: false });
  new ResizeObserver(draw).observe(drawing);

  return {
    element,
    select(row: Row) {
      selected = new Set(row.seqs);
      if (row.atMs < from || row.atMs > to) {
        const wide = to - from;
        from = Math.min(Math.max(0, row.atMs - wide / 2), span - wide);
        to = from + wide;
      }
      draw();
    },
  };
}

/** What a bar stands for, for those who point at it. */
function titleOf({ seq, fromMs, toMs, isWait }: Bar, { rowOf }: Story): string {
  const row = rowOf.get(seq);
  const took = milliseconds(toMs - fromMs);
  if (row === undefined || isWait) return `waits ${took} before the next try`;
  const { name, about, note } = rowText(row);
  return [`#e${seq} step ${row.step}, ${name}`, about, note, took]
    .filter((part) => part !== "").join("\n");
}

/**
 * The bars within a window, of those that would be drawn on the same spot of a lane
 * the one that matters most.
 */
function* visibleBars(
  bars: readonly Bar[],
  { from, to, scale }: {
    readonly from: number;
    readonly to: number;
    readonly scale: number;
  },
): Iterable<Bar> {
  const crowded = new Map<number, Bar>();
  for (const bar of bars) {
    if (bar.toMs < from || bar.fromMs > to) continue;
    if ((bar.toMs - bar.fromMs) * scale > MIN_WIDTH) {
      yield bar;
      continue;
    }
    const spot = Math.round((bar.fromMs - from) * scale / MIN_WIDTH);
    const key = (spot * LANES.length + LANES.indexOf(bar.lane)) * 2 +
      (bar.isWait ? 1 : 0);
    const other = crowded.get(key);
    if (other === undefined || WEIGHT[bar.tone] > WEIGHT[other.tone]) {
      crowded.set(key, bar);
    }
  }
  yield* crowded.values();
}

const WEIGHT = {
  plain: 0,
  model: 0,
  allow: 1,
  fail: 2,
  ask: 3,
  deny: 4,
} as const;
