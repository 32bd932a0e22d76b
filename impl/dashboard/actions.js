// What changes something: each asks first, naming what happens, and then says what came of it.

import { ask } from "./api.js";
import { h, renew } from "./dom.js";
import { CANCEL, DEPLOY, DEPLOYMENT_PAGE, ENVIRONMENT, ROLLBACK } from "./documents.js";
import { commit, mark, time, words } from "./format.js";
import { rollbackTarget, underWay } from "./reading.js";

const dialog = document.getElementById("dialog");

/** By the name in `data-action`: called with the control, and what shows the page anew. */
export const ACTIONS = {
  deploy: (control, refresh) => open(() => deployDialog(control.dataset, refresh)),
  rollback: (control, refresh) => open(() => rollbackDialog(control.dataset, refresh)),
  cancel: (control, refresh) => open(() => cancelDialog(control.dataset, refresh)),
  "close-dialog": () => dialog.close(),
};

async function open(build) {
  renew(dialog, title("One moment …"), h("div", { class: "buttons" }, closing("Close")));
  dialog.showModal();
  try {
    fill(await build());
  } catch (reason) {
    fill({ title: "This cannot be done now", content: [problem(reason)], buttons: [] });
  }
}

/** Show a question; each button is `[text, tone, act]`, and `act` may fail. */
function fill({ title: text, content, buttons, stays = "Do nothing" }) {
  const said = h("div", { id: "dialog-said", role: "alert" });
  const made = buttons.map(([label, tone, act]) => {
    const button = h("button", { type: "button", class: tone }, label);
    button.addEventListener("click", () => attempt(act, said));
    return button;
  });
  dialog.replaceChildren(title(text), ...content.filter(Boolean), said,
    h("div", { class: "buttons" }, closing(buttons.length ? stays : "Close"), made));
  (made.at(-1) ?? dialog.querySelector("button")).focus();
}

function title(text) {
  return h("h2", { id: "dialog-title" }, text);
}

function closing(text) {
  return h("button", { type: "button", class: "plain", "data-action": "close-dialog" }, text);
}

async function attempt(act, said) {
  const buttons = [...dialog.querySelectorAll("button:not([data-action])")];
  buttons.forEach((button) => { button.disabled = true; });
  said.replaceChildren("One moment …");
  try {
    said.replaceChildren(...[await act()].flat().filter(Boolean));
  } catch (reason) {
    said.replaceChildren(problem(reason));
  }
  buttons.forEach((button) => { button.disabled = false; });
}

function problem(reason) {
  return h("div", { class: "problem" },
    h("p", {}, reason.status === 403 ? h("strong", {}, "This token may not do that (403). ") : null, reason.message),
    reason.hint && h("p", {}, reason.hint),
    reason.code && h("p", { class: "small" }, "Code: ", h("code", {}, reason.code)));
}

/** The environment as it is at this moment, so that the question is about what is true. */
async function situation({ fraise, environment }) {
  const data = await ask(ENVIRONMENT, { fraise, environment });
  const found = data.fraise?.environments.find((each) => each.name === environment);
  if (!found) throw new Error(`${fraise} / ${environment} is not in the registry any more.`);
  return { environment: found, past: data.deployments };
}

function standing(environment, past) {
  const busy = underWay(past);
  return [
    h("p", {}, environment.currentVersion
      ? ["Now serving: ", h("strong", {}, environment.currentVersion), " ", commit(environment.currentCommit), " "]
      : "Nothing is deployed there yet. ", mark(environment.status)),
    busy && h("p", { class: "problem" }, `A ${busy.kind} is ${words(busy.outcome)} there since `, time(busy.startedAt), "."),
  ];
}

async function deployDialog(where, refresh) {
  const { environment, past } = await situation(where);
  const force = h("input", { type: "checkbox", id: "force" });
  const run = (dryRun) => ask(DEPLOY, {
    fraise: where.fraise, environment: where.environment, dryRun, force: force.checked,
  }).then(({ deploy }) => deploy);
  const branch = environment.branches.length ? ` of ${environment.branches.join(", ")}` : "";
  return {
    title: `Deploy ${where.fraise} to ${where.environment}?`,
    content: [
      ...standing(environment, past),
      h("p", {}, `The newest commit${branch} is fetched, built and switched to by ${environment.target.provider}. ` +
        "When it is not well afterwards, the release of now comes back by itself."),
      h("label", { class: "check" }, force, " Even if that commit is deployed already, or was rolled back"),
    ],
    buttons: [
      ["Dry run", "", async () => outcome(await run(true))],
      [`Deploy to ${where.environment}`, "main", async () => asked(await run(false), refresh)],
    ],
  };
}

async function rollbackDialog(where, refresh) {
  const { environment, past } = await situation(where);
  const version = where.version ?? rollbackTarget(past, environment);
  if (!version) {
    return { title: `${where.fraise} / ${where.environment} cannot be rolled back`, content: [
      h("p", {}, "No other release of it is known that once served.")], buttons: [] };
  }
  const good = past.find((d) => d.outcome === "success" && d.newVersion === version);
  return {
    title: `Roll ${where.fraise} / ${where.environment} back to ${version}?`,
    content: [
      ...standing(environment, past),
      h("p", {}, "Will serve instead: ", h("strong", {}, version), " ", commit(good?.gitCommit),
        good && [", which was deployed ", time(good.completedAt)], "."),
      h("p", {}, "The commit of now is held back: another push of it does not bring it back."),
    ],
    buttons: [[`Roll back to ${version}`, "danger", async () => asked((await ask(ROLLBACK, {
      fraise: where.fraise, environment: where.environment, toVersion: version,
    })).rollback, refresh)]],
  };
}

async function cancelDialog({ id, fraise, environment }, refresh) {
  const { deployment } = await ask(DEPLOYMENT_PAGE, { id });
  const waits = deployment?.outcome === "pending";
  return {
    title: `Cancel this ${deployment?.kind ?? "deployment"} of ${fraise} / ${environment}?`,
    content: [h("p", {}, waits ? "It has not begun: nothing is changed anywhere."
      : "It is running: the step under way is ended, and what serves now goes on serving unless the switch was made already.")],
    stays: "Let it go on",
    buttons: [["Cancel it", "danger", async () => {
      const { cancelDeployment: result } = await ask(CANCEL, { id });
      if (!result.success) return outcome(result);
      dialog.close();
      refresh();
      return null;
    }]],
  };
}

/** Go to the deployment that was made, or say why there is none. */
function asked(result, refresh) {
  if (!result.success || !result.deployment) return outcome(result);
  dialog.close();
  location.hash = `#/deployment/${result.deployment.id}`;
  refresh();
  return null;
}

function outcome(result) {
  const tone = result.success ? "fine" : "problem";
  return h("div", { class: tone }, h("p", {}, result.message ?? (result.success ? "Done." : "It was refused.")),
    h("p", { class: "small" }, "Code: ", h("code", {}, result.code)));
}
