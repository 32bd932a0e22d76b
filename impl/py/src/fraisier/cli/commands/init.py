"""``fraisier init``."""

from __future__ import annotations

from pathlib import Path

import click

from fraisier.cli.command import command
from fraisier.cli.output import OK
from fraisier.cli.session import Session
from fraisier.domain.errors import FraisierError

TEMPLATES = ("local", "api", "worker")
_FOLDER = Path(__file__).parent.parent / "templates"


@command(
    click.option(
        "--directory",
        type=click.Path(path_type=Path, file_okay=False),
        default=Path(),
        metavar="PATH",
        help="Where to write (default: here).",
    ),
    click.option("--template", type=click.Choice(TEMPLATES), default="local", show_default=True),
    click.option("--force", is_flag=True, help="Overwrite files that are there."),
)
def init(session: Session, directory: Path, template: str, force: bool) -> None:
    """Write a fraises.yaml and an .env.example to start from."""
    files = {
        directory / "fraises.yaml": _FOLDER / f"{template}.yaml",
        directory / ".env.example": _FOLDER / "environment",
    }
    if not force:
        _refuse_existing(list(files))
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for path, source in files.items():
            with path.open("w" if force else "x", encoding="utf-8") as file:
                file.write(source.read_text(encoding="utf-8"))
    except OSError as error:
        raise _cannot_write(directory, error) from error
    _show(session, list(files))


def _cannot_write(directory: Path, error: OSError) -> FraisierError:
    in_the_way = isinstance(error, FileExistsError | IsADirectoryError | NotADirectoryError)
    message = f"{error.filename or directory} cannot be written: {error.strerror}"
    return FraisierError(message, code="file-exists" if in_the_way else "invalid-argument")


def _refuse_existing(paths: list[Path]) -> None:
    for path in paths:
        if path.exists() or path.is_symlink():
            message = f"{path} is there already and was not touched"
            raise FraisierError(message, code="file-exists", hint="--force overwrites it")


def _show(session: Session, paths: list[Path]) -> None:
    if session.output.as_json:
        session.output.document({"created": [str(path.absolute()) for path in paths]})
        return
    session.output.lines([OK, (f" Created {path}", "")] for path in paths)
    session.output.lines(["", f"Next: edit {paths[0]}, then run: fraisier config validate"])
