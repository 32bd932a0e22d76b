"""``python -m schema_compiler [--check]``: write ``schema/compiled``, or say that it is stale."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from schema_compiler.compiler import compile_schema, stale_files, write_files
from schema_compiler.errors import SchemaError, ScratchError

SERVER_VARIABLE = "FRAISIER_TEST_POSTGRESQL_URL"


def main(arguments: list[str] | None = None) -> int:
    """Exit status 0: done; 1: the schema or db/ is wrong or, with ``--check``, a file is stale."""
    options = _options(arguments)
    try:
        compiled = compile_schema(
            options.root, postgresql_url=os.environ.get(SERVER_VARIABLE), say=_say
        )
    except (SchemaError, ScratchError) as error:
        _say(str(error))
        return 1
    if not options.check:
        write_files(options.root, compiled)
        return 0
    stale = stale_files(options.root, compiled)
    for path in stale:
        _say(f"{path} is stale; run: python -m schema_compiler")
    return 1 if stale else 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="schema_compiler", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when stale")
    parser.add_argument(
        "--root", type=Path, default=Path(), help="folder of schema/ and db/ (default: here)"
    )
    return parser.parse_args(arguments)


def _say(line: str) -> None:
    print(line, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
