// How values look: times in the reader's zone, lengths of time, commits, states.

import { h } from "./dom.js";

const MINUTE = 60, HOUR = 3600, DAY = 86400;
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const date = new Intl.DateTimeFormat(undefined, {
  day: "numeric", month: "short", hour: "2-digit", minute: "2-digit",
});
const dated = new Intl.DateTimeFormat(undefined, {
  year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit",
});

/** An RFC 3339 time as the reader's clock shows it; the exact UTC is its title. */
export function time(value) {
  if (!value) return h("span", { class: "quiet" }, "never");
  const when = new Date(value);
  const utc = `${when.toISOString().replace("T", " ").replace("Z", "")} UTC`;
  return h("time", { datetime: value, title: utc }, shown(when));
}

function shown(when) {
  const now = new Date();
  const seconds = (now - when) / 1000;
  if (seconds < DAY && when.getDate() === now.getDate()) {
    return `${clock.format(when)} (${ago(seconds)})`;
  }
  return (when.getFullYear() === now.getFullYear() ? date : dated).format(when);
}

function ago(seconds) {
  if (seconds < MINUTE) return "just now";
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} min ago`;
  return `${Math.floor(seconds / HOUR)} h ago`;
}

/** A length of time in words, as short as it can be understood. */
export function duration(seconds) {
  if (seconds === null || seconds === undefined) return "–";
  if (seconds < 10) return `${Math.max(0, seconds).toFixed(1)} s`;
  if (seconds < MINUTE) return `${Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  if (whole < HOUR) return `${Math.floor(whole / MINUTE)} min ${whole % MINUTE} s`;
  return `${Math.floor(whole / HOUR)} h ${Math.floor((whole % HOUR) / MINUTE)} min`;
}

/** Seconds from one time to another, or to now. */
export function between(from, to) {
  return (new Date(to ?? Date.now()) - new Date(from)) / 1000;
}

/** The first letters of a commit, the whole one in its title. */
export function commit(sha) {
  return sha ? h("code", { title: sha }, sha.slice(0, 8)) : null;
}

// What is shown of an environment or a deployment: words, a sign, a colour's name.
const STATES = {
  HEALTHY: ["healthy", "●", "good"],
  DEGRADED: ["degraded", "▲", "warn"],
  DOWN: ["down", "■", "bad"],
  UNKNOWN: ["unknown", "○", "dull"],
  pending: ["waiting", "◌", "busy"],
  in_progress: ["running", "◐", "busy"],
  success: ["succeeded", "✓", "good"],
  failed: ["failed", "✗", "bad"],
  rolled_back: ["rolled back", "↩", "warn"],
  superseded: ["superseded", "»", "dull"],
  cancelled: ["cancelled", "–", "dull"],
  started: ["running", "◐", "busy"],
  succeeded: ["done", "✓", "good"],
  skipped: ["skipped", "–", "dull"],
};

/** The words of a state. */
export function words(state) {
  return (STATES[state] ?? [String(state)])[0];
}

/** A state as a mark that needs no colour to be understood. */
export function mark(state) {
  const [text, sign, tone] = STATES[state] ?? [String(state), "?", "dull"];
  return h("span", { class: `mark ${tone}` }, h("span", { "aria-hidden": "true" }, sign), " ", text);
}

/** "3 deployments", "1 deployment". */
export function count(number, noun) {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** Who asked, in words. */
export function asker(deployment) {
  const by = { WEBHOOK: ", by a push", API: ", by the API", MANUAL: ", by hand", SCHEDULED: ", on schedule" };
  return `${deployment.actor ?? "somebody"}${by[deployment.triggeredBy] ?? ""}`;
}
