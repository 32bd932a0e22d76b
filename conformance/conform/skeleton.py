"""The skeleton that ``conform init`` makes: it starts, and fails honestly."""

from __future__ import annotations

import json
import re
from pathlib import Path

from conform.places import checkout
from conform.starters import starter
from conform.verdicts import SetupError

MANIFEST = """\
# How the conformance suite runs this implementation: {schema}.
name: {name}
language: {quoted}
version: [./fraisier, --version]
{build}start: [./fraisier, serve, --contract]
cli: [./fraisier]
databases: [sqlite]
# `conform next` says when to add cli, deploy, server, graphql, webhook, observer and dashboard.
profiles: [config]
deviations: []
"""

README = """\
# Fraisier in {language}

An implementation of Fraisier. All state and every rule live in the database (`db/README.md`):
this program calls its functions, reads its views, and does what the deployments ask for. The
files that are named here and by the suite lie in `{checkout}`.

1. {first}
2. Ask what comes next, do it, and ask again:

       conform next --impl {folder}

   It judges one profile after the other and names the first requirement that does not hold, its
   scenario, what to read, and the command that repeats it. When all that `impl.yaml` declares
   holds, it names the profile to add.
3. For all of it at once, and in CI:

       conform run --impl {folder}
       conform gate --impl {folder} --require-all

GraphQL is executed from `schema/compiled/CompiledSchema.json`; no resolver is written by hand.
"""
BUILT = "Build it: `{command}`. `conform run --build` does so, too."
SCRIPT = "`fraisier` is the program; `impl.yaml` says how the suite starts it."


def make(folder: Path, language: str) -> list[Path]:
    """
    Write the skeleton into a new or empty folder; return its files.

    Raises:
        SetupError: Something is there already, or the folder's name is no name.
    """
    name = folder.resolve().name.lower()
    if not re.fullmatch(r"[a-z][a-z0-9-]*", name) or name in ("database", "url"):
        raise SetupError(f'"{name}" is no name of an implementation: letters, digits and hyphens')
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise SetupError(f"{folder} exists and is not empty")
    folder.mkdir(parents=True, exist_ok=True)
    first = starter(language)
    root = checkout()
    command = " ".join(re.findall(r"[^\[\], ]+", first.build.partition(":")[2]))
    values = {
        "name": name,
        "language": language,
        "quoted": json.dumps(language),
        "folder": folder,
        "checkout": root,
        "schema": root / "spec" / "impl.schema.json",
        "build": f"{first.build}\n" if first.build else "",
        "first": BUILT.format(command=command) if command else SCRIPT,
    }
    texts = {
        "impl.yaml": MANIFEST.format(**values),
        first.file: first.text.replace("NAME", name).replace("LANGUAGE", language),
        "README.md": README.format(**values),
    }
    for file, text in texts.items():
        (folder / file).write_text(text)
    if first.executable:
        (folder / first.file).chmod(0o755)
    return [folder / file for file in texts]
