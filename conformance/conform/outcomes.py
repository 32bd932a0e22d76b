"""The half of the plugin that hands results from pytest to the runner, a line each."""

from __future__ import annotations

import json
import resource
from collections.abc import Generator
from pathlib import Path
from typing import Any, TextIO

import pytest

from conform import verdicts

BEGUN = pytest.StashKey[float]()  # processor seconds of this process when the item began


def pytest_addoption(parser: pytest.Parser) -> None:
    """Where the results go."""
    parser.addoption("--conform-results", help="file that conform run reads")


def pytest_configure(config: pytest.Config) -> None:
    """Only the process that sees every report writes them."""
    given = config.getoption("--conform-results")
    if given and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Writer(Path(given)), "conform-results")


def pytest_collection_finish(session: pytest.Session) -> None:
    """Say which cases were collected (the first worker speaks for all)."""
    given = session.config.getoption("--conform-results")
    worker = getattr(session.config, "workerinput", {"workerid": "gw0"})["workerid"]
    if given and worker == "gw0" and session.items:
        keys = [dict(item.user_properties)["case"] for item in session.items]
        Path(f"{given}.collected").write_text(json.dumps(keys))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """From here on the item is charged for what the process uses."""
    item.stash[BEGUN] = _processor_seconds()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, None]:
    """Say what the item has used so far, with the children that it has waited for."""
    outcome = yield
    report: Any = outcome.get_result()
    begun = item.stash.get(BEGUN, None)
    report.processor_seconds = 0.0 if begun is None else _processor_seconds() - begun


def _processor_seconds() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


class Writer:
    """Joins the reports of set-up, call and tear-down into one result a case."""

    def __init__(self, path: Path) -> None:
        self._file: TextIO = path.open("w")
        self._pending: dict[str, dict[str, Any]] = {}

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Keep the worst verdict of the three; write it after the tear-down."""
        key = dict(report.user_properties).get("case")
        if key is None:
            return
        result = self._pending.setdefault(key, {"case": key, "duration_seconds": 0.0})
        result["duration_seconds"] += report.duration
        result["processor_seconds"] = round(getattr(report, "processor_seconds", 0.0), 3)
        found = getattr(report, "verdict", verdicts.HARNESS_ERROR)
        if found and _rank(found) >= _rank(result.get("verdict")):
            result["verdict"] = found
            if found != verdicts.PASS:
                result["message"] = getattr(report, "reason", str(report.longrepr))
                result["step"] = getattr(report, "step", None)
                result["exchange"] = getattr(report, "exchange", [])
        if report.when == "teardown" or not hasattr(report, "verdict"):
            self._write(self._pending.pop(key))

    def pytest_sessionfinish(self) -> None:
        """Close the file; what is still open was lost with its worker."""
        for result in self._pending.values():
            self._write({**result, "verdict": verdicts.HARNESS_ERROR, "message": "worker lost"})
        self._file.close()

    def _write(self, result: dict[str, Any]) -> None:
        result.setdefault("verdict", verdicts.HARNESS_ERROR)
        result["duration_seconds"] = round(result["duration_seconds"], 3)
        self._file.write(json.dumps(result, default=str) + "\n")
        self._file.flush()


def _rank(verdict: str | None) -> int:
    order = (None, verdicts.PASS, verdicts.UNTESTABLE, verdicts.FAIL, verdicts.HARNESS_ERROR)
    return order.index(verdict)
