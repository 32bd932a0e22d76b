"""The NDJSON of a run: written line by line, read back whole."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from conform import verdicts
from conform.redaction import redacted
from conform.verdicts import SetupError

Record = dict[str, Any]


class Ledger:
    """
    Takes records as they come, without the secrets in them; a run that is cut short
    leaves what it had.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file: TextIO = path.open("w")

    def write(self, record: Record) -> None:
        """Append one record."""
        self._file.write(json.dumps(_shown(record), default=str) + "\n")
        self._file.flush()

    def close(self) -> None:
        """Close the file."""
        self._file.close()


@dataclass(slots=True)
class Account:
    """A run, read back."""

    header: Record = field(default_factory=dict[str, Any])
    results: list[Record] = field(default_factory=list[Record])
    problems: list[str] = field(default_factory=list[str])
    footer: Record = field(default_factory=dict[str, Any])

    def columns(self) -> list[tuple[str, str]]:
        """Implementation and database of each column, in the order of the run."""
        pairs = [(each["implementation"], each["database"]) for each in self.results]
        return list(dict.fromkeys(pairs))

    def counts(self, column: tuple[str, str] | None = None) -> Counter[str]:
        """How many results have each verdict, of one column or of all."""
        return Counter(
            each["verdict"]
            for each in self.results
            if column is None or (each["implementation"], each["database"]) == column
        )

    def findings(self) -> list[Record]:
        """What went wrong, and what is only worth a look."""
        quiet = (verdicts.PASS, verdicts.NOT_APPLICABLE)
        return [each for each in self.results if each["verdict"] not in quiet]


def read(path: Path) -> Account:
    """
    The account of a run.

    Raises:
        SetupError: There is no such file, or it is not the record of a run.
    """
    account = Account()
    try:
        lines = path.read_text().splitlines()
        for line in lines:
            _take(json.loads(line), account)
    except (OSError, ValueError, KeyError) as reason:
        raise SetupError(f"{path}: no record of a run: {reason}") from reason
    return account


def account_of(records: Iterable[Record]) -> Account:
    """The account of records that are at hand."""
    account = Account()
    for record in records:
        _take(record, account)
    return account


def _take(record: Record, account: Account) -> None:
    match record["record"]:
        case "run":
            account.header = record
        case "result":
            account.results.append(_shown(record))
        case "problem":
            account.problems.append(redacted(record["text"]))
        case _:
            account.footer = record


def _shown(record: Record) -> Record:
    """Without secrets; only what did not pass carries text of an implementation."""
    quiet = record.get("verdict") in (verdicts.PASS, verdicts.NOT_APPLICABLE)
    return record if quiet else redacted(record)


def exit_status(account: Account) -> int:
    """0: all as expected. 1: findings. 2: the suite or its set-up is wrong."""
    counts = account.counts()
    if account.problems or counts[verdicts.HARNESS_ERROR]:
        return 2
    return 1 if any(counts[each] for each in verdicts.FINDINGS) else 0
