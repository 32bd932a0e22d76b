"""
Every promise is written down: docstrings, commands in docs, error codes in spec.

Goal: documentation cannot fall behind the code. Method: compare names on both sides.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from fraisier.domain.error_codes import ERROR_CODES

ROOT = Path(__file__).resolve().parents[3]
PACKAGE = ROOT / "impl" / "py" / "src" / "fraisier"
SOURCES = sorted(PACKAGE.rglob("*.py"))
TESTS = sorted((ROOT / "impl" / "py" / "tests").rglob("test_*.py"))


def shown(path: Path, line: int) -> str:
    """``file:line`` for a message."""
    return f"{path.relative_to(ROOT)}:{line}"


def public(node: ast.AST, inside: bool = True) -> Iterator[ast.AST]:
    """The public functions and classes of a module, and their public methods."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        special = child.name.startswith("__") and child.name != "__call__"
        if (child.name.startswith("_") and child.name != "__call__") or special:
            continue
        if _is_overload(child):
            continue
        yield child
        if isinstance(child, ast.ClassDef):
            yield from public(child)


def _is_overload(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> bool:
    return any(ast.unparse(d).endswith((".setter", "overload")) for d in node.decorator_list)


def test_public__everything__has_a_docstring() -> None:
    """What others may call says what they may rely on."""
    silent: list[str] = []
    for path in SOURCES:
        parsed = ast.parse(path.read_text(encoding="utf-8"))
        if path.read_text().strip() and ast.get_docstring(parsed) is None:
            silent.append(f"{shown(path, 1)}: the module")
        for node in public(parsed):
            assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            if ast.get_docstring(node) is None:
                silent.append(f"{shown(path, node.lineno)}: {node.name}")
    assert silent == []


def test_tests__all__say_the_rule() -> None:
    """Each test is called test_what__when__then and has a one-sentence docstring."""
    wrong: list[str] = []
    for path in TESTS:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.FunctionDef) or not node.name.startswith("test_"):
                continue
            if ast.get_docstring(node) is None or "__" not in node.name:
                wrong.append(f"{shown(path, node.lineno)}: {node.name}")
    assert wrong == []


def raised_codes() -> Iterator[tuple[str, str]]:
    """Every literal error code of the code, with where it is."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            for keyword in node.keywords:
                value = keyword.value
                is_text = isinstance(value, ast.Constant) and isinstance(value.value, str)
                if keyword.arg == "code" and is_text:
                    yield ast.literal_eval(value), shown(path, node.lineno)


def test_error_codes__raised__exist() -> None:
    """No code is raised that spec/errors.yaml does not have."""
    assert [f"{at}: {code}" for code, at in raised_codes() if code not in ERROR_CODES] == []


def test_error_codes__of_the_spec__are_those_of_the_program() -> None:
    """The generated table equals spec/errors.yaml, facts included."""
    codes = yaml.safe_load((ROOT / "spec" / "errors.yaml").read_text())["codes"]
    expected = {
        code: (facts["class"], facts["exit"], facts["http"], facts["definite"])
        for code, facts in codes.items()
    }
    assert {code: tuple(facts) for code, facts in ERROR_CODES.items()} == expected


def test_error_codes__in_docstrings__exist() -> None:
    """A docstring's Raises section names real codes."""
    wrong: list[str] = []
    for path in SOURCES:
        text = path.read_text(encoding="utf-8")
        for match in re.finditer(r"FraisierError: ((?:[^.]*?``[a-z-]+``)+)", text):
            line = text[: match.start()].count("\n") + 1
            for code in re.findall(r"``([a-z]+(?:-[a-z]+)*)``", match[1]):
                if "-" in code and code not in ERROR_CODES:
                    wrong.append(f"{shown(path, line)}: {code}")
    assert wrong == []


def commands() -> list[str]:
    """Every command of spec/cli.yaml."""
    document = yaml.safe_load((ROOT / "spec" / "cli.yaml").read_text())
    return sorted(document["commands"])


@pytest.mark.parametrize("command", commands())
def test_commands__each__is_in_the_manual(command: str) -> None:
    """docs/cli.md shows how each command is called."""
    manual = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    assert re.search(rf"fraisier {re.escape(command)}\b", manual), f"docs/cli.md lacks {command}"


def operations() -> list[tuple[str, str]]:
    """Every path and method of spec/openapi.yaml."""
    document = yaml.safe_load((ROOT / "spec" / "openapi.yaml").read_text())
    return [
        (path, method.upper())
        for path, item in document["paths"].items()
        for method in item
        if method in ("get", "post", "head", "put", "delete")  # options is of all browsers
    ]


def test_paths__of_the_server__are_in_the_spec() -> None:
    """The server's table of paths and spec/openapi.yaml are the same."""
    from fraisier.api.app import api_app
    from fraisier.db.asynchronous import open_async

    def nobody() -> object:
        raise AssertionError("not asked for at construction")

    app = api_app(nobody, open_async("sqlite:////nowhere/fraisier.db"))  # pyright: ignore[reportArgumentType]
    served = {(path, method) for path, route in app.routes.items() for method in route.methods}
    # The description of / speaks for the files that it loads.
    pages = {each for each in served if not each[0].startswith("/dashboard/")}
    assert pages == set(operations())


@pytest.mark.parametrize("path", ["/graphql", "/webhook", "/health", "/metrics", "/", "/graphiql"])
def test_paths__each__is_in_the_manual(path: str) -> None:
    """docs/api.md describes each path."""
    assert f"`{path}`" in (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
