// Deployments, newest first, by fraise, environment, outcome and words.

import { h } from "../dom.js";
import { CHANGES, HISTORY } from "../documents.js";
import { asker, commit, count, duration, mark, time, words } from "../format.js";

const PAGE = 25;
const MOST = 1000; // what the API gives at once
const OUTCOMES = ["pending", "in_progress", "success", "failed", "rolled_back", "superseded", "cancelled"];

export const title = () => "History";
export const seconds = () => 5;
export const feed = () => ({ key: "changes", query: CHANGES });

/** Everything that the page shows. */
export function load({ parameters }, ask) {
  return ask(HISTORY, {
    fraise: parameters.get("fraise"), environment: parameters.get("environment"), limit: limitOf(parameters),
  });
}

function limitOf(parameters) {
  const wanted = Number.parseInt(parameters.get("limit") ?? "", 10);
  return Math.min(Math.max(wanted || PAGE, PAGE), MOST);
}

/** The newest deployment, to be said when there is another one or it has got further. */
export function sentences({ deployments: [newest] }) {
  return new Map(newest ? [["newest", `${newest.fraise} ${newest.environment} ${words(newest.outcome)}`]] : []);
}

/** The page. */
export function draw(data, { parameters }) {
  const found = data.deployments.filter((d) => fits(d, parameters));
  return [
    h("h1", {}, "History"),
    filters(data, parameters),
    h("p", { class: "quiet", role: "status" }, summary(found, data.deployments, parameters)),
    found.length > 0 && table(found),
    older(data.deployments, parameters),
  ];
}

function fits(d, parameters) {
  const outcome = parameters.get("outcome");
  const words = (parameters.get("text") ?? "").toLowerCase();
  const text = [d.gitCommit, d.gitBranch, d.newVersion, d.actor, d.errorCode, d.errorMessage].join(" ");
  return (!outcome || d.outcome === outcome) && text.toLowerCase().includes(words);
}

function filters(data, parameters) {
  const fraise = parameters.get("fraise") ?? "";
  const chosen = data.fraises.filter((each) => !fraise || each.name === fraise);
  const environments = [...new Set(chosen.flatMap((each) => each.environments.map((e) => e.name)))].sort();
  return h("form", { class: "filters", role: "search", "aria-label": "Deployments" },
    choice("fraise", "Fraise", data.fraises.map((each) => [each.name, each.name]), fraise),
    choice("environment", "Environment", environments.map((name) => [name, name]), parameters.get("environment") ?? ""),
    choice("outcome", "Outcome", OUTCOMES.map((name) => [name, words(name)]), parameters.get("outcome") ?? ""),
    field("Words", h("input", {
      id: "filter-text", type: "search", "data-filter": "text", value: parameters.get("text") ?? "",
      placeholder: "commit, branch, person …", autocomplete: "off",
    })));
}

/** A labelled choice among values; the empty one stands for all. */
export function choice(name, label, options, value) {
  return field(label, h("select", { id: `filter-${name}`, "data-filter": name },
    h("option", { value: "", selected: !value }, "all"),
    options.map(([key, text]) => h("option", { value: key, selected: key === value }, text))));
}

/** A control with its label. */
export function field(label, control) {
  return h("div", { class: "field", "data-key": control.id }, h("label", { for: control.id }, label), control);
}

function summary(found, all, parameters) {
  const more = all.length >= limitOf(parameters);
  if (found.length === all.length) {
    return all.length ? `The newest ${count(all.length, "deployment")}.` : "There are no deployments.";
  }
  return `${found.length} of ${more ? "the newest " : ""}${count(all.length, "deployment")}.`;
}

function table(found) {
  return h("div", { class: "card" }, h("table", { class: "rows" },
    h("caption", { class: "unseen" }, "Deployments, newest first"),
    h("thead", {}, h("tr", {}, ["Where", "Outcome", "Version", "Commit", "Asked for by", "Started", "Took"]
      .map((name) => h("th", { scope: "col" }, name)))),
    h("tbody", {}, found.map(row))));
}

function row(d) {
  const cell = (label, ...content) => h("td", { "data-label": label }, h("div", {}, content));
  return h("tr", { "data-key": d.id },
    h("th", { scope: "row" }, h("a", { href: `#/deployment/${d.id}` }, `${d.fraise} / ${d.environment}`),
      d.kind === "rollback" && h("span", { class: "quiet small" }, " rollback")),
    cell("Outcome", mark(d.outcome), d.errorCode && h("div", { class: "small" }, h("code", {}, d.errorCode))),
    cell("Version", d.newVersion ?? "–"),
    cell("Commit", commit(d.gitCommit) ?? "–", d.gitBranch && h("div", { class: "small branch" }, d.gitBranch)),
    cell("Asked for by", asker(d)),
    cell("Started", time(d.startedAt)),
    cell("Took", duration(d.durationSeconds)));
}

function older(all, parameters) {
  const limit = limitOf(parameters);
  if (all.length < limit) return null;
  if (limit >= MOST) return h("p", { class: "quiet" }, "Older ones are shown by ", h("code", {}, "fraisier history"), ".");
  const further = new URLSearchParams(parameters);
  further.set("limit", String(Math.min(limit * 2, MOST)));
  return h("p", {}, h("a", { class: "button", href: `#/history?${further}` }, "Look further back"));
}
