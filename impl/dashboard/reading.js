// What the past of an environment says: deployments of one environment, newest first.

/** The deployment that waits or runs. */
export function underWay(past) {
  return past.find((d) => d.outcome === "in_progress") ?? past.find((d) => d.outcome === "pending") ?? null;
}

/** The last deployment that came to an end of its own. */
export function last(past) {
  return past.find((d) => ["success", "failed", "rolled_back"].includes(d.outcome)) ?? null;
}

/** The deployment that brought what serves now. */
export function current(past, environment) {
  return past.find((d) => d.outcome === "success" && d.newVersion === environment.currentVersion) ?? null;
}

/** The version that served before the current one, if the page knows of one. */
export function rollbackTarget(past, environment) {
  const other = past.find((d) => d.outcome === "success" && d.newVersion &&
    environment.currentVersion && d.newVersion !== environment.currentVersion);
  return other?.newVersion ?? null;
}

/**
 * What is wrong with an environment, in parts of a sentence, and the deployment to suspect;
 * null when all is well.
 * A failed deployment is wrong until another one ends well.
 */
export function trouble(past, environment) {
  const latest = last(past);
  const failed = latest && latest.outcome !== "success" ? latest : null;
  const when = failed?.completedAt ?? null;
  const unwell = { DOWN: "is down", DEGRADED: "is degraded" }[environment.status];
  if (unwell) {
    const suspect = failed ?? current(past, environment);
    return { text: unwell, joint: "since", when, tail: "", deployment: suspect, unwell: true };
  }
  if (!failed) return null;
  const tail = environment.currentVersion ? `; ${environment.currentVersion} is serving` : "; nothing serves";
  const text = failed.outcome === "rolled_back" ? "was rolled back by itself" : "failed to deploy";
  return { text, joint: "at", when, tail, deployment: failed };
}
