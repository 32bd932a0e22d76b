"""Logs that never hold up whoever prints."""

from __future__ import annotations

from pathlib import Path

import pytest
from fraisier.effects.files import log_lines


def test_log_lines__disk_is_full__loses_the_lines_alone() -> None:
    """Neither the write nor the end of the log is an error."""
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("there is no /dev/full")
    with log_lines(full) as write:
        write("a line")


def test_log_lines__long_log__begins_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The old one is kept beside it; both are their owner's only."""
    monkeypatch.setattr("fraisier.effects.files.LOG_BYTES_MAX", 10)
    path = tmp_path / "a.log"
    for line in ("a long line", "another"):
        with log_lines(path) as write:
            write(line)
    assert path.read_text() == "another\n"
    assert (tmp_path / "a.log.1").read_text() == "a long line\n"
    assert path.stat().st_mode & 0o777 == 0o600
