"""Side effects are seen, counted, and zero unless a scenario says otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from conform.databases import Scratch, installed
from conform.effects import Effect, snapshot
from conform.miniature import ROOT, Checkout


@pytest.fixture
def scratch(tmp_path: Path) -> Iterator[Scratch]:
    """An installed SQLite database."""
    found = installed("sqlite", str(tmp_path), ROOT)
    yield found
    found.drop()


def test_snapshot__written_rows__are_counted_by_kind(scratch: Scratch) -> None:
    """Added, changed and removed rows are told apart, by table."""
    scratch.execute("INSERT INTO tb_event (event_type) VALUES ('one'), ('two')")
    before = snapshot(scratch)
    scratch.execute("INSERT INTO tb_event (event_type) VALUES ('three')")
    scratch.execute("UPDATE tb_event SET payload = '[]' WHERE event_type = 'one'")
    scratch.execute("DELETE FROM tb_event WHERE event_type = 'two'")
    assert snapshot(scratch).since(before) == {"tb_event": Effect(1, 1, 1)}


def test_snapshot__nothing_written__shows_nothing(scratch: Scratch) -> None:
    """Reading twice is no difference."""
    assert snapshot(scratch).since(snapshot(scratch)) == {}


@pytest.mark.parametrize(
    ("sentence", "verdict"),
    [
        ("Then nothing changed", "fail"),
        ("Then exactly these changed:\n| table | added |\n| tb_fraise | 1 |", "fail"),
        (
            "Then these changed:\n| table | added |\n| tb_fraise | 1 |\nAnd nothing else changed",
            "fail",
        ),
        ("Then these changed:\n| table | added |\n| tb_fraise | 1 |", "pass"),
    ],
)
def test_steps__unmentioned_change__fails(checkout: Checkout, sentence: str, verdict: str) -> None:
    """A program that writes more than the scenario accounts for is found out."""
    write = (
        "import os, sqlite3, sys\n"
        "if '--version' in sys.argv or 'init' in sys.argv: sys.exit(0)\n"
        "c = sqlite3.connect(os.environ['FRAISIER_DATABASE_URL'].removeprefix('sqlite:///'))\n"
        "c.execute(\"INSERT INTO tb_fraise (name, type) VALUES ('a', 'api')\")\n"
        "c.execute(\"INSERT INTO tb_event (event_type) VALUES ('secretly')\")\n"
        "c.commit()\n"
    )
    checkout.implementation(write)
    checkout.scenario("cli", f"When the command `write` is run\n{sentence}")
    ran = checkout.conform("--impl", "impl/bad")
    assert ran.verdicts()["cli is so"] == verdict, ran.output
