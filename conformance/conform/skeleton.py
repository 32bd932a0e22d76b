"""The skeleton that ``conform init`` makes: it starts, and fails honestly."""

from __future__ import annotations

import re
from pathlib import Path

from conform.verdicts import SetupError

MANIFEST = """\
# How the conformance suite runs this implementation: spec/impl.schema.json.
name: {name}
language: {language}
version: [./fraisier, --version]
start: [./fraisier, serve, --contract]
cli: [./fraisier]
databases: [sqlite]
# Add graphql, webhook, deploy, observer and server as they come.
profiles: [cli]
deviations: []
"""

PROGRAM = """\
#!/bin/sh
# The beginning of an implementation in {language}. Replace this file.
if [ "$1" = "--version" ]; then
    echo "{name} 0.0.0"
    exit 0
fi
echo "error[internal] not written yet: $*" >&2
exit 1
"""

README = """\
# Fraisier in {language}

An implementation of Fraisier. All state and every rule live in the database (`db/README.md`):
this program calls its functions, reads its views, and does what the deployments ask for.

1. Let `fraisier` run your program. `impl.yaml` says how the suite starts it.
2. Make `fraisier db init --database URL` install `db/` (db/README.md, "Installing and migrating").
3. Go on with the commands of `spec/cli.yaml`, then the server (`spec/start-contract.md`).
   GraphQL is executed from `schema/compiled/CompiledSchema.json`; no resolver is written by hand.
4. After each step:

       conform run --impl {folder}

   It names every requirement that does not hold yet, with the command that repeats its scenario.
5. Add a profile to `impl.yaml` when you begin with it. What is declared and missing fails.
"""


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
    texts = {"impl.yaml": MANIFEST, "fraisier": PROGRAM, "README.md": README}
    for file, text in texts.items():
        (folder / file).write_text(text.format(name=name, language=language, folder=folder))
    (folder / "fraisier").chmod(0o755)
    return [folder / file for file in texts]
