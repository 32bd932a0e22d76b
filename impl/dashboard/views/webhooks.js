// Webhooks, newest first: what came, and what became of it or why nothing did.

import { h } from "../dom.js";
import { CHANGES, WEBHOOKS } from "../documents.js";
import { commit, count, mark, time } from "../format.js";

const PAGE = 25;
const MOST = 1000;

export const title = () => "Webhooks";
export const seconds = () => 5;
export const feed = () => ({ key: "changes", query: CHANGES });

const limitOf = (parameters) =>
  Math.min(Math.max(Number.parseInt(parameters.get("limit") ?? "", 10) || PAGE, PAGE), MOST);

/** Everything that the page shows. */
export const load = ({ parameters }, ask) => ask(WEBHOOKS, { limit: limitOf(parameters) });

/** The newest webhook, to be said when another one comes. */
export function sentences({ webhookEvents: [newest] }) {
  return new Map(newest ? [["newest", `${newest.eventType} of ${newest.branch ?? newest.repository ?? "a repository"} came`]] : []);
}

/** The page. */
export function draw({ webhookEvents: events }, { parameters }) {
  return [
    h("h1", {}, "Webhooks"),
    h("p", { class: "quiet" }, events.length ? `The newest ${count(events.length, "webhook")} that had a valid signature.`
      : "None has come yet. Webhooks with a wrong signature are refused and not kept: the server's log names them."),
    events.length > 0 && h("div", { class: "card" }, table(events)),
    events.length >= limitOf(parameters) && limitOf(parameters) < MOST && h("p", {},
      h("a", { class: "button", href: `#/webhooks?limit=${Math.min(limitOf(parameters) * 2, MOST)}` }, "Look further back")),
  ];
}

function table(events) {
  return h("table", { class: "rows" },
    h("caption", { class: "unseen" }, "Webhooks, newest first"),
    h("thead", {}, h("tr", {}, ["Received", "What", "Commit", "By", "What became of it"]
      .map((name) => h("th", { scope: "col" }, name)))),
    h("tbody", {}, events.map(row)));
}

function row(event) {
  const cell = (label, ...content) => h("td", { "data-label": label }, h("div", {}, content));
  return h("tr", { "data-key": event.id },
    h("th", { scope: "row" }, time(event.receivedAt)),
    cell("What", `${event.eventType} `, h("span", { class: "branch" }, event.branch ?? event.tag ?? ""),
      h("div", { class: "quiet small" }, [event.provider.toLowerCase(), event.repository].filter(Boolean).join(" · ")),
      h("div", { class: "quiet small" }, `delivery ${event.deliveryId}`)),
    cell("Commit", commit(event.commitSha) ?? "–"),
    cell("By", event.sender ?? "–"),
    cell("What became of it", result(event)));
}

function result(event) {
  if (!event.deployments.length) {
    return h("span", { class: "quiet" }, `Nothing: ${event.ignoredReason ?? (event.processed ? "no reason was kept" : "not processed yet")}`);
  }
  return h("ul", { class: "plain-list" }, event.deployments.map((d) => h("li", { "data-key": d.id },
    h("a", { href: `#/deployment/${d.id}` }, `${d.fraise} / ${d.environment}`), " ", mark(d.status.toLowerCase()))));
}
