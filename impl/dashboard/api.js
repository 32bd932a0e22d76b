// The one address that the dashboard talks to, and the token that opens it.

const KEY = "fraisier-token";
const SECONDS = 20;

/** A request that did not work; `status` is 0 when no answer came at all. */
export class Failure extends Error {
  constructor(message, { status = 0, code = "", hint = "" } = {}) {
    super(message);
    Object.assign(this, { status, code, hint });
  }
}

/** The token of this tab; gone when the tab is closed. */
export const token = {
  get: () => sessionStorage.getItem(KEY) ?? "",
  set: (value) => sessionStorage.setItem(KEY, value),
  forget: () => sessionStorage.removeItem(KEY),
};

let scopes = null;

/** Whether the token has a scope; true while the server has not said. */
export function may(scope) {
  return scopes === null || scopes.includes(scope);
}

/** Forget what an earlier token could do. */
export function forgetScopes() {
  scopes = null;
}

/** Headers that show who asks. */
export function authorization() {
  const given = token.get();
  return given ? { Authorization: `Bearer ${given}` } : {};
}

/**
 * The data of a document. Throws a Failure that can be shown to a person; `signal`
 * ends it early, as does a server that does not answer.
 */
export async function ask(query, variables = {}, signal = null) {
  const ends = [AbortSignal.timeout(SECONDS * 1000), signal].filter(Boolean);
  const answer = await sent(query, variables, AbortSignal.any(ends));
  const said = answer.headers.get("fraisier-scopes");
  if (said !== null) scopes = said.split(" ").filter(Boolean);
  const body = await decoded(answer);
  const error = body.error ?? body.errors?.[0];
  if (error) throw failure(answer.status, error);
  if (!answer.ok) throw new Failure(`The server answered ${answer.status}.`, { status: answer.status });
  return body.data;
}

async function sent(query, variables, signal) {
  try {
    return await fetch("graphql", {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", ...authorization() },
      body: JSON.stringify({ query, variables }),
      signal,
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
    });
  } catch (reason) {
    if (reason.name === "AbortError") throw reason;
    const late = reason.name === "TimeoutError";
    throw new Failure(
      late ? `The server has not answered for ${SECONDS} seconds.` : "The server cannot be reached.",
      { hint: "Is it running, and is this machine connected? The page tries again by itself." },
    );
  }
}

async function decoded(answer) {
  try {
    return await answer.json();
  } catch {
    throw new Failure(`The answer (${answer.status}) is none of Fraisier's.`, {
      status: answer.status,
      hint: "Something between this browser and the server may have answered instead.",
    });
  }
}

function failure(status, error) {
  const { code = error.code ?? "", hint = error.hint ?? "" } = error.extensions ?? {};
  const known = { unauthorized: 401, forbidden: 403 }[code];
  return new Failure(error.message ?? "The server gave no reason.", {
    status: known ?? status, code, hint,
  });
}
