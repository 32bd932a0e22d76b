// How often, how well and how long: figures and two drawings.

import { h } from "../dom.js";
import { CHANGES, STATISTICS } from "../documents.js";
import { duration } from "../format.js";
import { daily, durations } from "../charts.js";
import { choice, field } from "./history.js";

const DAYS = [7, 30, 90];

export const title = () => "Statistics";
export const seconds = () => 30;
export const feed = () => ({ key: "changes", query: CHANGES });

function daysOf(parameters) {
  const days = Number.parseInt(parameters.get("days") ?? "", 10);
  return DAYS.includes(days) ? days : 30;
}

/** Everything that the page shows. */
export function load({ parameters }, ask) {
  return ask(STATISTICS, { fraise: parameters.get("fraise"), days: daysOf(parameters) });
}

/** The page. */
export function draw(data, { parameters }) {
  const days = daysOf(parameters);
  const since = Date.now() - days * 86_400_000;
  const recent = data.deployments.filter((d) => Date.parse(d.startedAt) >= since);
  return [
    h("h1", {}, "Statistics"),
    h("form", { class: "filters", role: "search", "aria-label": "Statistics" },
      choice("fraise", "Fraise", data.fraises.map((each) => [each.name, each.name]), parameters.get("fraise") ?? ""),
      field("Time", h("select", { id: "filter-days", "data-filter": "days" }, DAYS.map((each) =>
        h("option", { value: each, selected: each === days }, `${each} days`))))),
    figures(data.stats),
    data.deployments.length >= 1000 && h("p", { class: "quiet" }, "The drawings show the newest 1,000 deployments."),
    h("div", { class: "charts" }, daily(recent, days), durations(recent)),
  ];
}

function figures(stats) {
  const rows = [
    ["Deployments", stats.total],
    ["Succeeded", stats.successful],
    ["Failed", stats.failed],
    ["Rolled back", stats.rolledBack],
    ["Success rate", stats.total ? `${stats.successRate} %` : "–"],
    ["Took on average", duration(stats.avgDurationSeconds)],
  ];
  return h("dl", { class: "figures" }, rows.map(([name, value]) =>
    h("div", { "data-key": name }, h("dt", {}, name), h("dd", {}, value))));
}
