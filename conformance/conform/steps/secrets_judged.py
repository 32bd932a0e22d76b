"""Steps that look for canaries everywhere."""

from __future__ import annotations

import json
import re
from pathlib import Path

from pytest_bdd import then

from conform.redaction import redacted
from conform.steps.secrets import Planted
from conform.world.canaries import in_database, in_files, in_processes
from conform.world.waiting import eventually

# Who reads them must be the service's own user. The rest of the state folder needs none.
NEEDED = {
    r"fraises\.yaml": "the configuration itself",
    r"\.fraisier/local/[^/]+/[^/]+/desired\.json": "what the supervisor starts the service with",
    r"\.fraisier/local/[^/]+/[^/]+/releases/[^/]+\.json": "what a rollback starts it with",
    r"\.fraisier/local/[^/]+/[^/]+/logs/service\.log(\.1)?": "as the service wrote it",
}
OUTCOMES = "SELECT error_code FROM tb_deployment WHERE error_code IS NOT NULL"


@then("what was to go wrong has gone wrong")
def went_wrong(planted: Planted) -> None:
    """Otherwise nothing would have been said that could be searched."""
    scratch = planted.subject.scratch
    codes = {row["error_code"] for row in scratch.rows(OUTCOMES)}
    assert {"build-failed", "health-check-failed", "fetch-failed"} <= codes, codes
    said = "".join(result.stdout for result in planted.results)
    assert "***" in said, "nothing was masked"
    assert len(planted.canaries.kinds()) >= 15, planted.canaries.kinds()


@then("no canary is in anything that was said")
def not_said(planted: Planted) -> None:
    """Standard output and error of commands, answers over HTTP, logs, and the report."""
    for process in planted.processes:
        process.stop(30)
    # What the suite itself sent is no leak of the implementation.
    said = [{k: v for k, v in e.items() if k != "body"} for e in planted.recorder.everything()]
    texts = [json.dumps(each) for each in said]
    texts += [f"{result.stdout}\n{result.stderr}" for result in planted.results]
    texts += ["\n".join(process.lines) for process in planted.processes]
    texts += [process.log.read_text(errors="replace") for process in planted.processes]
    texts.append(json.dumps(redacted(said)))
    for text in texts:
        found = planted.canaries.within(text)
        assert not found, f"{found} in {_around(planted, text, found)}"


@then("no canary is in any row, column or page of the database")
def not_stored(planted: Planted) -> None:
    """All tables and views."""
    found = list(in_database(planted.subject.scratch, planted.canaries))
    assert not found, found[:5]


@then("no canary is in a notification, except where it is sent to")
def not_notified(planted: Planted) -> None:
    """The channel whose address is a canary was told, and was told no other."""
    mailbox = planted.mailbox
    eventually(lambda: mailbox.bodies, "a notification")
    for body, headers in zip(mailbox.bodies, mailbox.headers, strict=True):
        assert not planted.canaries.within(body), body
        assert not planted.canaries.within(str(headers)), headers


@then("no canary is in a list of arguments, or in a file that others can read")
def not_in_files(planted: Planted) -> None:
    """The few files that need secrets belong to their owner alone."""
    folder = planted.workspace.folder
    assert list(in_processes(folder, planted.canaries)) == []
    found = list(in_files(folder, planted.canaries))
    assert found, "not even the configuration has one: the search does not work"
    for path, leak in found:
        name = str(path.relative_to(folder))
        reason = next((why for like, why in NEEDED.items() if re.fullmatch(like, name)), None)
        assert reason, f"{leak.kinds} in {name}"
        assert name == "fraises.yaml" or _private(path, folder), f"others can read {name}"


def _private(path: Path, folder: Path) -> bool:
    """Nobody else can open it: by its own mode."""
    assert path.is_relative_to(folder)
    return path.stat().st_mode & 0o077 == 0


def _around(planted: Planted, text: str, found: list[str]) -> str:
    place = text.lower().find(planted.canaries[found[0]])
    return repr(text[max(0, place - 300) : place + 100])
