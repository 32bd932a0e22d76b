// News from the server: a subscription over server-sent events (graphql-sse, distinct
// connections), read with fetch, because only fetch can send a token.

import { authorization } from "./api.js";

const PAUSES = [1, 2, 5, 10, 30]; // seconds before another try
const PATH = "graphql";

/**
 * Call `news` for each event of `wanted.query` until `close()`, and `changed` when the
 * connection comes or goes. A server without subscriptions is asked only once.
 */
export function follow(wanted, news, changed) {
  const end = new AbortController();
  let open = false;
  const set = (value) => {
    if (open !== value && !end.signal.aborted) {
      open = value;
      changed();
    }
  };
  keep(wanted, news, set, end.signal);
  return { key: wanted.key, isOpen: () => open, close: () => end.abort() };
}

async function keep(wanted, news, set, signal) {
  for (let tries = 0; !signal.aborted; tries += 1) {
    try {
      const answer = await connect(wanted, signal);
      if (!isStream(answer)) {
        await answer.body?.cancel();
        return;
      }
      set(true);
      if (tries > 0) news();
      tries = 0;
      await read(answer.body, news);
    } catch {
      if (signal.aborted) return;
    }
    set(false);
    await pause(PAUSES[Math.min(tries, PAUSES.length - 1)], signal);
  }
}

function connect(wanted, signal) {
  return fetch(PATH, {
    method: "POST",
    headers: {
      "Content-Type": "application/json", Accept: "text/event-stream", ...authorization(),
    },
    body: JSON.stringify({ query: wanted.query, variables: wanted.variables ?? {} }),
    signal,
    cache: "no-store",
    credentials: "omit",
  });
}

function isStream(answer) {
  return answer.ok && (answer.headers.get("content-type") ?? "").startsWith("text/event-stream");
}

async function read(body, news) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const blocks = (rest + value).replaceAll("\r\n", "\n").split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) {
      const event = block.split("\n").find((line) => line.startsWith("event:"))?.slice(6).trim();
      if (event === "complete") return;
      if (event === "next") news(dataOf(block));
    }
  }
}

function dataOf(block) {
  const lines = block.split("\n").filter((line) => line.startsWith("data:"));
  try {
    return JSON.parse(lines.map((line) => line.slice(5).trimStart()).join("\n")).data ?? null;
  } catch {
    return null;
  }
}

function pause(seconds, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, seconds * 1000);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
