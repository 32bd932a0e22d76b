"""``spec/claims.yaml``: what each section of the product documents claims, and what holds it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, cast

from conform.cases import Problem
from conform.requirements import Requirement
from conform.verdicts import SetupError

FILE = "spec/claims.yaml"
SECTIONS = "spec/sections.yaml"
KEYS = frozenset({"anchor", "section", "claims", "reason"})
Known = Mapping[str, Requirement]


@dataclass(frozen=True, slots=True)
class Claim:
    """One promise of a document, and the patterns of the requirements that hold it."""

    text: str
    by: tuple[str, ...]
    reason: str
    line: int

    def requirements(self, known: Known) -> list[str]:
        """The ids that its patterns mean."""
        return [name for name in known if any(fnmatchcase(name, each) for each in self.by)]

    def state(self, known: Known) -> str:
        """``checked``, ``partly`` or ``unchecked`` by scenarios; ``none`` with a reason."""
        checked = [bool(known[each].checks) for each in self.requirements(known)]
        if not checked:
            return "none"
        return "checked" if all(checked) else "partly" if any(checked) else "unchecked"


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of a document."""

    document: str
    anchor: str
    title: str  # in sections.yaml; empty when it has no own entry there
    claims: tuple[Claim, ...]
    reason: str
    line: int


def load(checkout: Path) -> list[Section]:
    """
    The sections of all documents in their order; none when there is no such file.

    Raises:
        SetupError: The file is something else; it says where.
    """
    import yaml

    path = checkout / FILE
    if not path.exists():
        return []
    try:
        root = cast("Any", yaml).compose(path.read_text(), Loader=yaml.SafeLoader)
        return [
            _section(document.value, node)
            for document, listed in root.value
            for node in listed.value
        ]
    except yaml.YAMLError as reason:
        raise SetupError(f"{FILE}: {' '.join(str(reason).split())}") from reason
    except (AttributeError, TypeError, ValueError) as reason:
        raise SetupError(f"{FILE}: no mapping of documents to lists of sections") from reason


def problems(checkout: Path, known: Known) -> list[Problem]:
    """Sections and claims that nothing holds, and what they name that is not there."""
    found = load(checkout)
    if not found:
        return []
    return [
        *(problem for section in found for problem in _of_section(section, known)),
        *_unlisted(checkout, found),
    ]


def _of_section(section: Section, known: Known) -> Iterator[Problem]:
    where = f"{FILE}:{section.line}"
    if bool(section.claims) == bool(section.reason):
        both = "claims and a reason" if section.claims else "neither claims nor a reason"
        yield Problem(where, f"{section.anchor} has {both}: write one of the two")
    for claim in section.claims:
        where = f"{FILE}:{claim.line}"
        if bool(claim.by) == bool(claim.reason):
            both = "requirements and a reason" if claim.by else "neither requirements nor a reason"
            yield Problem(where, f'"{claim.text}" has {both}: write by or reason')
        for pattern in claim.by:
            if not any(fnmatchcase(name, pattern) for name in known):
                text = f"{pattern} is no requirement: correct it, or add the requirement"
                yield Problem(where, text)


def _unlisted(checkout: Path, found: list[Section]) -> Iterator[Problem]:
    """Both files speak of the same sections."""
    import yaml

    path = checkout / SECTIONS
    listed: dict[str, Any] = yaml.safe_load(path.read_text()) if path.exists() else {}
    documents = {each.document for each in found}
    titles = {(name, str(s["title"])) for name in documents for s in listed.get(name, ())}
    claimed = {(each.document, each.title): each.line for each in found if each.title}
    for document, title in sorted(titles - claimed.keys()):
        yield Problem(f"{FILE}:1", f"{document}: {title} of {SECTIONS} is missing: add it")
    for document, title in sorted(claimed.keys() - titles):
        where = f"{FILE}:{claimed[document, title]}"
        yield Problem(where, f"{document}: {title} is not in {SECTIONS}: correct it there or here")


def _section(document: str, node: Any) -> Section:
    parts = {key.value: value for key, value in node.value}
    line: int = node.start_mark.line + 1
    if unknown := parts.keys() - KEYS:
        raise SetupError(f"{FILE}:{line}: unknown key '{min(unknown)}'")
    if "anchor" not in parts:
        raise SetupError(f"{FILE}:{line}: 'anchor' is missing")
    return Section(
        document=document,
        anchor=parts["anchor"].value,
        title=parts["section"].value if "section" in parts else "",
        claims=tuple(_claim(each) for each in parts["claims"].value) if "claims" in parts else (),
        reason=parts["reason"].value if "reason" in parts else "",
        line=line,
    )


def _claim(node: Any) -> Claim:
    parts = {key.value: value for key, value in node.value}
    line: int = node.start_mark.line + 1
    if "claim" not in parts or parts.keys() - {"claim", "by", "reason"}:
        raise SetupError(f"{FILE}:{line}: a claim has the keys claim and by, or claim and reason")
    by = tuple(each.value for each in parts["by"].value) if "by" in parts else ()
    reason = parts["reason"].value if "reason" in parts else ""
    return Claim(parts["claim"].value, by, reason, line)
