"""
Write what is derived from ``spec/errors.yaml``.

The views ``v_error_code`` of every dialect (codes that an ``fn_*`` gives) and the
Python implementation's table. With ``--check`` nothing is written and a stale
file is an error.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
DIALECTS = {"sqlite": ("0", "1"), "postgresql": ("FALSE", "TRUE")}


def sql_view(codes: dict[str, dict[str, Any]], booleans: tuple[str, str]) -> str:
    """The view as SQL; ``booleans`` are the dialect's words for false and true."""
    rows = [
        f"    ('{code}', '{facts['class']}', {facts['http']}, {facts['exit']}, "
        f"{booleans[facts['definite']]})"
        for code, facts in codes.items()
        if facts.get("sql")
    ]
    return (
        "-- Generated from spec/errors.yaml: what each refusal of an fn_* means.\n"
        "CREATE VIEW v_error_code (code, error_class, http_status, exit_status, definite) AS\n"
        "VALUES\n" + ",\n".join(rows) + ";\n"
    )


def python_table(codes: dict[str, dict[str, Any]]) -> str:
    """The module ``fraisier.domain.error_codes``."""
    rows = [
        f'    "{code}": ErrorCode("{facts["class"]}", {facts["exit"]}, {facts["http"]}, '
        f"{facts['definite']}),"
        for code, facts in codes.items()
    ]
    return (
        '"""Generated from spec/errors.yaml: every error code and what it means."""\n\n'
        "from __future__ import annotations\n\n"
        "from typing import NamedTuple\n\n\n"
        "class ErrorCode(NamedTuple):\n"
        '    """Class, exit status of the CLI, HTTP status, and whether nothing was done."""\n\n'
        "    error_class: str\n    exit_status: int\n    http_status: int\n    definite: bool\n\n\n"
        "ERROR_CODES: dict[str, ErrorCode] = {\n" + "\n".join(rows) + "\n}\n"
    )


def outputs() -> dict[Path, str]:
    """Every generated file with its content."""
    codes = yaml.safe_load((ROOT / "spec/errors.yaml").read_text())["codes"]
    files = {
        ROOT / f"db/{dialect}/views/v_error_code.sql": sql_view(codes, booleans)
        for dialect, booleans in DIALECTS.items()
    }
    files[ROOT / "impl/py/src/fraisier/domain/error_codes.py"] = python_table(codes)
    return files


def main(arguments: list[str]) -> int:
    """Write the files, or with ``--check`` name the stale ones and return 1."""
    stale = [
        path for path, text in outputs().items() if not path.exists() or path.read_text() != text
    ]
    if "--check" in arguments:
        for path in stale:
            print(f"stale: {path.relative_to(ROOT)} (run: make generate)", file=sys.stderr)
        return 1 if stale else 0
    for path in stale:
        path.write_text(outputs()[path])
        print(f"wrote {path.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
