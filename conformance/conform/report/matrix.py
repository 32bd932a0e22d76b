"""The matrix: requirements against implementations and databases."""

from __future__ import annotations

from dataclasses import dataclass

from conform import verdicts
from conform.report.source import Account, Record

# The worst verdict of a requirement's cases is the requirement's.
ORDER = (
    verdicts.NOT_APPLICABLE,
    verdicts.PASS,
    verdicts.FLAKY,
    verdicts.WARN,
    verdicts.UNTESTABLE,
    verdicts.FAIL,
    verdicts.HARNESS_ERROR,
)


@dataclass(frozen=True, slots=True)
class Cell:
    """One requirement in one column."""

    verdict: str
    results: tuple[Record, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One requirement across all columns; None where it has no case."""

    requirement: str
    cells: tuple[Cell | None, ...]


def lines(account: Account) -> list[Line]:
    """The lines of the matrix, sorted by requirement."""
    by_cell: dict[tuple[str, tuple[str, str]], list[Record]] = {}
    for result in account.results:
        column = (result["implementation"], result["database"])
        for requirement in result["requirements"]:
            by_cell.setdefault((requirement, column), []).append(result)
    columns = account.columns()
    names = sorted({requirement for requirement, _ in by_cell})
    return [
        Line(name, tuple(_cell(by_cell.get((name, column))) for column in columns))
        for name in names
    ]


def _cell(results: list[Record] | None) -> Cell | None:
    if not results:
        return None
    worst = max((each["verdict"] for each in results), key=ORDER.index)
    return Cell(worst, tuple(results))
