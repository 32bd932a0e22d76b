"""One run of schemathesis, and what it says."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conform.surroundings import environment
from conform.verdicts import HarnessError

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "unsupported_method",
)
SECONDS = 120


@dataclass(frozen=True, slots=True)
class Report:
    """What was sent, and what was wrong with the answers."""

    cases: int
    operations: int
    failures: tuple[str, ...]
    accepted: Mapping[str, int]  # requests that were taken, by operation


def there() -> bool:
    """Whether schemathesis is installed."""
    return importlib.util.find_spec("schemathesis") is not None


def run(document: Path, url: str, folder: Path, secrets: Mapping[str, str], seed: int) -> Report:
    """
    Send valid and invalid requests of every operation to a server.

    Raises:
        HarnessError: Schemathesis itself failed.
    """
    report = folder / "schemathesis.json"
    variables = {
        **environment(folder),
        "SCHEMATHESIS_HOOKS": "conform.fuzzing.hooks",
        "CONFORM_FUZZING_SECRETS": json.dumps(secrets),
    }
    done = subprocess.run(
        [sys.executable, "-m", "schemathesis.cli", "run", *_options(document, url, report, seed)],
        cwd=folder,
        env=variables,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    if not report.is_file():
        raise HarnessError(f"schemathesis: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return _read(json.loads(report.read_text()), done.stdout)


def _options(document: Path, url: str, report: Path, seed: int) -> Sequence[str]:
    return [
        str(document),
        *("--url", url, "--checks", ",".join(CHECKS), "--seed", str(seed), "--no-color"),
        *("--phases", "examples,coverage,fuzzing", "--max-examples", "60"),
        *("--generation-database", "none", "--suppress-health-check", "all"),
        *("--exclude-method", "OPTIONS"),  # nobody is listed, so all of them are refused
        *("--report", "json", "--report-json-path", str(report), "--request-timeout", "20"),
        "--continue-on-failure",
    ]


def _read(found: Any, said: str) -> Report:
    if not found["complete"] or found["errors"]:
        raise HarnessError(f"schemathesis did not end well: {said[said.find('ERRORS') :][:6000]}")
    accepted = {
        operation: sum(phase["accepted"] for phase in phases.values())
        for operation, phases in found["valid_rates"].items()
    }
    failures = (said[-6000:],) if found["failures"] else ()
    cases: int = found["test_cases"]["generated"]
    return Report(cases, found["operations"]["tested"], failures, accepted)
