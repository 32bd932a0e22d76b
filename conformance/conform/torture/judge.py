"""What must hold when a storm is over, asked of the database and of the services."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from conform.model import judge
from conform.torture.sender import Push

Rows = Callable[..., list[dict[str, Any]]]
STORED = """
SELECT w.pk_webhook_event, w.id, w.delivery_id, w.branch, w.commit_sha,
       count(r.command_id) AS asked, min(r.environment) AS environment,
       min(r.git_commit) AS git_commit
  FROM tb_webhook_event w
  LEFT JOIN tb_deployment_request r ON r.fk_webhook_event = w.pk_webhook_event
 GROUP BY w.pk_webhook_event, w.id, w.delivery_id, w.branch, w.commit_sha
 ORDER BY w.pk_webhook_event
"""
SERVED = "SELECT environment, current_commit FROM v_fraise_status"
TOLD_MAX = 20


def deliveries(rows: Rows, pushes: Sequence[Push]) -> list[str]:
    """What is wrong with the pushes as they are stored; nothing: each is there once, in order."""
    stored = rows(STORED)
    return _told(_answers(pushes), _stored_once(pushes, stored), _in_order(pushes, stored))


def deployments(rows: Rows, started: Mapping[str, list[tuple[str, str]]]) -> list[str]:
    """What is wrong with what runs; nothing: the newest push everywhere, and a log that fits."""
    of_log = judge.violations(lambda sql: rows(sql), deployers=True)
    return _told(_deployed(rows(STORED), rows(SERVED), started), of_log)


def _told(*found: Iterable[str]) -> list[str]:
    """The first of them, and how many there are beside."""
    every = [text for each in found for text in each]
    more = len(every) - TOLD_MAX
    return every[:TOLD_MAX] + ([f"and {more} more"] if more > 0 else [])


def _answers(pushes: Sequence[Push]) -> Iterator[str]:
    for push in pushes:
        if not push.statuses or push.statuses[-1] != 202:
            yield f"{push.delivery} was answered with {push.statuses}"


def _stored_once(pushes: Sequence[Push], stored: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Accepted and stored are the same, each with the one request that it asks for."""
    counts = Counter(row["delivery_id"] for row in stored)
    known = {push.delivery: push for push in pushes}
    for push in pushes:
        if counts[push.delivery] != 1:
            yield f"{push.delivery} is stored {counts[push.delivery]} times"
    for row in stored:
        push = known.get(row["delivery_id"])
        if push is None:
            yield f"{row['delivery_id']} was never sent"
            continue
        wanted = (push.event, push.commit, push.branch, 1, push.branch, push.commit)
        got = (str(row["id"]), row["commit_sha"], row["branch"], row["asked"])
        asked = (f"to-{row['environment']}", row["git_commit"])
        if (*got, *asked) != wanted:
            yield f"{push.delivery} is stored as {(*got, *asked)}, not as {wanted}"


def _in_order(pushes: Sequence[Push], stored: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What was answered before another was sent is the older one, in every environment."""
    known = {push.delivery: push for push in pushes}
    newest_sent: dict[str, float] = defaultdict(float)
    for row in stored:
        push = known.get(row["delivery_id"])
        if push is None:
            continue
        if push.answered_at < newest_sent[push.branch]:
            yield f"{push.delivery} was answered before an older one of {push.branch} was sent"
        newest_sent[push.branch] = max(newest_sent[push.branch], push.sent_at)


def _deployed(
    stored: Sequence[Mapping[str, Any]],
    served: Sequence[Mapping[str, Any]],
    started: Mapping[str, list[tuple[str, str]]],
) -> Iterator[str]:
    """The newest commit of each environment runs, and none went back to an older one."""
    order: dict[str, dict[str, int]] = defaultdict(dict)
    for row in stored:
        order[str(row["environment"])][row["commit_sha"]] = row["pk_webhook_event"]
    for row in served:
        place, known = row["environment"], order[row["environment"]]
        newest = max(known, key=lambda commit: known[commit], default=None)
        marks = [commit for commit, _ in started.get(place, [])]
        if row["current_commit"] != newest or not marks or marks[-1] != newest:
            yield f"{place} runs {marks[-1:]}, recorded {row['current_commit']}, newest {newest}"
        if any(known.get(a, 0) > known.get(b, 0) for a, b in pairwise(marks)):
            yield f"{place} went back to an older commit: {marks}"
