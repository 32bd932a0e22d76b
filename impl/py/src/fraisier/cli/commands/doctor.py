"""``fraisier doctor``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fraisier.cli.command import OPTIONAL_PLACE, command
from fraisier.cli.output import FAILED, OK, Line, Segment
from fraisier.cli.session import Session
from fraisier.domain.errors import FraisierError

if TYPE_CHECKING:
    from fraisier.domain.findings import Finding

_WARNING: Segment = ("!", "yellow")
_MARKS = {"ok": OK, "warning": _WARNING, "problem": FAILED}


class FindingsError(FraisierError):
    """At least one finding is a problem; ``findings`` are all of them."""

    def __init__(self, findings: list[Finding]) -> None:
        number = sum(found.level == "problem" for found in findings)
        what = "problem was" if number == 1 else "problems were"
        hint = "each is above with its place and how to mend it"
        super().__init__(f"{number} {what} found", code="doctor-findings", hint=hint)
        self.findings = findings

    def as_dict(self) -> dict[str, Any]:
        """The error with its list of ``findings``."""
        return {**super().as_dict(), "findings": _documents(self.findings)}


@command(*OPTIONAL_PLACE)
def doctor(session: Session, fraise: str | None, environment: str | None) -> None:
    """Find out what would make a deployment fail, before it fails."""
    findings = _examined(session, fraise, environment)
    if not session.output.as_json:
        session.output.lines(_lines(findings))
    if any(found.level == "problem" for found in findings):
        raise FindingsError(findings)
    if session.output.as_json:
        session.output.document({"findings": _documents(findings)})


def _examined(session: Session, fraise: str | None, environment: str | None) -> list[Finding]:
    from fraisier.operations.doctor import complaints, examine

    try:
        app = session.application()
    except FraisierError as error:
        return complaints(error)
    return examine(app, app.database_url, fraise, environment)


def _documents(findings: list[Finding]) -> list[dict[str, str | None]]:
    return [{**found._asdict(), "level": str(found.level)} for found in findings]


def _lines(findings: list[Finding]) -> list[Line]:
    lines: list[Line] = []
    for found in findings:
        where = f" ({found.where})" if found.where else ""
        lines.append([_MARKS[str(found.level)], (f" {found.what}", ""), (where, "dim")])
        lines += [f"    {found.hint}"] if found.hint and found.level != "ok" else []
    return lines
