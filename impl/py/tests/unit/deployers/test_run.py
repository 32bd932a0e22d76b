"""When the script of a pipeline runs, and when never again."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, cast

import pytest
from fraisier.deployers.base import Probe, Work
from fraisier.deployers.jobs import Run
from fraisier.deployers.releases import Release
from fraisier.deployers.runs import RUNS_KEPT, RunFolder
from fraisier.domain.errors import FraisierError
from fraisier.domain.values import (
    DeploymentResult,
    Environment,
    Fraise,
    FraiseConfig,
    HealthStatus,
    ScriptResult,
)
from fraisier.effects.files import try_lock
from fraisier.providers.base import DeploymentProvider

DEPLOYMENT = "0f1e2d3c-0000-4000-8000-000000000000"
RELEASE = Release("1.0", "a" * 40, DEPLOYMENT)


class Here(DeploymentProvider):
    """This machine, with nothing around it."""

    name: ClassVar[str] = "here"

    def deploy(self, fraise: FraiseConfig, version: str) -> DeploymentResult:
        """Never asked."""
        raise NotImplementedError

    def rollback(self, fraise: FraiseConfig, to_version: str) -> bool:
        """Never asked."""
        raise NotImplementedError

    def health_check(self, fraise: FraiseConfig) -> HealthStatus:
        """Never asked."""
        raise NotImplementedError

    def logs(self, fraise: FraiseConfig, lines: int = 100) -> str:
        """Never asked."""
        raise NotImplementedError

    def stop(self, fraise: FraiseConfig) -> bool:
        """Never asked."""
        raise NotImplementedError

    def start(self, fraise: FraiseConfig) -> bool:
        """Never asked."""
        raise NotImplementedError


def _work(folder: Path, script: str, idempotent: bool = False, **keys: Any) -> Work:
    """A deployment whose release is built."""
    environment = Environment("live", "here", script=("sh", "-c", script), idempotent=idempotent)
    fraise = FraiseConfig(Fraise("load", "etl"), environment)
    provider = Here(folder)
    provider.release_folder(fraise, RELEASE.name).mkdir(parents=True, exist_ok=True)
    usual: dict[str, Any] = {"release": RELEASE, "tell": print}
    return Work(fraise, provider, cast("Any", None), DEPLOYMENT, **usual | keys)


def _runs(work: Work) -> RunFolder:
    return RunFolder(work.provider.home(work.fraise), DEPLOYMENT)


def test_act__script_succeeds__keeps_output_and_result(tmp_path: Path) -> None:
    """The log has what was printed, and a worker that takes over knows the end."""
    work = _work(tmp_path, "echo one; echo two >&2; echo $FRAISIER_DEPLOYMENT")
    assert Run().probe(work) is Probe.NOT_DONE
    Run().act(work)
    assert set(_runs(work).log.read_text().split()) == {"one", "two", DEPLOYMENT}
    assert _runs(work).log.stat().st_mode & 0o777 == 0o600
    assert Run().probe(_work(tmp_path, "exit 9", begun=frozenset({"run"}))) is Probe.DONE


def test_act__script_fails__says_status_and_last_lines(tmp_path: Path) -> None:
    """And where all of it is."""
    work = _work(tmp_path, "echo row 7 is bad; exit 3")
    with pytest.raises(FraisierError, match=r"exit status 3\nrow 7 is bad") as failed:
        Run().act(work)
    assert failed.value.code == "script-failed"
    assert str(_runs(work).log) in str(failed.value.hint)


def test_act__earlier_attempt_died_in_it__is_not_run_again(tmp_path: Path) -> None:
    """Nobody knows how far it came."""
    work = _work(tmp_path, f"touch {tmp_path}/ran", begun=frozenset({"run"}))
    assert Run().probe(work) is Probe.UNKNOWN
    with pytest.raises(FraisierError, match="not run again") as refused:
        Run().act(work)
    assert refused.value.code == "script-failed"
    assert not (tmp_path / "ran").exists()


def test_act__earlier_attempt_died_and_it_may_be_repeated__runs_again(tmp_path: Path) -> None:
    """Its author has said so."""
    work = _work(tmp_path, f"touch {tmp_path}/ran", True, begun=frozenset({"run"}))
    Run().act(work)
    assert (tmp_path / "ran").exists()


def test_act__earlier_attempt_saw_it_fail__says_so(tmp_path: Path) -> None:
    """The result was written down before the worker died."""
    work = _work(tmp_path, "true", begun=frozenset({"run"}))
    _runs(work).log.parent.mkdir(parents=True)
    _runs(work).ended(ScriptResult(5))
    with pytest.raises(FraisierError, match="saw it end with 5"):
        Run().act(work)


def test_probe__rollback__runs_nothing(tmp_path: Path) -> None:
    """It makes an older release the current one."""
    assert Run().probe(_work(tmp_path, "true", kind="rollback")) is Probe.DONE


def test_act__the_schedule_runs_it_now__is_refused_in_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two runs at once never happen."""
    monkeypatch.setattr("fraisier.deployers.jobs.LOCK_SECONDS", 0.1)
    work = _work(tmp_path, f"touch {tmp_path}/ran")
    folder = work.provider.home(work.fraise) / "locks"
    folder.mkdir(parents=True)
    held = try_lock(folder / "run.lock")
    assert held is not None
    with pytest.raises(FraisierError, match="has not ended"):
        Run().act(work)
    assert not (tmp_path / "ran").exists()


def test_output__many_runs__keeps_the_newest(tmp_path: Path) -> None:
    """The folder does not grow without end."""
    for number in range(RUNS_KEPT + 5):
        with RunFolder(tmp_path, f"run-{number:03}").output(lambda _: None) as tell:
            tell("a line")
    assert len(list((tmp_path / "runs").glob("*.log"))) == RUNS_KEPT
    assert not (tmp_path / "runs" / "run-000.log").exists()
