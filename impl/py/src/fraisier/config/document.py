"""Reading YAML with the line of every key, as strictly as a registry deserves."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

from fraisier.config.problems import ConfigurationError, Path, Problem
from fraisier.config.variables import expand

_NODES_MAX = 50_000  # also what aliases may unfold to
_DEPTH_MAX = 40
_INTEGER = re.compile(r"^[-+]?(?:0|[1-9][0-9]*)$")
_NUMBER = re.compile(r"^[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+)(?:[eE][-+]?[0-9]+)?$")
_WORDS: Mapping[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


class Node:
    """A YAML node: text, a list of nodes, or key/line/node triples."""

    __slots__ = ("entries", "items", "line", "plain", "text")

    def __init__(self, line: int) -> None:
        # No dataclass here and below: making one costs a millisecond of every start.
        self.line = line
        self.text: str | None = None
        self.plain = False
        self.items: list[Node] | None = None
        self.entries: list[tuple[str, int, Node]] | None = None


class Document:
    """
    A configuration file as plain values.

    ``lines`` and ``texts`` know the line and the literal text behind every path,
    ``expanded`` the paths whose text came from environment variables, and
    ``used`` the variables with their values.
    """

    def __init__(self, file: str) -> None:
        self.file = file
        self.value: Any = None
        self.lines: dict[Path, int] = {}
        self.texts: dict[Path, str] = {}
        self.expanded: set[Path] = set()
        self.used: dict[str, str] = {}
        self.problems: list[Problem] = []
        self.nodes = 0


def read_document(text: str, file: str, environ: Mapping[str, str]) -> Document:
    """
    Parse YAML, expand variables, and remember the line of every key.

    Plain scalars are read by YAML 1.2's rules: ``on`` and ``2026-01-01`` are
    text. Duplicate keys and unset variables are noted in ``problems``.

    Raises:
        ConfigurationError: ``config-syntax`` when the text is not one YAML
            document without tags and merge keys.
    """
    document = Document(file)
    node = _compose(text, file)
    if node is not None:
        document.value = _flatten(node, (), document, environ)
    return document


def plain_value(text: str) -> Any:
    """What an unquoted scalar means: nothing, a boolean, a number or text."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.match(text) and len(text) < 20:
        return int(text)
    if _NUMBER.match(text):
        return float(text)
    return text


# -- events to nodes ---------------------------------------------------------------


def _compose(text: str, file: str) -> Node | None:
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        events: Iterator[Any] = iter(cast(Any, yaml).parse(text, Loader=loader))
        return _Composer(file).document(events)
    except yaml.YAMLError as error:
        raise _syntax_error(error, text, file) from error


def _syntax_error(error: Any, text: str, file: str) -> ConfigurationError:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line = None if mark is None else mark.line + 1
    reason = getattr(error, "problem", None) or getattr(error, "reason", None)
    # "{port: ${PORT}}" is no YAML, and the parser's reason does not help anybody.
    near = text.splitlines()[line - 1 : line] if line else []
    hint = "inside { } and [ ] put ${NAME} in quotes" if "${" in "".join(near) else None
    message = f"this is not YAML: {reason or 'it cannot be read'}"
    return ConfigurationError(file, [Problem("config-syntax", message, line=line, hint=hint)])


def _refusal(file: str, line: int | None, message: str) -> ConfigurationError:
    return ConfigurationError(file, [Problem("config-syntax", message, line=line)])


class _Composer:
    """Turns the parser's events into nodes without calling a constructor."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.anchors: dict[str, Node] = {}

    def document(self, events: Iterator[Any]) -> Node | None:
        found: Node | None = None
        seen = False
        for event in events:
            kind = type(event).__name__
            if kind == "DocumentStartEvent":
                if seen:
                    raise self.refuse(event, "there is more than one document")
                seen = True
            elif kind not in ("StreamStartEvent", "StreamEndEvent", "DocumentEndEvent"):
                found = self.node(event, events, 0)
        return found

    def node(self, event: Any, events: Iterator[Any], depth: int) -> Node:
        kind = type(event).__name__
        line = event.start_mark.line + 1
        if kind == "AliasEvent":
            return self.alias(event)
        if event.tag not in (None, "!"):
            raise self.refuse(event, f"the tag {event.tag} is not allowed")
        if depth > _DEPTH_MAX:
            raise self.refuse(event, "this is nested too deeply")
        node = Node(line)
        if kind == "ScalarEvent":
            node.text, node.plain = event.value, event.implicit[0]
        elif kind == "SequenceStartEvent":
            node.items = self.sequence(events, depth + 1)
        else:
            node.entries = self.mapping(events, depth + 1)
        if event.anchor is not None:
            self.anchors[event.anchor] = node
        return node

    def alias(self, event: Any) -> Node:
        node = self.anchors.get(event.anchor)
        if node is None:
            raise self.refuse(event, f"the alias *{event.anchor} has no anchor before it")
        return node

    def sequence(self, events: Iterator[Any], depth: int) -> list[Node]:
        items: list[Node] = []
        for event in events:
            if type(event).__name__ == "SequenceEndEvent":
                break
            items.append(self.node(event, events, depth))
        return items

    def mapping(self, events: Iterator[Any], depth: int) -> list[tuple[str, int, Node]]:
        entries: list[tuple[str, int, Node]] = []
        for event in events:
            if type(event).__name__ == "MappingEndEvent":
                break
            key = self.node(event, events, depth)
            if key.text is None:
                raise self.refuse(event, "a key must be text")
            if key.text == "<<" and key.plain:
                raise self.refuse(event, "merge keys (<<) are not supported")
            line = event.start_mark.line + 1
            entries.append((key.text, line, self.node(next(events), events, depth)))
        return entries

    def refuse(self, event: Any, message: str) -> ConfigurationError:
        return _refusal(self.file, event.start_mark.line + 1, message)


# -- nodes to plain values ---------------------------------------------------------


def _flatten(node: Node, path: Path, document: Document, environ: Mapping[str, str]) -> Any:
    document.lines.setdefault(path, node.line)
    document.nodes += 1
    if document.nodes > _NODES_MAX:
        raise _refusal(document.file, node.line, "the document unfolds to too many values")
    if node.entries is not None:
        return _flat_mapping(node.entries, path, document, environ)
    if node.items is not None:
        return [
            _flatten(item, (*path, index), document, environ)
            for index, item in enumerate(node.items)
        ]
    return _flat_scalar(node, path, document, environ)


def _flat_mapping(
    entries: list[tuple[str, int, Node]],
    path: Path,
    document: Document,
    environ: Mapping[str, str],
) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for text, line, node in entries:
        key = _expanded(text, (*path, text), line, document, environ)
        here = (*path, key)
        if key in value:
            first = document.lines[here]
            message = f"this key appears twice (first in line {first})"
            document.problems.append(Problem("config-invalid", message, here, line))
            continue
        document.lines[here] = line
        value[key] = _flatten(node, here, document, environ)
    return value


def _flat_scalar(node: Node, path: Path, document: Document, environ: Mapping[str, str]) -> Any:
    original = node.text or ""
    text = _expanded(original, path, node.line, document, environ)
    document.texts[path] = text
    if text != original or "${" in original:
        document.expanded.add(path)
        return text
    return plain_value(text) if node.plain else text


def _expanded(
    text: str, path: Path, line: int, document: Document, environ: Mapping[str, str]
) -> str:
    expansion = expand(text, environ)
    document.used.update(expansion.used)
    for name in expansion.unset:
        message = f"the environment variable {name} is not set"
        hint = f"export {name}=..., or give a default: ${{{name}:-...}}"
        document.problems.append(Problem("unset-variable", message, path, line, hint))
    for reference in expansion.malformed:
        message = f'"{reference}" is not a variable'
        hint = "write ${NAME} or ${NAME:-default}; $${ stands for ${ itself"
        document.problems.append(Problem("config-invalid", message, path, line, hint))
    return expansion.text
