"""The judge of a storm: what is right passes, and every way of being wrong is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from conform.torture import judge
from conform.torture.sender import Push

FIRST = Push("to-e00", "a" * 40, "d-1", 1.0, 2.0, 1, [202], "id-1")
SECOND = Push("to-e00", "b" * 40, "d-2", 3.0, 4.0, 2, [503, 202], "id-2")
Row = dict[str, Any]


def stored(push: Push, number: int) -> Row:
    """The row that a push should have."""
    return {
        "pk_webhook_event": number,
        "id": push.event,
        "delivery_id": push.delivery,
        "branch": push.branch,
        "commit_sha": push.commit,
        "asked": 1,
        "environment": "e00",
        "git_commit": push.commit,
    }


def answering(*rows: Row, served: str = SECOND.commit) -> Callable[..., list[Row]]:
    """A database that holds these webhooks and serves that commit; its log is empty."""

    def ask(sql: str, **_: object) -> list[Row]:
        if sql == judge.STORED:
            return list(rows)
        if sql == judge.SERVED:
            return [{"environment": "e00", "current_commit": served}]
        return []

    return ask


GOOD = (stored(FIRST, 1), stored(SECOND, 2))


def test_deliveries__all_there_once__nothing_is_told() -> None:
    """A push that was repeated after an error and stored once is fine."""
    assert judge.deliveries(answering(*GOOD), [FIRST, SECOND]) == []


@pytest.mark.parametrize(
    ("rows", "pushes", "told"),
    [
        (GOOD[:1], [FIRST, SECOND], "d-2 is stored 0 times"),
        ((*GOOD, GOOD[1]), [FIRST, SECOND], "d-2 is stored 2 times"),
        (GOOD, [FIRST], "d-2 was never sent"),
        (({**GOOD[0], "asked": 2}, GOOD[1]), [FIRST, SECOND], "d-1 is stored as"),
        (({**GOOD[0], "asked": 0}, GOOD[1]), [FIRST, SECOND], "d-1 is stored as"),
        (({**GOOD[0], "id": "another"}, GOOD[1]), [FIRST, SECOND], "d-1 is stored as"),
        (({**GOOD[0], "git_commit": "c" * 40}, GOOD[1]), [FIRST, SECOND], "d-1 is stored as"),
        (GOOD, [replace(FIRST, statuses=[200]), SECOND], "d-1 was answered with [200]"),
        (
            (stored(SECOND, 1), stored(FIRST, 2)),
            [FIRST, SECOND],
            "d-1 was answered before an older one of to-e00 was sent",
        ),
    ],
)
def test_deliveries__something_is_wrong__is_told(
    rows: tuple[Row, ...], pushes: list[Push], told: str
) -> None:
    """Lost, doubled, foreign, with another deployment, refused, out of order."""
    found = judge.deliveries(answering(*rows), pushes)
    assert any(text.startswith(told) for text in found), found


@pytest.mark.parametrize(
    ("served", "marks", "fine"),
    [
        (SECOND.commit, [FIRST.commit, SECOND.commit], True),
        (SECOND.commit, [SECOND.commit], True),
        (FIRST.commit, [FIRST.commit], False),
        (SECOND.commit, [FIRST.commit], False),
        (SECOND.commit, [], False),
        (SECOND.commit, [SECOND.commit, FIRST.commit, SECOND.commit], False),
    ],
)
def test_deployments__newest_or_not__is_told(served: str, marks: list[str], fine: bool) -> None:
    """The newest serves, is what the service itself says, and nothing went back."""
    started = {"e00": [(commit, "release") for commit in marks]}
    found = judge.deployments(answering(*GOOD, served=served), started)
    assert (found == []) is fine, found
