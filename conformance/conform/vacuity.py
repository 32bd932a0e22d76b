"""Steps that cannot fail: a Then whose function neither asserts nor raises, found in its source."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from conform.cases import Problem
from conform.places import resources

Definition = ast.FunctionDef | ast.AsyncFunctionDef
STEPS = resources() / "steps"
PACKAGES = ("steps", "world", "oracle", "dialects", "torture", "fuzzing", "")
JUDGES = frozenset({"then"})
DOES = frozenset({"step"})  # of a definition that a Given, a When and a Then can mean
FIELD = re.compile(r"\{[^}]*\}")
# Functions of other libraries that raise when something is not as it should be.
CHECKS = frozenset({"fail", "raises", "raise_for_status", "check_returncode"})
# What is raised to say that the suite is wrong judges nobody.
NO_VERDICT = frozenset({"HarnessError", "SetupError"})
# A call of one of these on an unknown object is one of the language's own.
COMMON = frozenset(name for kind in (dict, list, set, str, bytes, Path) for name in dir(kind))
WAY_OUT = "assert what the sentence promises, or raise"


@dataclass(frozen=True, slots=True)
class Function:
    """A function or method of the suite, and where its names are looked up."""

    name: str  # "conform.steps.effects:nothing_else_changed", or "Effects.now"
    path: Path
    node: Definition
    imported: Mapping[str, str]
    inside: tuple[ast.AST, ...]


class Library:
    """The functions of the suite that can fail, directly or through others."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self.functions = [each for path in paths for each in _functions(path)]
        names = {each.name for each in self.functions}
        callers: dict[str, set[str]] = {}
        for each in self.functions:
            for called in _called(each, names):
                callers.setdefault(called, set()).add(each.name)
        self._failing = {each.name for each in self.functions if _fails_itself(each)}
        self._failing |= CHECKS
        waiting = list(self._failing)
        while waiting:
            for name in callers.get(waiting.pop(), set()) - self._failing:
                waiting += [name, *_short(name)]
                self._failing |= {name, *_short(name)}
        self._failing |= {short for name in self._failing for short in _short(name)}

    def can_fail(self, function: Function) -> bool:
        """Whether the function asserts, raises, or calls what does."""
        return function.name in self._failing


def problems(
    thens: Iterable[tuple[str, Sequence[str]]] = (), root: Path | None = None
) -> list[Problem]:
    """
    Each Then that nothing can make fail, and each scenario all of whose Thens only do something.

    Args:
        thens: Where each scenario is, and its sentences after Then.
        root: What the names of files are relative to.
    """
    paths = tuple(_sources(STEPS))
    found = _toothless(STEPS, paths, tuple(path.stat().st_mtime_ns for path in paths))
    doing = [pattern for each in found if not each.judges for pattern in each.sentences]
    return [
        *(
            Problem(
                f"{_shown(each.path, root)}:{each.line}",
                f"{each.name} is a Then that cannot fail: {WAY_OUT}",
            )
            for each in found
            if each.judges
        ),
        *(
            Problem(where, f"no Then of the scenario can fail ({said[0]}): say what must hold")
            for where, said in thens
            if said and all(any(fits(each, pattern) for pattern in doing) for each in said)
        ),
    ]


def fits(sentence: str, pattern: str) -> bool:
    """Whether a sentence is one of a definition; {names} stand for any text."""
    if not sentence.startswith(pattern.partition("{")[0]):
        return False
    parts = (re.escape(each) for each in FIELD.split(pattern))
    return re.fullmatch(".+".join(parts), sentence) is not None


@dataclass(frozen=True, slots=True)
class Toothless:
    """A definition that cannot fail."""

    path: Path
    line: int
    name: str
    judges: bool  # it is a Then; else one that a Then can mean, too
    sentences: tuple[str, ...]


@cache
def _toothless(
    steps: Path, paths: tuple[Path, ...], _changed: tuple[int, ...]
) -> tuple[Toothless, ...]:
    """All of them; reading the whole suite takes most of a second."""
    library = Library(paths)
    return tuple(
        Toothless(
            each.path,
            each.node.lineno,
            each.node.name,
            bool(_sentences(each.node, JUDGES)),
            tuple(_sentences(each.node, DOES)),
        )
        for each in library.functions
        if each.path.parent == steps
        and _sentences(each.node, JUDGES | DOES)
        and not library.can_fail(each)
    )


def _sources(steps: Path) -> Iterator[Path]:
    yield from sorted(steps.glob("*.py"))
    for package in PACKAGES:
        if resources() / package != steps:
            yield from sorted((resources() / package).glob("*.py"))


def _functions(path: Path) -> Iterator[Function]:
    tree = ast.parse(path.read_text(), str(path))
    module = ".".join(("conform", *path.relative_to(path.parent.parent).with_suffix("").parts))
    imported = dict(_imports(tree, module))
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            for each in _definitions(node.body):
                yield Function(f"{node.name}.{each.name}", path, each, imported, _inside(each))
    for each in _definitions(tree.body):
        yield Function(f"{module}:{each.name}", path, each, imported, _inside(each))


def _definitions(body: Iterable[ast.stmt]) -> Iterator[Definition]:
    return (each for each in body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef))


def _imports(tree: ast.Module, module: str) -> Iterator[tuple[str, str]]:
    """What each name of the module stands for."""
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}:{alias.name}"
    for each in _definitions(tree.body):
        yield each.name, f"{module}:{each.name}"


def _called(function: Function, names: set[str]) -> Iterator[str]:
    classes = dict(_annotations(function))
    for node in function.inside:
        if isinstance(node, ast.Call):
            yield from _meant(node.func, function, classes, names)


def _meant(
    called: ast.expr, function: Function, classes: Mapping[str, str], names: set[str]
) -> Iterator[str]:
    """The names of the functions that a call can mean."""
    if isinstance(called, ast.Name):
        yield function.imported.get(called.id, called.id)
    elif isinstance(called, ast.Attribute):
        owner = called.value.id if isinstance(called.value, ast.Name) else ""
        module = function.imported.get(owner, "").replace(":", ".")
        if f"{module}:{called.attr}" in names:
            yield f"{module}:{called.attr}"
        elif (known := f"{classes.get(owner)}.{called.attr}") in names:
            yield known
        elif called.attr in CHECKS:
            yield called.attr
        elif called.attr not in COMMON:
            yield f".{called.attr}"


def _annotations(function: Function) -> Iterator[tuple[str, str]]:
    """The class of each parameter that says so; that of ``self`` is the method's."""
    yield "self", function.name.partition(".")[0]
    for each in (*function.node.args.args, *function.node.args.kwonlyargs):
        if isinstance(each.annotation, ast.Name):
            yield each.arg, each.annotation.id


def _short(name: str) -> list[str]:
    """How a method is called on an object of which nothing is known."""
    return [] if ":" in name or "." not in name.lstrip(".") else [f".{name.rpartition('.')[2]}"]


def _sentences(node: Definition, names: frozenset[str]) -> list[str]:
    """What the decorators of these names say; for what is no text, nothing is known."""
    found: list[str] = []
    for each in node.decorator_list:
        if isinstance(each, ast.Call) and isinstance(each.func, ast.Name) and each.func.id in names:
            given: ast.expr = each.args[0]
            given = given.args[0] if isinstance(given, ast.Call) else given
            found.append(_text(given))
    return found


def _text(node: ast.expr) -> str:
    value: Any = node.value if isinstance(node, ast.Constant) else None
    return value if isinstance(value, str) else "\0"


def _fails_itself(function: Function) -> bool:
    return any(
        (isinstance(each, ast.Raise) and _judges_by(each))
        or (isinstance(each, ast.Assert) and not _always(each.test))
        for each in function.inside
    )


def _judges_by(statement: ast.Raise) -> bool:
    raised: Any = statement.exc
    called = raised.func if isinstance(raised, ast.Call) else raised
    return getattr(called, "id", getattr(called, "attr", "")) not in NO_VERDICT


def _always(test: ast.expr) -> bool:
    """A constant that is true: ``assert True``, or a tuple by mistake."""
    if isinstance(test, ast.Tuple):
        return bool(test.elts)
    return isinstance(test, ast.Constant) and bool(test.value)


def _inside(node: Definition) -> tuple[ast.AST, ...]:
    found = (each for statement in node.body for each in ast.walk(statement))
    return tuple(each for each in found if isinstance(each, ast.Raise | ast.Assert | ast.Call))


def _shown(path: Path, root: Path | None) -> Path:
    return path.relative_to(root) if root and path.is_relative_to(root) else path
