// What runs where, and what is broken: since when, by which commit, by whom.

import { may } from "../api.js";
import { h } from "../dom.js";
import { CHANGES, OVERVIEW } from "../documents.js";
import { asker, commit, count, mark, time, words } from "../format.js";
import { current, last, rollbackTarget, trouble, underWay } from "../reading.js";

export const title = () => "Overview";
export const seconds = (data) => (data && places(data).some((each) => each.busy) ? 2 : 5);
export const feed = () => ({ key: "changes", query: CHANGES });

/** Everything that the page shows. */
export const load = (_route, ask) => ask(OVERVIEW);

/** One sentence for each environment, to be said when it changes. */
export function sentences(data) {
  return new Map(places(data).map((each) => [
    each.key,
    `${each.fraise.name} ${each.environment.name}: ${words(each.environment.status)}` +
      (each.last ? `, last deployment ${words(each.last.outcome)}` : ""),
  ]));
}

/** The page. */
export function draw(data) {
  const all = places(data);
  return [
    h("h1", {}, "Overview"),
    all.length ? attention(all) : nothing(),
    data.fraises.map((fraise) => card(fraise, all.filter((each) => each.fraise === fraise))),
  ];
}

function places(data) {
  return data.fraises.flatMap((fraise) => fraise.environments.map((environment) => {
    const past = fraise.deploymentHistory.filter((d) => d.environment === environment.name);
    return {
      key: `${fraise.name}/${environment.name}`, fraise, environment, past,
      busy: underWay(past), last: last(past), serving: current(past, environment),
      back: rollbackTarget(past, environment), trouble: trouble(past, environment),
    };
  }));
}

function nothing() {
  return h("p", { class: "card" }, "There are no fraises yet. Add one to ",
    h("code", {}, "fraises.yaml"), ", then ", h("code", {}, "fraisier deploy NAME ENVIRONMENT"), ".");
}

function attention(all) {
  const broken = all.filter((each) => each.trouble);
  if (!broken.length) {
    const busy = all.filter((each) => each.busy).length;
    return h("p", { class: "calm", "data-key": "calm" }, mark("success"), ` Nothing is broken in ${
      count(all.length, "environment")}${busy ? `; ${count(busy, "deployment")} under way` : ""}.`);
  }
  return h("section", { class: "attention", "aria-labelledby": "attention", "data-key": "attention" },
    h("h2", { id: "attention" }, broken.length === 1 ? "One environment needs attention"
      : `${broken.length} environments need attention`),
    h("ul", {}, broken.map(problem)));
}

function problem(place) {
  const { deployment, text, joint, when, tail } = place.trouble;
  return h("li", { class: "problem-row", "data-key": place.key },
    h("div", {},
      h("p", {}, h("strong", {}, `${place.fraise.name} / ${place.environment.name}`), ` ${text}`,
        when && [` ${joint} `, time(when)], `${tail}.`),
      deployment && h("p", {}, blame(deployment)),
      deployment?.errorMessage && h("pre", { class: "excerpt" }, deployment.errorMessage)),
    h("div", { class: "buttons" },
      backButton(place, place.trouble.unwell ? "danger" : ""),
      deployment && h("a", { class: "button", href: `#/deployment/${deployment.id}` }, "Look at the deployment")));
}

function blame(d) {
  return [
    d.kind === "rollback" ? "Rollback" : "Commit ", commit(d.gitCommit) ?? (d.kind === "rollback" ? "" : "unknown"),
    d.gitBranch && [" on ", h("span", { class: "branch" }, d.gitBranch)], `, ${asker(d)}`,
    d.errorCode && [", ", h("code", {}, d.errorCode)],
  ];
}

function card(fraise, mine) {
  const id = `fraise-${fraise.id}`;
  return h("section", { class: "card", "aria-labelledby": id, "data-key": id },
    h("h2", { id }, fraise.name, " ", h("span", { class: "quiet small" }, fraise.kind)),
    fraise.description && h("p", { class: "quiet" }, fraise.description),
    mine.length ? h("ul", { class: "places" }, mine.map(row))
      : h("p", { class: "quiet" }, "It has no environment."));
}

function row(place) {
  const { environment, serving } = place;
  return h("li", { class: "place", "data-key": place.key },
    h("div", { class: "place-name" }, h("h3", {}, environment.name), mark(environment.status)),
    h("div", {},
      environment.currentVersion
        ? h("p", {}, h("span", { class: "version" }, environment.currentVersion), " ", commit(environment.currentCommit))
        : h("p", { class: "quiet" }, "Nothing is deployed."),
      h("p", { class: "quiet small" }, environment.target.provider,
        environment.branches.length > 0 && ` · follows ${environment.branches.join(", ")}`)),
    h("div", {},
      environment.lastDeployedAt && h("p", {}, time(environment.lastDeployedAt)),
      serving && h("p", { class: "quiet small" }, asker(serving)),
      place.busy && h("p", {}, h("a", { href: `#/deployment/${place.busy.id}` },
        mark(place.busy.outcome), ` ${place.busy.kind}`))),
    h("div", { class: "buttons" }, deployButton(place), backButton(place),
      h("a", { class: "button plain", href: historyOf(place) }, "History",
        h("span", { class: "unseen" }, ` of ${place.key}`))));
}

function historyOf(place) {
  return `#/history?${new URLSearchParams({ fraise: place.fraise.name, environment: place.environment.name })}`;
}

function deployButton(place) {
  return may("deploy") && h("button", { type: "button", ...named(place, "deploy") }, "Deploy",
    h("span", { class: "unseen" }, ` ${place.key}`), " …");
}

function backButton(place, tone = "") {
  if (!may("deploy") || !place.back) return null;
  return h("button", { type: "button", class: tone, ...named(place, "rollback"), "data-version": place.back },
    "Roll back", h("span", { class: "unseen" }, ` ${place.key}`), ` to ${place.back} …`);
}

function named(place, action) {
  return {
    "data-action": action, "data-fraise": place.fraise.name, "data-environment": place.environment.name,
  };
}
