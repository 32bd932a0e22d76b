"""Side effects are seen, counted, and zero unless a scenario says otherwise."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from conform.databases import Scratch
from conform.effects import Effect, snapshot
from conform.miniature import Checkout


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


def test_snapshot__beside_an_open_connection__leaves_its_locks(scratch: Scratch) -> None:
    """Another process that closes last must not take the log away from who reads on."""
    scratch.rows("SELECT * FROM tb_event")
    snapshot(scratch)
    path = scratch.url.removeprefix("sqlite:///")
    write = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); "
        "c.execute(\"INSERT INTO tb_event (event_type) VALUES ('one')\"); c.commit(); c.close()"
    )
    subprocess.run([sys.executable, "-c", write, path], check=True)
    assert Path(f"{path}-wal").exists()
    assert len(scratch.rows("SELECT * FROM tb_event")) == 1


def test_snapshot__copy_that_was_read__is_removed(scratch: Scratch, tmp_path: Path) -> None:
    """Nothing stays beside the database."""
    before = {each.name for each in tmp_path.iterdir()}
    snapshot(scratch)
    assert {each.name for each in tmp_path.iterdir()} - {"-shm", "-wal"} <= before | {
        f"{scratch.name}.db{suffix}" for suffix in ("-shm", "-wal")
    }


SENTENCES = {
    "nothing": "Then nothing changed",
    "exactly": "Then exactly these changed:\n| table | added |\n| tb_fraise | 1 |",
    "else": "Then these changed:\n| table | added |\n| tb_fraise | 1 |\nAnd nothing else changed",
    "these": "Then these changed:\n| table | added |\n| tb_fraise | 1 |",
}
WRITE = """
import os, sqlite3, sys
if '--version' in sys.argv or 'init' in sys.argv: sys.exit(0)
c = sqlite3.connect(os.environ['FRAISIER_DATABASE_URL'].removeprefix('sqlite:///'))
c.execute("INSERT INTO tb_fraise (name, type) VALUES ('a', 'api')")
c.execute("INSERT INTO tb_event (event_type) VALUES ('secretly')")
c.commit()
"""


def test_steps__unmentioned_change__fails(checkout: Checkout) -> None:
    """A program that writes more than the scenario accounts for is found out."""
    checkout.implementation(WRITE)
    for name, sentence in SENTENCES.items():
        checkout.scenario("cli", f"When the command `write` is run\n{sentence}", name)
    ran = checkout.conform("--impl", "impl/bad", "--workers", "1")
    said = {name: ran.verdicts()[f"{name} is so"] for name in SENTENCES}
    assert said == {"nothing": "fail", "exactly": "fail", "else": "fail", "these": "pass"}
