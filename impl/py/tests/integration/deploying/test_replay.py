"""A stored webhook is routed again, named by its id or the beginning of it."""

from __future__ import annotations

import pytest
from fraisier.db import refuse
from fraisier.domain.errors import FraisierError
from fraisier.operations.replay import replay_webhook

from .conftest import World


def deliver(world: World, number: int, branch: str = "dev") -> str:
    """A webhook that leads nowhere; its id."""
    event = {"event_type": "push", "branch": branch, "commit_sha": f"{number:040x}"}
    answer = world.db.call(
        "fn_process_webhook",
        provider="github",
        payload="{}",
        event=event,
        hook="default",
        delivery_id=f"delivery-{number}",
        actor="alice",
    )
    return str(refuse(answer).entity_id)


def test_replay_webhook__beginning_of_an_id__is_the_one_webhook(world: World) -> None:
    """As much of it as no other has; capitals are the same id."""
    ids = [deliver(world, number) for number in range(1, 6)]
    for found in ids:
        answer = replay_webhook(world.db, found[:9].upper(), "carol")
        assert answer.entity is not None
        assert (answer.status_detail, answer.entity["replayed_from"]) == ("ignored", found)


def test_replay_webhook__several_begin_so__is_refused(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody guesses which one is meant."""
    monkeypatch.setattr("fraisier.operations.replay.PREFIX_DIGITS_MIN", 1)
    starts = [deliver(world, number)[0] for number in range(1, 18)]
    twice = next(start for start in starts if starts.count(start) > 1)
    with pytest.raises(FraisierError, match="several") as caught:
        replay_webhook(world.db, twice, None)
    assert caught.value.code == "invalid-argument"


@pytest.mark.parametrize("given", ["0000", "ffffffff", "", "not an id", "zzzz", "-", "%"])
def test_replay_webhook__no_such_id__is_unknown(world: World, given: str) -> None:
    """Whatever was typed."""
    deliver(world, 1)
    with pytest.raises(FraisierError) as caught:
        replay_webhook(world.db, given, None)
    assert caught.value.code == "unknown-webhook"
