"""What holds for every file of the repository, whoever wrote it."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 60
SOURCES = (".py", ".sql", ".sh", ".yaml", ".feature", ".ts", ".go")


def tracked(*patterns: str) -> list[Path]:
    """Files of the repository that git knows, or would take."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return [ROOT / name for name in listing.stdout.splitlines() if (ROOT / name).is_file()]


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method of a Python file."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def where(path: Path, line: int = 1) -> str:
    """``file:line`` as an editor opens it."""
    return f"{path.relative_to(ROOT)}:{line}"


def imported_modules(path: Path) -> set[str]:
    """First parts of the names of all modules that a file imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names


def test_files__all__stay_small() -> None:
    """A source file that outgrows the limit does more than one thing."""
    long = [
        where(path)
        for path in tracked("*.py", "*.sql", "*.feature", "*.ts", "*.go")
        if path.parent.name != "migrations"  # history: a migration repeats what it makes
        and len(path.read_text().splitlines()) > FILE_LINES_MAX
    ]
    assert long == []


def test_functions__all__stay_short() -> None:
    """No function is longer than sixty lines."""
    long = [
        f"{where(path, node.lineno)} {node.name}"
        for path in tracked("*.py")
        for node in functions(path)
        if (node.end_lineno or 0) - node.lineno + 1 > FUNCTION_LINES_MAX
    ]
    assert long == []


def test_functions__most__fit_on_a_screen() -> None:
    """Half of all functions have at most ten lines, nine of ten at most thirty."""
    lengths = sorted(
        (node.end_lineno or 0) - node.lineno + 1
        for path in tracked("impl/py/src/*.py")
        for node in functions(path)
    )
    assert lengths[len(lengths) // 2] <= 10
    assert lengths[len(lengths) * 9 // 10] <= 30


def test_modules__named__after_what_they_do() -> None:
    """Names that say nothing are not used."""
    empty_names = {"utils", "util", "helpers", "helper", "manager", "common", "misc"}
    assert [where(path) for path in tracked("*.py") if path.stem in empty_names] == []


def test_suite__imports__no_implementation() -> None:
    """The suite knows implementations by their public surfaces only."""
    culprits = [
        where(path)
        for path in tracked("conformance/*.py", "lab/*.py", "schema/compiler/*.py")
        if "fraisier" in imported_modules(path)
    ]
    assert culprits == []


def test_implementation__imports__no_suite() -> None:
    """An implementation could be built without the suite beside it."""
    own = tracked("impl/py/src/*.py")
    assert own
    suite = {"conform", "schema_compiler", "fraisier_lab"}
    assert [where(path) for path in own if imported_modules(path) & suite] == []


def test_tables__written__only_in_db() -> None:
    """No statement outside of db/ writes a table, except where the suite prepares a state."""
    write = re.compile(r"\b(insert\s+into|update|delete\s+from)\s+tb_", re.IGNORECASE)
    culprits = [
        where(path, number)
        for path in tracked("impl/*", "schema/*", "tools/*", "examples/*")
        if path.suffix in SOURCES and "/tests/" not in str(path)
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if write.search(line)
    ]
    assert culprits == []


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param(r"(?<![\w.])/(work|farm|root)/", id="a path of one machine"),
        pytest.param(r"\bBEGIN [A-Z ]*PRIVATE KEY\b", id="a private key"),
        pytest.param(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b", id="a leftover reminder"),
    ],
)
def test_files__all__are_free_of(pattern: str) -> None:
    """Nothing of one machine, nothing secret and nothing left for later is committed."""
    own = Path(__file__)
    culprits = [
        where(path, number)
        for path in tracked()
        if path != own and path.suffix in {*SOURCES, ".md", ".toml", ".lock", ".json", ""}
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1)
        if re.search(pattern, line)
    ]
    assert culprits == []


def test_locks__all__carry_hashes_and_name_no_registry() -> None:
    """A lock file pins by content, wherever the content comes from."""
    locks = tracked("*.lock")
    assert locks
    for path in locks:
        text = path.read_text()
        assert "://" not in text, where(path)
        pins = re.findall(r"^[a-z0-9][^\s=]*==", text, re.MULTILINE)
        assert len(pins) <= text.count("--hash=sha256:"), where(path)


def test_decisions__numbered__without_gaps() -> None:
    """Every decision has its number once."""
    numbers = [int(path.name[:4]) for path in sorted((ROOT / "spec/decisions").glob("*.md"))]
    assert numbers == list(range(1, len(numbers) + 1))
