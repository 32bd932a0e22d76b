"""Programs that answer at once, and those that do not."""

from __future__ import annotations

import os

import pytest
from fraisier.domain.errors import FraisierError
from fraisier.effects import answering, process
from fraisier.effects.answering import answer_of
from fraisier.effects.process import ask

ENVIRONMENT = {"PATH": os.environ["PATH"]}


def shell(script: str) -> list[str]:
    """A program that does what the script says."""
    return ["/bin/sh", "-c", script]


def test_answer_of__both_pipes__are_apart() -> None:
    """With the exit status."""
    found = answer_of(shell("echo out; echo err >&2; exit 3"), ENVIRONMENT, 30)
    assert found == (3, b"out\n", b"err\n", False)


def test_answer_of__child_that_holds_the_pipes__is_ended() -> None:
    """Who asked does not wait for it, and it does not live on."""
    with pytest.raises(TimeoutError):
        answer_of(shell("sleep 60 & sleep 60"), ENVIRONMENT, 0.2)


def test_ask__more_than_it_may_say__does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """The program is killed, and the failure says why."""
    monkeypatch.setattr(answering, "ANSWER_BYTES_MAX", 100_000)
    monkeypatch.setattr(process, "ANSWER_BYTES_MAX", 100_000)
    done = ask(shell("yes"), timeout_seconds=30, environment=ENVIRONMENT)
    assert (done.ok, done.stdout) == (False, "")
    assert done.describe().endswith("it said more than 100000 bytes")


def test_ask__too_slow__is_a_failure_with_a_code() -> None:
    """Also when only what it started still holds the pipes."""
    with pytest.raises(FraisierError) as caught:
        ask(shell("sleep 60 &"), timeout_seconds=0.2, environment=ENVIRONMENT)
    assert caught.value.code == "step-timeout"


def test_ask__no_such_program__is_a_failure_with_a_code() -> None:
    """Of the machine, not of Fraisier."""
    with pytest.raises(FraisierError) as caught:
        ask(["/no/such/program"], timeout_seconds=1, environment=ENVIRONMENT)
    assert caught.value.code == "tool-missing"
