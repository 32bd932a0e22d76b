"""Programs: their ends, their output, and that nothing of them stays."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

import pytest
from fraisier.domain.errors import FraisierError
from fraisier.effects.process import Stopped, base_environment, run


def test_run__exit_status_and_outputs__are_told(tmp_path: Path) -> None:
    """Standard output is kept apart, the tail has both, secrets are masked."""
    lines: list[str] = []
    script = "echo out; echo the-secret >&2; exit 7"
    done = run(
        ["sh", "-c", script],
        timeout_seconds=20,
        cwd=tmp_path,
        on_line=lines.append,
        secrets={"the-secret"},
    )
    assert (done.exit_status, done.stdout) == (7, "out\n")
    assert sorted(lines) == sorted(done.tail) == ["***", "out"]
    assert "exit status 7" in done.describe()


def test_run__no_such_program__is_tool_missing() -> None:
    """A missing program has a code of its own."""
    with pytest.raises(FraisierError) as caught:
        run(["no-such-program-here"], timeout_seconds=20)
    assert caught.value.code == "tool-missing"


def test_run__too_slow__is_ended_with_its_children(tmp_path: Path) -> None:
    """The whole group ends at the time limit."""
    with pytest.raises(FraisierError) as caught:
        run(["sh", "-c", "sleep 61 & echo $! > pid; wait"], timeout_seconds=0.5, cwd=tmp_path)
    assert caught.value.code == "step-timeout"
    assert is_gone(int((tmp_path / "pid").read_text()))


def test_run__asked_to_stop__is_stopped(tmp_path: Path) -> None:
    """should_stop ends the program."""
    with pytest.raises(Stopped):
        run(
            ["sh", "-c", "touch begun; sleep 62"],
            timeout_seconds=60,
            cwd=tmp_path,
            should_stop=(tmp_path / "begun").exists,
        )


def test_run__child_left_in_background__dies_with_the_program(tmp_path: Path) -> None:
    """A program leaves nothing running behind."""
    done = run(["sh", "-c", "sleep 63 & echo $! > pid"], timeout_seconds=20, cwd=tmp_path)
    assert done.ok
    assert is_gone(int((tmp_path / "pid").read_text()))


def test_run__standard_input__is_read_and_stdout_is_given_as_it_is(tmp_path: Path) -> None:
    """What a program is given it can read, and its lines come whole: also a long last one."""
    out: list[bytes] = []
    logged: list[str] = []
    given = b"first\n" + b"x" * 200_000
    done = run(
        ["sh", "-c", "read -r line; echo $line >&2; cat"],
        timeout_seconds=20,
        cwd=tmp_path,
        stdin=given,
        on_stdout=out.append,
        on_line=logged.append,
    )
    assert (done.exit_status, done.stdout, logged) == (0, "", ["first"])
    assert out == [b"x" * 200_000]


def test_run__line_without_end__is_given_once_and_cut(tmp_path: Path) -> None:
    """A line above the limit costs no more memory than the limit."""
    out: list[bytes] = []
    script = "head -c 3000000 /dev/zero | tr '\\0' x; echo; echo next"
    run(["sh", "-c", script], timeout_seconds=20, cwd=tmp_path, on_stdout=out.append)
    assert [len(line) for line in out] == [1_000_001, 4]


def test_base_environment__fraisiers_own_secrets__stay_behind() -> None:
    """Only an allow list goes to programs."""
    given = {"PATH": "/bin", "FRAISIER_DATABASE_URL": "postgresql://x", "AWS_SECRET": "y"}
    assert base_environment(given) == {"PATH": "/bin"}


def is_gone(pid: int) -> bool:
    """Whether the process ends within a moment (a zombie counts as ended)."""
    for _ in range(200):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        os.sched_yield()
        time.sleep(0.01)
    return False


@pytest.mark.parametrize("ending", ["exit 0", "sleep 64"])
def test_run__daemon_of_the_program__dies_with_it(tmp_path: Path, ending: str) -> None:
    """Also what took a session of its own is gone, at the end and at the time limit."""
    script = f"setsid sh -c 'echo $$ > pid; exec sleep 65' & until [ -s pid ]; do :; done; {ending}"
    with contextlib.suppress(FraisierError):
        run(["sh", "-c", script], timeout_seconds=2, cwd=tmp_path)
    assert is_gone(int((tmp_path / "pid").read_text()))


def test_run__control_characters__are_taken_out() -> None:
    """What a program prints can be stored by every database and steers no terminal."""
    lines: list[str] = []
    run(
        ["printf", r"a\000b\033[31mred\033[0m\033]0;title\007\377 end\rnext"],
        timeout_seconds=20,
        on_line=lines.append,
    )
    assert lines == ["a\ufffdbred\ufffd end", "next"]


def test_run__secret_in_a_line_without_end__is_masked() -> None:
    """A line that is cut is masked first, and its rest is dropped."""
    lines: list[str] = []
    script = "head -c 3995 /dev/zero | tr '\\0' x; printf the-secret; head -c 99999 /dev/zero"
    run(["sh", "-c", script], timeout_seconds=20, on_line=lines.append, secrets={"the-secret"})
    assert len(lines) == 1
    assert lines[0].endswith("x***\ufffd\ufffd")
    assert len(lines[0]) == 4_000


def test_run__program_that_reads_its_input__finds_the_end() -> None:
    """Nobody can answer a question of a program: it reads nothing and goes on."""
    assert run(["cat"], timeout_seconds=20).ok
