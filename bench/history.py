"""
A long history in one statement a table: years of deployments, as if they had been carried out.

The newest ones are the same however long it is: a deployment about every four minutes, so that
10,000 of them are a month and a million eight years. One fraise was given up at the beginning,
which is the worst that can happen to a walk from the newest one back.
"""

from __future__ import annotations

import sqlite3
from typing import Any

from bench.data import ENVIRONMENTS, FRAISES

SECONDS_BETWEEN = 259
RETIRED = 100  # deployments of the fraise that was given up

# ``n`` counts from 1, the newest is ``:count``. ``{time}`` is when that one began.
_TARGETS = """
CREATE TEMPORARY TABLE bench_target AS
SELECT e.pk_environment, f.name AS fraise, e.name AS environment,
    row_number() OVER (ORDER BY e.pk_environment) - 1 AS place, f.name = '{retired}' AS retired
FROM tb_environment e JOIN tb_fraise f ON f.pk_fraise = e.fk_fraise
"""
_NUMBERED = """
CREATE TEMPORARY TABLE bench_row AS
SELECT n.n, t.pk_environment, t.fraise, t.environment,
    {id} AS id,
    {time} AS at,
    CASE WHEN n.n % 10 = 7 THEN 'superseded' WHEN n.n % 50 = 0 THEN 'rolled_back'
        WHEN n.n % 20 = 0 THEN 'failed' ELSE 'success' END AS status
FROM {numbers} n
JOIN bench_target t ON CASE WHEN n.n <= {retired_rows} THEN t.retired AND t.place % 5 = n.n % 5
    ELSE t.place = n.n % {live} END
ORDER BY n.n
"""
_WEBHOOKS = """
INSERT INTO tb_webhook_event (
    pk_webhook_event, id, received_at, provider, delivery_id, event_type, repository, branch,
    commit_sha, sender, processed, command_id
)
SELECT n, id, at, 'github', 'delivery ' || n, 'push', 'acme/' || fraise, 'main', {commit}, 'alice',
    {true}, 'webhook ' || n
FROM bench_row WHERE n % 4 = 0
"""
_REQUESTS = """
INSERT INTO tb_deployment_request (
    pk_deployment_request, id, fk_environment, fk_webhook_event, fraise, environment,
    requested_at, requested_by, trigger_type, status, git_branch, git_commit, target_provider,
    command_id
)
SELECT n, id, pk_environment, CASE WHEN n % 4 = 0 THEN n END, fraise, environment, at, 'alice',
    CASE WHEN n % 4 = 0 THEN 'webhook' ELSE 'api' END,
    CASE status WHEN 'superseded' THEN status WHEN 'success' THEN 'completed' ELSE 'failed' END,
    'main', {commit}, 'local', 'request ' || n
FROM bench_row
"""
_DEPLOYMENTS = """
INSERT INTO tb_deployment (
    pk_deployment, id, fk_request, fk_environment, fraise, environment, status, started_at,
    completed_at, duration_seconds, new_version, target_provider, git_commit, git_branch, attempt
)
SELECT n, id, n, pk_environment, fraise, environment, status,
    CASE WHEN status <> 'superseded' THEN at END, at, 12.5, {commit}, 'local', {commit}, 'main', 1
FROM bench_row
"""
_STEPS = """
INSERT INTO tb_deployment_step (
    pk_deployment_step, id, fk_deployment, attempt, step, state, progress, started_at, completed_at
)
SELECT n, id, n, 1, 'build', CASE WHEN status = 'failed' THEN 'failed' ELSE 'succeeded' END, 100,
    at, at
FROM bench_row WHERE status <> 'superseded'
"""
_EVENTS = """
INSERT INTO tb_event (occurred_at, event_type, entity_type, entity_id, fraise, environment)
SELECT at, k.kind, 'Deployment', id, fraise, environment
FROM bench_row CROSS JOIN (
    SELECT 1 AS place, 'deployment.requested' AS kind UNION ALL SELECT 2, 'deployment.completed'
) k
ORDER BY n, k.place
"""
INSERTS = (_WEBHOOKS, _REQUESTS, _DEPLOYMENTS, _STEPS, _EVENTS)

_WORDS = {
    "sqlite": {
        "id": "printf('%08x-0000-7000-8000-%012x', n.n, n.n)",
        "time": "strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-' || (({count} - n.n) * {between})"
        " || ' seconds')",
        "numbers": "(WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c"
        " WHERE n < {count}) SELECT n FROM c)",
        "commit": "printf('%040x', n)",
        "true": "1",
    },
    "postgresql": {
        "id": "(lpad(to_hex(n.n), 8, '0') || '-0000-7000-8000-' || lpad(to_hex(n.n), 12, '0'))"
        "::uuid",
        "time": "now() - make_interval(secs => ({count} - n.n) * {between})",
        "numbers": "(SELECT n::integer FROM generate_series(1, {count}) n)",
        "commit": "lpad(to_hex(n), 40, '0')",
        "true": "TRUE",
    },
}


def statements(dialect: str, count: int, between: int = SECONDS_BETWEEN) -> list[str]:
    """What makes ``count`` deployments of the registry of ``bench.data``."""
    words = {
        name: text.format(count=count, between=between) for name, text in _WORDS[dialect].items()
    }
    words |= {
        "retired": f"fraise_{FRAISES - 1}",
        "retired_rows": str(RETIRED),
        "live": str((FRAISES - 1) * ENVIRONMENTS),
    }
    drops = [f"DROP TABLE {name}" for name in ("bench_row", "bench_target")]
    return [each.format(**words) for each in (_TARGETS, _NUMBERED, *INSERTS)] + drops


def grow_sqlite(path: str, count: int, between: int = SECONDS_BETWEEN) -> None:
    """A history in a file that has a registry and nothing else."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("synchronous=OFF", "temp_store=MEMORY", "cache_size=-500000"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("BEGIN IMMEDIATE")
    for statement in statements("sqlite", count, between):
        connection.execute(statement)
    connection.execute("COMMIT")
    connection.close()


def grow_postgresql(connection: Any, count: int, between: int = SECONDS_BETWEEN) -> None:
    """The same over a connection of a superuser; nobody checks the keys row by row."""
    with connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")
        for statement in statements("postgresql", count, between):
            connection.execute(statement)
    connection.execute("VACUUM ANALYZE")
