"""
The house style as a test: sizes, names, who imports whom, and who writes tables.

Goal: every rule that a reviewer would have to remember fails here instead, with
``file:line`` and what to do. Method: read the sources as text and syntax trees.
"""

from __future__ import annotations

import ast
import re
import statistics
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PACKAGE = ROOT / "impl" / "py" / "src" / "fraisier"
SOURCES = sorted(PACKAGE.rglob("*.py"))

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 60
FUNCTION_LINES_MEDIAN = 10
COMMAND_LINES_MAX = 15
PROVIDER_LINES_MAX = 200

# From the top down; packages of one level never import each other.
LAYERS = (
    {"__main__"},
    {"cli"},
    {"api", "webhook", "observer"},
    {"http"},
    {"wiring"},
    {"operations"},
    {"deployers"},
    {"client", "config", "db", "providers", "git"},
    {"effects"},
    {"domain"},
)
DRIVERS = {"sqlite3", "psycopg", "asyncpg"}
PROCESSES = {"subprocess", "multiprocessing", "pty"}
OUTBOUND = {"httpx", "http", "urllib3", "requests", "ftplib", "smtplib", "xmlrpc"}
SLOW_TO_IMPORT = {
    "rich", "httpx", "graphql", "psycopg", "uvicorn", "uvloop", "httptools", "yaml", "ruamel",
}  # fmt: skip
BAD_NAMES = {"utils", "util", "helpers", "helper", "manager", "managers", "misc", "common"}
WRITE = re.compile(
    r"\b(insert\s+(or\s+\w+\s+)?into|update|delete\s+from|truncate(\s+table)?)\s+[\"`\[]?tb_",
    re.IGNORECASE,
)


@cache
def tree(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def shown(path: Path, line: int = 1) -> str:
    """``file:line`` for a message."""
    return f"{path.relative_to(ROOT)}:{line}"


def functions(path: Path) -> Iterator[tuple[str, int, int]]:
    """Name, line and length of each function of a file."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
            yield node.name, node.lineno, node.end_lineno - node.lineno + 1


def imports(path: Path) -> Iterator[tuple[str, int, bool]]:
    """Every module that a file imports, its line, and whether at the top level."""
    parsed = tree(path)
    top = {id(node) for node in parsed.body}
    for node in ast.walk(parsed):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno, id(node) in top
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{shown(path, node.lineno)}: relative import"
            yield node.module or "", node.lineno, id(node) in top
            if node.module == "fraisier":
                for alias in node.names:
                    yield f"fraisier.{alias.name}", node.lineno, id(node) in top


def layer_of(module: str) -> int | None:
    """The level of a module of ours; None for the package itself and for others."""
    parts = module.split(".")
    if parts[0] != "fraisier" or len(parts) < 2 or parts[1].startswith("__version"):
        return None
    return next((level for level, names in enumerate(LAYERS) if parts[1] in names), None)


def part_of(path: Path) -> str:
    """The package (or module) directly below ``fraisier`` that a file belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def test_files__all__are_short() -> None:
    """No file is longer than can be read in one go."""
    long = [
        f"{shown(path)}: {lines} lines; split it"
        for path in SOURCES
        if (lines := len(path.read_text().splitlines())) > FILE_LINES_MAX
    ]
    assert long == []


def test_providers__all__are_short() -> None:
    """A provider is one small file."""
    long = [
        f"{shown(path)}: {lines} lines"
        for path in PACKAGE.glob("providers/*.py")
        if (lines := len(path.read_text().splitlines())) > PROVIDER_LINES_MAX
    ]
    assert long == []


def test_functions__all__are_short() -> None:
    """No function is long, and most are very short."""
    found = [(path, *each) for path in SOURCES for each in functions(path)]
    long = [f"{shown(p, at)}: {name}, {n} lines" for p, name, at, n in found if n > 60]
    assert long == []
    lengths = sorted(n for *_, n in found)
    assert statistics.median(lengths) <= FUNCTION_LINES_MEDIAN
    assert lengths[int(len(lengths) * 0.9)] <= FUNCTION_LINES_MAX // 2


def test_modules__all__say_what_they_are() -> None:
    """A module is named after what it does, not after being useful."""
    vague = [shown(p) for p in SOURCES if p.stem in BAD_NAMES or p.parent.name in BAD_NAMES]
    assert vague == []


def test_layers__every_part__has_a_level() -> None:
    """A new package has to find its place before it can be used."""
    known = set[str]().union(*LAYERS) | {"__init__", "_assets"}
    assert {part_of(path) for path in SOURCES} - known == set()


def test_layers__imports__point_downwards() -> None:
    """No part imports one above it or beside it."""
    wrong: list[str] = []
    for path in SOURCES:
        level = layer_of(f"fraisier.{part_of(path)}")
        for module, line, _ in imports(path):
            other = layer_of(module)
            if level is None or other is None or module.split(".")[1] == part_of(path):
                continue
            if other <= level:
                wrong.append(f"{shown(path, line)}: {part_of(path)} imports {module}")
    assert wrong == []


@pytest.mark.parametrize(
    ("modules", "owner"),
    [
        (DRIVERS, "db"),
        (PROCESSES, "effects"),
        (OUTBOUND, "effects"),
        ({"click"}, "cli"),
        ({"graphql"}, "api"),
        ({"uvicorn"}, "http"),
    ],
    ids=["drivers", "processes", "outbound", "click", "graphql", "uvicorn"],
)
def test_imports__of_one_owner__appear_nowhere_else(modules: set[str], owner: str) -> None:
    """Drivers, processes, outbound calls and the command line each have one place."""
    wrong = [
        f"{shown(path, line)}: only {owner} imports {module}"
        for path in SOURCES
        if part_of(path) != owner
        for module, line, _ in imports(path)
        if module.split(".")[0] in modules
    ]
    assert wrong == []


@pytest.mark.parametrize("start", ["fraisier.cli.main", "fraisier.wiring"])
def test_imports__at_the_start__are_light(start: str) -> None:
    """Starting the command line loads none of the slow libraries."""
    import subprocess

    code = f"import sys, {start}; print(*sorted(m.split('.')[0] for m in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=30
    )
    assert set(done.stdout.split()) & SLOW_TO_IMPORT == set()


def test_tables__outside_db__are_never_written() -> None:
    """Business rules are in the database: nothing else writes a tb_* table."""
    suffixes = {".py", ".yaml", ".yml", ".sh", ".feature", ".json"}
    wrong = [
        f"{shown(path, number)}: {line.strip()[:80]}"
        for folder in ("impl/py/src", "schema", "tools")
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in suffixes
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if WRITE.search(line)
    ]
    assert wrong == []


def test_sql_names__in_docstrings__exist() -> None:
    """Every ``SQL: fn_x`` names a file of db/, in each dialect."""
    wrong: list[str] = []
    for path in SOURCES:
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if not line.strip().startswith("SQL:"):
                continue
            names = re.findall(r"\b(?:fn|v|fx)_[a-z_]+", line)
            assert names, f"{shown(path, number)}: names nothing"
            for name in names:
                kind = "views" if name.startswith("v_") else "functions"
                for dialect in ("sqlite", "postgresql"):
                    if not (ROOT / "db" / dialect / kind / f"{name}.sql").is_file():
                        wrong.append(f"{shown(path, number)}: {name} is not in db/{dialect}")
    assert wrong == []


def test_functions_called__exist() -> None:
    """Every function and view that the code names is in db/."""
    literal = re.compile(r"""["'](fn_[a-z_]+|v_[a-z_]+)["']""")
    wrong: list[str] = []
    for path in SOURCES:
        for number, line in enumerate(path.read_text().splitlines(), 1):
            for name in literal.findall(line):
                kind = "views" if name.startswith("v_") else "functions"
                if name in ("fn_", "v_", "v_schema_digest"):
                    continue
                if not (ROOT / "db" / "sqlite" / kind / f"{name}.sql").is_file():
                    wrong.append(f"{shown(path, number)}: {name}")
    assert wrong == []


def test_commands__bodies__are_short() -> None:
    """A command translates, calls and prints; the work is elsewhere."""
    long: list[str] = []
    for path in (PACKAGE / "cli" / "commands").glob("*.py"):
        for node in ast.walk(tree(path)):
            if not isinstance(node, ast.FunctionDef) or not _is_command(node):
                continue
            body = node.body[1:] if ast.get_docstring(node) else node.body
            lines = (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
            if lines > COMMAND_LINES_MAX:
                long.append(f"{shown(path, node.lineno)}: {node.name}, {lines} lines")
    assert long == []


def _is_command(node: ast.FunctionDef) -> bool:
    names = [d.func if isinstance(d, ast.Call) else d for d in node.decorator_list]
    return any(isinstance(name, ast.Name) and name.id == "command" for name in names)


def test_shell__never__is_used() -> None:
    """Programs are started with argument lists only."""
    wrong = [
        f"{shown(path, node.lineno)}: {ast.unparse(node)[:80]}"
        for path in SOURCES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and (
            any(
                k.arg == "shell" and not (isinstance(k.value, ast.Constant) and not k.value.value)
                for k in node.keywords
            )
            or ast.unparse(node.func) in ("os.system", "os.popen", "eval", "exec")
        )
    ]
    assert wrong == []


def test_source__mentions__no_machine_of_ours() -> None:
    """No path of a developer's machine and no note to do it later is left behind."""
    bad = re.compile("/" + "work/|/tmp/" + "brief|TO" + "DO|FIX" + "ME|XX" + "X")
    wrong = [
        f"{shown(path, number)}: {line.strip()[:80]}"
        for folder in ("impl/py", "db", "schema", "spec", "docs")
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in {".py", ".sql", ".yaml", ".md", ".toml", ".feature"}
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if bad.search(line)
    ]
    assert wrong == []
