"""From the product documents to verdicts: claims, requirements, scenarios, faults, revisions."""

from __future__ import annotations

from pathlib import Path

from conform.cases import Problem


def problems(checkout: Path) -> list[Problem]:
    """
    What keeps the chain from being closed, whichever part of it.

    Raises:
        SetupError: A file of it cannot be read.
    """
    from conform import requirements
    from conform.traceability import claims, revisions

    known = requirements.load(checkout)
    return [*claims.problems(checkout, known), *revisions.problems(checkout, known)]
