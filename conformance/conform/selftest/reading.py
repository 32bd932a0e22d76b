"""The YAML files of ``conformance/faults``, entry by entry with their places."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import yaml

from conform.verdicts import SetupError

FOLDER = Path("conformance", "faults")
LISTS = ("faults", "reasons")
_Loader: Any = cast("Any", getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def entries(checkout: Path, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """
    Each entry of the lists of this name in all files, with its file:line; no mapping: empty.

    Raises:
        SetupError: A file is no YAML or no mapping of lists; it says where.
    """
    for path in sorted((checkout / FOLDER).glob("*.yaml")):
        where = str(FOLDER / path.name)
        loader = _Loader(path.read_text())
        try:
            listed = _listed(loader.get_single_node(), where).get(name)
            for node in listed.value if listed is not None else ():
                entry: dict[str, Any] = (
                    loader.construct_document(node) if node.id == "mapping" else {}
                )
                yield f"{where}:{node.start_mark.line + 1}", entry
        except yaml.YAMLError as error:
            raise _broken(where, error) from error
        finally:
            loader.dispose()


def _listed(root: Any, where: str) -> dict[str, Any]:
    """The nodes of the lists, by their names."""
    if root is None:
        return {}
    found = {key.value: value for key, value in root.value} if root.id == "mapping" else {"": root}
    for name, node in found.items():
        if name not in LISTS or node.id != "sequence":
            line = node.start_mark.line + 1
            raise SetupError(f"{where}:{line}: this is no mapping with lists: {', '.join(LISTS)}")
    return found


def _broken(where: str, error: yaml.YAMLError) -> SetupError:
    mark: Any = getattr(error, "problem_mark", None)
    reason = getattr(error, "problem", None) or getattr(error, "reason", None) or error
    line = 1 if mark is None else mark.line + 1
    return SetupError(f"{where}:{line}: the YAML is broken: {' '.join(str(reason).split())}")
