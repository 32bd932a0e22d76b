"""The commands ``conform trace`` and ``conform freeze``."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from conform.report.source import Account
    from conform.traceability.chain import Link

PAGE = "traceability.html"


def register(app: typer.Typer) -> None:
    """Add the commands to ``conform``."""
    app.command()(trace)
    app.command()(freeze)


def trace(
    source: Annotated[
        Path | None,
        typer.Argument(help="The run.ndjson of a run. Default: that of the folder, if any."),
    ] = None,
    output: Annotated[Path, typer.Option(help="Folder for traceability.html.")] = Path("reports"),
    check: Annotated[
        bool, typer.Option("--check", help="Only say what is not closed; write nothing.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")] = False,
) -> None:
    """
    Follow every requirement from the documents' claims to scenarios, faults and verdicts.

    Exit 0: the chain is closed; 1: a claim has neither requirement nor reason, or a frozen
    requirement has changed; 2: a file cannot be read.
    """
    from conform import traceability
    from conform.places import checkout
    from conform.traceability import page

    root = checkout()
    open_ends = traceability.problems(root)
    for each in open_ends:
        print(each, file=sys.stderr)
    if not check:
        account, found = _chain(root, source, output)
        if as_json:
            print(json.dumps([each.as_record() for each in found], indent=2))
        else:
            output.mkdir(parents=True, exist_ok=True)
            (output / PAGE).write_text(page.render(found, account, _revision(root)))
            counts = (f"{name}: {count}" for name, count in page.counts(found).items())
            print("\n".join((*counts, f"page: {output / PAGE}")))
    raise typer.Exit(1 if open_ends else 0)


def freeze(
    name: Annotated[str, typer.Argument(help="The new revision: numbers and dots, such as 0.4.")],
) -> None:
    """
    Freeze the requirements as a new revision of the specification, and say what it changes.

    Exit 2: the name is not newer, nothing has changed, or an older revision was altered.
    """
    from conform import requirements
    from conform.places import checkout
    from conform.traceability import revisions
    from conform.verdicts import SetupError

    root = checkout()
    known = requirements.load(root)
    before = revisions.load(root)
    altered = [each for each in revisions.problems(root, {}) if "was changed" in each.text]
    if altered:
        raise SetupError(str(altered[0]))
    path = revisions.freeze(root, name, known, datetime.now(UTC).date())
    old = dict(before[-1].requirements) if before else dict[str, str]()
    new = {each.id: revisions.digest(each) for each in known.values()}
    for kind, ids in revisions.changes(old, new).items():
        print(f"{kind}: {len(ids)}")
        if before:
            print("".join(f"  {each}\n" for each in ids), end="")
    print(path.relative_to(root))


def _chain(root: Path, source: Path | None, output: Path) -> tuple[Account, list[Link]]:
    from conform import requirements
    from conform.cases import collect
    from conform.report.files import SOURCE
    from conform.report.source import Account, read
    from conform.traceability import chain, claims

    newest = output / SOURCE
    given = source or (newest if newest.exists() else None)
    account = read(given) if given else Account()
    found = chain.links(
        requirements.load(root),
        claims.load(root),
        collect(root / "scenarios", root).cases,
        chain.faults_of(root, output),
        account,
    )
    return account, found


def _revision(root: Path) -> str:
    from conform.traceability import revisions

    return revisions.newest(root) or ""
