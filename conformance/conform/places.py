"""Where the suite finds the sources that it judges by."""

from __future__ import annotations

import os
from pathlib import Path


def checkout(environ: dict[str, str] | None = None) -> Path:
    """
    The folder with ``db/``, ``spec/`` and ``scenarios/``.

    ``CONFORM_CHECKOUT`` names it; otherwise it is looked for above this file and
    above the current folder.

    Raises:
        FileNotFoundError: There is none.
    """
    given = (os.environ if environ is None else environ).get("CONFORM_CHECKOUT")
    if given:
        return Path(given).resolve()
    here = Path(__file__).resolve()
    for folder in (*here.parents, Path.cwd(), *Path.cwd().parents):
        if (folder / "db").is_dir() and (folder / "spec" / "errors.yaml").is_file():
            return folder
    raise FileNotFoundError("no checkout of Fraisier (a folder with db/ and spec/) found")


def resources() -> Path:
    """The folder of the files that the suite carries with it."""
    return Path(__file__).resolve().parent
