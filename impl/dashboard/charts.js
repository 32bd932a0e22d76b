// Two drawings of deployments, each with the same figures as a table.

import { h, s } from "./dom.js";
import { duration, words } from "./format.js";

const WIDTH = 640, HEIGHT = 220, LEFT = 72, BOTTOM = 24, TOP = 10;
const KINDS = [["success", "good"], ["rolled_back", "warn"], ["failed", "bad"]];
const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });

/** Deployments of each day of the reader's zone, by how they ended. */
export function daily(deployments, days) {
  const columns = Array.from({ length: days }, (_, back) => {
    const date = new Date();
    date.setHours(12, 0, 0, 0);
    date.setDate(date.getDate() - (days - 1 - back));
    return { date, key: date.toDateString(), success: 0, rolled_back: 0, failed: 0 };
  });
  const byKey = new Map(columns.map((column) => [column.key, column]));
  for (const d of deployments) {
    const column = byKey.get(new Date(d.startedAt).toDateString());
    if (column && d.outcome in column) column[d.outcome] += 1;
  }
  const highest = Math.max(4, ...columns.map((c) => c.success + c.rolled_back + c.failed));
  const most = highest + (highest % 2); // the middle of the scale is a whole number, too
  return figure("Deployments a day", bars(columns, most), columnTable(columns), legend());
}

function bars(columns, most) {
  const step = (WIDTH - LEFT) / columns.length;
  const width = Math.max(2, Math.min(28, step * 0.7));
  const scale = (HEIGHT - TOP - BOTTOM) / most;
  const parts = axis(most, (value) => String(value));
  columns.forEach((column, index) => {
    let y = HEIGHT - BOTTOM;
    const x = LEFT + index * step + (step - width) / 2;
    for (const [kind, tone] of KINDS) {
      const height = column[kind] * scale;
      y -= height;
      if (height) parts.push(s("rect", { x, y, width, height, class: `fill ${tone}` }, s("title", {}, `${day.format(column.date)}: ${column[kind]} ${words(kind)}`)));
    }
  });
  return [...parts, ...dates(columns[0].date, columns.at(-1).date)];
}

/** How long deployments took, one dot each. */
export function durations(deployments) {
  const ended = deployments.filter((d) => d.durationSeconds !== null && KINDS.some(([kind]) => kind === d.outcome)).reverse();
  if (!ended.length) return h("figure", { class: "card" }, h("figcaption", {}, "How long they took"), h("p", { class: "quiet" }, "No deployment has ended yet."));
  const most = Math.max(1, ...ended.map((d) => d.durationSeconds)) * 1.05;
  return figure("How long they took", dots(ended, most), endedTable(ended), legend());
}

function dots(ended, most) {
  const first = Date.parse(ended[0].startedAt);
  const span = Math.max(1, Date.parse(ended.at(-1).startedAt) - first);
  const tones = Object.fromEntries(KINDS);
  const at = (d) => ({
    cx: LEFT + 8 + ((Date.parse(d.startedAt) - first) / span) * (WIDTH - LEFT - 16),
    cy: HEIGHT - BOTTOM - (d.durationSeconds / most) * (HEIGHT - TOP - BOTTOM),
  });
  return [
    ...axis(most, duration),
    ...ended.map((d) => s("circle", { ...at(d), r: 4, class: `fill ${tones[d.outcome]}` },
      s("title", {}, `${d.fraise} / ${d.environment} ${d.newVersion ?? ""}: ${duration(d.durationSeconds)}, ${words(d.outcome)}`))),
    ...dates(new Date(first), new Date(ended.at(-1).startedAt)),
  ];
}

function axis(most, label) {
  return [0, 0.5, 1].flatMap((part) => {
    const y = HEIGHT - BOTTOM - part * (HEIGHT - TOP - BOTTOM);
    const value = most * part;
    return [
      s("line", { x1: LEFT, x2: WIDTH, y1: y, y2: y, class: "rule" }),
      s("text", { x: LEFT - 6, y: y + 4, "text-anchor": "end" }, value ? label(value) : "0"),
    ];
  });
}

function dates(from, to) {
  return [
    s("text", { x: LEFT, y: HEIGHT - 6 }, day.format(from)),
    s("text", { x: WIDTH, y: HEIGHT - 6, "text-anchor": "end" }, day.format(to)),
  ];
}

function legend() {
  return h("p", { class: "legend" }, KINDS.map(([kind, tone]) =>
    h("span", {}, h("span", { class: `swatch ${tone}`, "aria-hidden": "true" }), ` ${words(kind)} `)));
}

function figure(title, drawing, table, below) {
  return h("figure", { class: "card", "data-key": title },
    h("figcaption", {}, title),
    s("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": `${title}; the same figures follow as a table` }, drawing),
    below,
    h("details", {}, h("summary", {}, `${title} as a table`), h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": title }, table)));
}

function columnTable(columns) {
  const rows = columns.filter((c) => c.success + c.rolled_back + c.failed > 0).reverse();
  return grid(["Day", ...KINDS.map(([kind]) => words(kind))],
    rows.map((c) => [day.format(c.date), ...KINDS.map(([kind]) => c[kind])]));
}

function endedTable(ended) {
  return grid(["Deployment", "Version", "Outcome", "Took"], [...ended].reverse().slice(0, 100).map((d) =>
    [h("a", { href: `#/deployment/${d.id}` }, `${d.fraise} / ${d.environment}`), d.newVersion ?? "–", words(d.outcome), duration(d.durationSeconds)]));
}

function grid(head, rows) {
  return h("table", {}, h("thead", {}, h("tr", {}, head.map((name) => h("th", { scope: "col" }, name)))),
    h("tbody", {}, rows.map((row) => h("tr", {}, row.map((cell) => h("td", {}, cell))))));
}
