// The form that asks for a token.

import { h } from "../dom.js";

/** The form; `refused` when the server did not like the token that it was given. */
export function draw(reason, refused) {
  return h("section", { class: "card narrow" },
    h("h1", {}, "A token is needed"),
    refused && h("p", { class: "problem", role: "alert" },
      "The server does not accept this token (401). It may have been revoked, or have expired."),
    h("form", { id: "token-form" },
      h("label", { for: "token" }, "Token"),
      h("input", {
        id: "token", name: "token", type: "password", required: true,
        autocomplete: "off", spellcheck: "false", "aria-describedby": "token-hint",
      }),
      h("button", { class: "main" }, "Show the dashboard")),
    h("p", { id: "token-hint", class: "quiet" },
      "It stays in this tab and is forgotten when the tab is closed. ",
      h("code", {}, "fraisier token create NAME --scope read"), " makes one; ",
      "with ", h("code", {}, "--scope deploy"), " too, it may deploy. ",
      "The ", h("code", {}, "server.token"), " of fraises.yaml may do everything."),
    h("p", { class: "quiet" }, `The server says: ${reason.message}`));
}
