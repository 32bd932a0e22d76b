// The shell: which page is shown, when it is asked for anew, what is said aloud.

import { Failure, ask, forgetScopes, may, token } from "./api.js";
import { ACTIONS } from "./actions.js";
import { h, renew } from "./dom.js";
import { follow } from "./live.js";
import * as deployment from "./views/deployment.js";
import * as history from "./views/history.js";
import * as overview from "./views/overview.js";
import * as signIn from "./views/sign_in.js";
import * as statistics from "./views/statistics.js";
import * as webhooks from "./views/webhooks.js";

const PAGES = { overview, history, deployment, statistics, webhooks };
const main = document.getElementById("main");
const notice = document.getElementById("notice");
const spoken = document.getElementById("spoken");
const freshness = document.getElementById("freshness");
const FEED_SECONDS = 30; // between looks while the server tells all that happens

let shown = null; // {page, route, said, since}: what is on the screen
let running = null; // the request that is under way
let timer = 0;
let feed = null;

/** `#/history?fraise=shop` as a page and its parameters. */
function routeOf(hash) {
  const [path, query = ""] = hash.replace(/^#\/?/, "").split("?");
  const [name, ...rest] = path.split("/");
  const known = Object.hasOwn(PAGES, name) ? name : "overview";
  return { name: known, id: rest.join("/"), parameters: new URLSearchParams(query) };
}

async function refresh() {
  clearTimeout(timer);
  running?.abort();
  const mine = new AbortController();
  running = mine;
  const { page, route } = shown;
  try {
    const data = await page.load(route, (query, variables) => ask(query, variables, mine.signal));
    if (running !== mine) return;
    draw(page, route, data);
    listen(page, route, data);
  } catch (reason) {
    if (running !== mine || reason.name === "AbortError") return;
    failed(reason);
  }
  plan(page);
}

function draw(page, route, data) {
  renew(notice);
  renew(main, page.draw(data, route));
  document.title = `${page.title(route, data)} · Fraisier`;
  shown.data = data;
  shown.since = new Date();
  freshness.textContent = `As of ${shown.since.toLocaleTimeString()}`;
  main.removeAttribute("aria-busy");
  session();
  say(page.sentences?.(data) ?? new Map());
  if (shown.focus) {
    shown.focus = false;
    main.focus();
  }
}

/** Say what has changed since the last look, never what was there all along. */
function say(sentences) {
  const before = shown.said;
  shown.said = sentences;
  if (!before) return;
  const news = [...sentences].filter(([key, text]) => before.get(key) !== text);
  if (news.length) spoken.textContent = news.map(([, text]) => text).join(". ");
}

function failed(reason) {
  session();
  if (reason instanceof Failure && reason.status === 401) {
    feed?.close();
    renew(notice);
    renew(main, signIn.draw(reason, Boolean(token.get())));
    main.querySelector("input")?.focus();
    return;
  }
  if (!(reason instanceof Failure)) console.error(reason);
  const since = shown.since ? ` What is shown is from ${shown.since.toLocaleTimeString()}.` : "";
  if (!shown.since) renew(main, h("p", { class: "quiet" }, "Nothing can be shown yet."));
  renew(notice, h("div", { class: "notice" },
    h("p", {}, h("strong", {}, reason.message || "This page has a fault."), since),
    reason.hint && h("p", {}, reason.hint),
    reason.code && h("p", { class: "quiet" }, `Code: ${reason.code}`),
    h("button", { type: "button", "data-action": "again" }, "Try again")));
}

function session() {
  const parts = [];
  if (token.get()) {
    parts.push(h("span", { class: "quiet" }, may("deploy") ? "May deploy" : "Read only"));
    parts.push(h("button", { type: "button", "data-action": "sign-out" }, "Forget the token"));
  }
  renew(document.getElementById("session"), parts);
}

function plan(page) {
  clearTimeout(timer);
  if (document.hidden || main.querySelector("#token-form")) return;
  const seconds = feed?.isOpen() ? feed.seconds : page.seconds(shown.data);
  timer = setTimeout(refresh, seconds * 1000);
}

/** Let the server tell what happens, where it can; asking again is for where it cannot. */
function listen(page, route, data) {
  const wanted = page.feed?.(route, data) ?? null;
  if (feed?.key === (wanted?.key ?? "")) return;
  feed?.close();
  feed = wanted && Object.assign(follow(wanted, soon, () => plan(page)), {
    seconds: wanted.seconds ?? FEED_SECONDS,
  });
}

let nudge = 0;
function soon() {
  clearTimeout(nudge);
  nudge = setTimeout(refresh, 150);
}

function go() {
  const route = routeOf(location.hash);
  const again = shown && shown.route.name === route.name && shown.route.id === route.id;
  shown = again
    ? { ...shown, route, said: null }
    : { page: PAGES[route.name], route, said: null, since: null, focus: Boolean(shown) };
  for (const link of document.querySelectorAll("nav a[data-page]")) {
    const here = link.dataset.page === (route.name === "deployment" ? "history" : route.name);
    if (here) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (!again) window.scrollTo(0, 0);
  main.setAttribute("aria-busy", "true");
  refresh();
}

function signOut() {
  token.forget();
  forgetScopes();
  location.reload();
}

const OWN = {
  again: () => refresh(),
  skip: () => main.focus(),
  "sign-out": signOut,
};

document.addEventListener("click", (event) => {
  const control = event.target.closest("[data-action]");
  if (!control) return;
  const act = OWN[control.dataset.action] ?? ACTIONS[control.dataset.action];
  if (!act) return;
  event.preventDefault();
  act(control, refresh);
});

document.addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.target.id !== "token-form") return;
  token.set(new FormData(event.target).get("token").trim());
  forgetScopes();
  renew(main, h("p", { class: "quiet" }, "Loading …"));
  go();
});

// A filter is part of the address, so that it can be kept and sent to somebody.
document.addEventListener("change", (event) => {
  const name = event.target.dataset?.filter;
  if (!name) return;
  const parameters = new URLSearchParams(shown.route.parameters);
  if (event.target.value) parameters.set(name, event.target.value);
  else parameters.delete(name);
  parameters.delete("limit");
  location.hash = `#/${shown.route.name}?${parameters}`;
});

document.addEventListener("visibilitychange", () => {
  if (document.hidden) clearTimeout(timer);
  else refresh();
});
window.addEventListener("hashchange", go);
go();
