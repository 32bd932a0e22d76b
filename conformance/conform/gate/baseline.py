"""A run against its baseline: what is new, and which entries are not so any more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from conform import verdicts
from conform.gate.entries import Entry, Record, check_of, literal
from conform.report.source import Account

NEW, STALE, UNMATCHED, EXPIRED = "new", "stale", "unmatched", "expired"
BAD = verdicts.FINDINGS


@dataclass(frozen=True, slots=True)
class Complaint:
    """A reason why the gate stays closed, and the way out."""

    kind: str
    implementation: str
    database: str
    requirement: str
    check: str
    text: str
    line: int = 0  # of the baseline file; 0 for what is not in it
    repro: str = ""

    def shown(self, path: str) -> str:
        """One line."""
        where = f"{path}:{self.line}: " if self.line else ""
        on = f" on {self.database}" if self.database else ""
        again = f"; again: {self.repro}" if self.repro else ""
        what = f"{self.implementation}{on}: {self.requirement}: {self.check}"
        return f"{where}{self.kind}: {what}: {self.text}{again}"


def complaints(account: Account, entries: Sequence[Entry], today: date) -> list[Complaint]:
    """Findings that no entry excuses, and entries that excuse nothing."""
    known = [complaint for entry in entries for complaint in _about(entry, account, today)]
    return [*_new(account, entries), *known]


def excused(account: Account, entries: Sequence[Entry]) -> int:
    """How many findings the entries excuse."""
    return sum(each["verdict"] in BAD and not _unexcused(each, entries) for each in account.results)


def rewritten(
    account: Account, entries: Sequence[Entry], issue: str, expires: date, reason: str
) -> list[Entry]:
    """
    The entries that still excuse something, and one for each finding that none excuses.

    Raises:
        KeyError: A result is no whole record.
    """
    kept = [entry for entry in entries if any(_excuses(entry, each) for each in account.results)]
    for result in account.results:
        for requirement in _unexcused(result, kept) if result["verdict"] in BAD else ():
            kept.append(
                Entry(
                    implementation=result["implementation"],
                    database=result["database"],
                    requirement=requirement,
                    check=literal(check_of(result)),
                    issue=issue,
                    expires=expires,
                    reason=reason,
                )
            )
    return kept


def _new(account: Account, entries: Sequence[Entry]) -> Iterator[Complaint]:
    for result in account.results:
        for requirement in _unexcused(result, entries) if result["verdict"] in BAD else ():
            yield Complaint(
                kind=NEW,
                implementation=result["implementation"],
                database=result["database"],
                requirement=requirement,
                check=check_of(result),
                text=" ".join(str(result.get("message", "")).split())[:200],
                repro=str(result.get("repro", "")),
            )


def _unexcused(result: Record, entries: Iterable[Entry]) -> list[str]:
    """The requirements of a result that no entry names."""
    named = {entry.requirement for entry in entries if entry.matches(result)}
    return [each for each in result["requirements"] if each not in named]


def _excuses(entry: Entry, result: Record) -> bool:
    return result["verdict"] in BAD and entry.matches(result)


def _about(entry: Entry, account: Account, today: date) -> Iterator[Complaint]:
    asked = [each for each in account.results if entry.matches(each)]
    found = {each["verdict"] for each in asked} - {verdicts.NOT_APPLICABLE}
    if not found:
        yield _of(entry, UNMATCHED, "nothing like it was asked: correct or remove it")
    elif not found & BAD and verdicts.FLAKY not in found:
        yield _of(entry, STALE, "it does not fail any more: remove it")
    if entry.expires < today:
        yield _of(entry, EXPIRED, f"on {entry.expires}: mend it, see {entry.issue}")


def _of(entry: Entry, kind: str, text: str) -> Complaint:
    names: dict[str, Any] = {
        "implementation": entry.implementation,
        "database": entry.database,
        "requirement": entry.requirement,
        "check": entry.check,
    }
    return Complaint(kind=kind, **names, text=text, line=entry.line)
