"""``python -m conform.fuzzing``: tens of thousands of GraphQL requests made from the schema."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import httpx
import typer

from conform.databases import Scratch
from conform.dialects import DIALECTS
from conform.fuzzing.graphql import Ask, Outcome, fuzz
from conform.fuzzing.world import contents, populate
from conform.implementation import Implementation, load
from conform.oracle import Exchange, judge
from conform.places import checkout
from conform.recorder import Recorder
from conform.runfolder import run_folder
from conform.servers import places
from conform.targets import Target, template
from conform.verdicts import SetupError
from conform.world.leftovers import end_all
from conform.world.server import Answer
from conform.world.subject import Subject
from conform.world.workspace import Workspace

SECONDS = 30.0
Databases = Annotated[
    list[str] | None, typer.Option("--database", help="sqlite or postgresql. Default: both.")
]


def main(
    requests: Annotated[int, typer.Option(min=10, help="For each database.")] = 50_000,
    seed: Annotated[int, typer.Option(help="Decides every request.")] = 1,
    database: Databases = None,
    impl: Annotated[Path | None, typer.Option(help="Folder with an impl.yaml.")] = None,
) -> None:
    """Queries, then mutations too. Exit 1: an answer was wrong, 2: set-up."""
    root = checkout()
    manifest = load(impl or root / "impl" / "py", root)
    wrong = False
    with run_folder(), places(database or DIALECTS, _say) as found:
        if not found:
            raise SetupError("no database could be had")
        for dialect, place in found.items():
            base, problem = template(Target(manifest.name, dialect, manifest), place, root)
            if problem:
                raise SetupError(problem)
            with _served(manifest, base) as (url, scratch):
                wrong |= _run(url, scratch, requests, seed)
            base.sweep()
    raise typer.Exit(1 if wrong else 0)


def _run(url: str, scratch: Scratch, count: int, seed: int) -> bool:
    with httpx.Client(base_url=url, timeout=SECONDS, trust_env=False) as client:
        before = contents(scratch)
        reading = fuzz(_asking(client), count * 4 // 5, seed, ["query"])
        unchanged = contents(scratch) == before
        writing = fuzz(_asking(client), count // 5, seed, ["query", "mutation"])
    for what, outcome in (("queries", reading), ("mutations too", writing)):
        _say(f"{scratch.dialect}, {what}: {_told(outcome)}")
    if not unchanged:
        _say(f"{scratch.dialect}: the queries have changed a table")
    return bool(reading.violation or writing.violation or not unchanged)


def _told(outcome: Outcome) -> str:
    codes = ", ".join(f"{code} {count}" for code, count in outcome.codes.most_common())
    told = f"{outcome.requests} requests in {outcome.seconds:.0f} s ({codes})"
    return told + (f"\n{outcome.violation}" if outcome.violation else "")


def _asking(client: httpx.Client) -> Ask:
    def ask(body: dict[str, object]) -> tuple[Answer, list[str]]:
        text = json.dumps(body)
        got = client.post("/graphql", content=text, headers={"Content-Type": "application/json"})
        answer = Answer(got.status_code, got.headers, got.text)
        kind = got.headers.get("content-type", "")
        exchange = Exchange("POST", "/graphql", text, got.status_code, got.text, kind)
        return answer, judge().problems(exchange)

    return ask


@contextmanager
def _served(manifest: Implementation, base: Scratch) -> Generator[tuple[str, Scratch]]:
    workspace = Workspace(Path(tempfile.mkdtemp(prefix="conform-work-")).resolve())
    scratch = base.lend()
    subject = Subject(manifest, workspace, scratch, Recorder())
    try:
        workspace.configure("shop", ("production", "staging"))
        workspace.configure("mail", ("production",), {"mail": "production"}, program="worker.py")
        url = subject.serve(observer=False).url
        populate(scratch)
        yield url, scratch
    finally:
        subject.end()
        scratch.give_back()
        end_all(workspace.folder)
        shutil.rmtree(workspace.folder, ignore_errors=True)


def _say(text: str) -> None:
    typer.echo(text, err=True)


if __name__ == "__main__":
    typer.run(main)
