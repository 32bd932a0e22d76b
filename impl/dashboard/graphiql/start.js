// GraphiQL over /graphql, with the token that the dashboard keeps for this tab.

import { authorization, token } from "../api.js";

const place = document.getElementById("graphiql");
const state = document.getElementById("token-state");
const given = document.getElementById("token");

document.getElementById("token-form").addEventListener("submit", (event) => {
  event.preventDefault();
  if (given.value) token.set(given.value);
  else token.forget();
  location.reload();
});
state.textContent = token.get() ? "This tab has a token." : "No token.";

async function send(parameters) {
  const answer = await fetch("graphql", {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json", ...authorization() },
    body: JSON.stringify(parameters),
    credentials: "omit",
  });
  if (answer.status === 401) state.textContent = "401: a token is needed.";
  return answer.json();
}

function start() {
  const { React, ReactDOM, GraphiQL } = window;
  if (!React || !ReactDOM || !GraphiQL) {
    place.firstElementChild.textContent =
      "GraphiQL is not part of this installation. In a checkout of Fraisier, run «make graphiql» " +
      "and start the server again; the address /graphql answers without it.";
    return;
  }
  const query = "{\n  fraises {\n    name\n    environments { name status currentVersion }\n  }\n}\n";
  const element = React.createElement(GraphiQL, {
    fetcher: send, defaultQuery: query, isHeadersEditorEnabled: false, shouldPersistHeaders: false,
  });
  ReactDOM.createRoot(place).render(element);
}

start();
