// One deployment: what it is, how far it has come, and what it said.

import { Failure, may } from "../api.js";
import { h } from "../dom.js";
import { DEPLOYMENT_PAGE, PROGRESS } from "../documents.js";
import { asker, between, commit, duration, mark, time, words } from "../format.js";

const LIVE = new Set(["pending", "in_progress"]);
const isLive = (d) => LIVE.has(d.outcome);

export const title = (_route, { deployment: d }) => `${d.fraise} / ${d.environment}`;
export const seconds = (data) => (!data || isLive(data.deployment) ? 1 : 30);

/** News of the steps, while there can be any; they do not tell of the end. */
export const feed = (route, { deployment: d }) => isLive(d)
  ? { key: `progress ${route.id}`, query: PROGRESS, variables: { id: route.id }, seconds: 2 } : null;

/** Everything that the page shows. */
export async function load(route, ask) {
  const data = await ask(DEPLOYMENT_PAGE, { id: route.id });
  if (data.deployment) return data;
  throw new Failure("There is no deployment with this id.", { hint: "The history lists those that there are." });
}

/** What to say when the deployment or a step of it has got further. */
export function sentences({ deployment: d }) {
  const said = new Map([["deployment", `Deployment ${words(d.outcome)}`]]);
  for (const step of d.steps) said.set(step.id, `${step.step} ${words(step.state)}`);
  return said;
}

/** The page. */
export function draw({ deployment: d }) {
  return [
    h("h1", {}, `${d.fraise} / ${d.environment} `, mark(d.outcome)),
    problem(d),
    h("section", { class: "card", "aria-label": "What it is" }, facts(d), buttons(d)),
    h("section", { class: "card", "aria-labelledby": "steps" },
      h("h2", { id: "steps" }, "Steps"), steps(d)),
  ];
}

function problem(d) {
  if (!d.errorCode && !d.errorMessage) return null;
  return h("section", { class: "attention", "aria-labelledby": "why", "data-key": "problem" },
    h("h2", { id: "why" }, "Why it ended like this"),
    d.errorCode && h("p", {}, h("code", {}, d.errorCode)),
    d.errorMessage && h("pre", {}, d.errorMessage));
}

function facts(d) {
  const ended = d.completedAt ?? null;
  const took = d.durationSeconds ?? (d.outcome === "in_progress" ? between(d.startedAt, ended) : null);
  const rows = [
    ["What", d.kind],
    ["Commit", d.gitCommit && [commit(d.gitCommit), d.gitBranch && [" on ", h("span", { class: "branch" }, d.gitBranch)]]],
    ["Asked for by", asker(d)],
    ["Version", [d.oldVersion ?? "nothing", " → ", d.newVersion ?? "not made yet"]],
    ["Requested", time(d.requestedAt)],
    ["Started", d.outcome === "pending" ? null : time(d.startedAt)],
    ["Ended", ended && time(ended)],
    [isLive(d) ? "Has taken" : "Took", took === null ? null : duration(took)],
    ["Target", d.target.provider],
    ["Superseded by", d.supersededBy && h("a", { href: `#/deployment/${d.supersededBy}` }, "a later deployment")],
  ];
  return h("dl", { class: "facts" }, rows.filter(([, value]) => value)
    .map(([name, value]) => h("div", { "data-key": name }, h("dt", {}, name), h("dd", {}, value))));
}

function buttons(d) {
  const named = { type: "button", "data-fraise": d.fraise, "data-environment": d.environment };
  return h("div", { class: "buttons" },
    may("deploy") && isLive(d) && h("button", { ...named, "data-action": "cancel", "data-id": d.id, "data-key": "cancel" }, "Cancel it …"),
    may("deploy") && !isLive(d) && h("button", { ...named, "data-action": "deploy", "data-key": "deploy" }, "Deploy again …"),
    may("deploy") && !isLive(d) && h("button", { ...named, "data-action": "rollback", "data-key": "rollback" }, "Roll back …"),
    h("a", { class: "button plain", href: `#/history?${new URLSearchParams({ fraise: d.fraise, environment: d.environment })}` }, "History"));
}

function steps(d) {
  if (!d.steps.length) {
    return h("p", { class: "quiet" }, d.outcome === "pending" ? "It waits for its turn." : "It has no steps.");
  }
  const attempts = Math.max(...d.steps.map((step) => step.attempt));
  return h("ol", { class: "steps" }, d.steps.map((step) => row(step, attempts)));
}

function row(step, attempts) {
  return h("li", { "data-key": step.id, class: `step ${step.state}` },
    h("div", { class: "step-head" },
      h("strong", {}, step.step), mark(step.state),
      attempts > 1 && h("span", { class: "quiet small" }, `attempt ${step.attempt}`),
      h("span", { class: "quiet small" }, time(step.startedAt), step.completedAt &&
        `, ${duration(between(step.startedAt, step.completedAt))}`)),
    step.state === "started" && h("progress", { max: 100, value: step.progress, "aria-label": `${step.step}: ${step.progress} %` }),
    step.message && h("pre", { class: "log" }, step.message));
}
