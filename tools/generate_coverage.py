"""
Write ``spec/coverage.md``: which requirements each section of the documents led to.

Derived from the ``source`` of every requirement and from ``spec/sections.yaml``. With
``--check`` nothing is written, and a stale file is an error. A section with neither a
requirement nor a reason, or with both, and a source that names no section are errors.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
OUTPUT = ROOT / "spec" / "coverage.md"
TITLES = {
    "PRD": "The product document (PRD)",
    "prd/001": "The second product document (prd/001)",
    "DESIGN": "The design",
}
HEAD = """\
# From the documents to the requirements

Generated from requirements.yaml and sections.yaml by `make generate`. *Checked* counts
requirements with scenarios, *excluded* those with a reason for having none.
"""

Section = tuple[str, str]
Requirement = dict[str, Any]


def sections_of(source: str) -> Iterator[Section]:
    """The document and section that each part of a source names, where it is one of ours."""
    for part in source.split("; "):
        if part.startswith("DESIGN "):
            yield "DESIGN", part.removeprefix("DESIGN ")
        document, _, title = part.partition(": ")
        if title and document in TITLES:
            yield document, title


def grouped(requirements: list[Requirement]) -> dict[Section, list[Requirement]]:
    """The requirements of every section that a source names, in the file's order."""
    found: dict[Section, list[Requirement]] = {}
    for requirement in requirements:
        for section in sections_of(requirement["source"]):
            found.setdefault(section, []).append(requirement)
    return found


def problems(documents: dict[str, Any], found: dict[Section, list[Requirement]]) -> Iterator[str]:
    """What keeps the map from being complete and true."""
    known: set[Section] = set()
    for document, sections in documents.items():
        for section in sections:
            key = (document, section["title"])
            known.add(key)
            if (key in found) == ("reason" in section):
                both = "both requirements and a reason" if key in found else "neither"
                yield f"spec/sections.yaml: {document}: {section['title']}: has {both}"
    for (document, title), requirements in found.items():
        if (document, title) not in known:
            yield f"{requirements[0]['id']}: {document} has no section {title!r}"


def page(documents: dict[str, Any], found: dict[Section, list[Requirement]]) -> str:
    """The whole map as Markdown."""
    parts = [HEAD]
    for document, sections in documents.items():
        parts.append(
            f"\n## {TITLES[document]}\n\n| section | checked | excluded | requirements |\n"
        )
        parts.append("|---|---|---|---|\n")
        for section in sections:
            title = section["title"]
            parts.append(_row(title, section.get("reason"), found.get((document, title), [])))
    return "".join(parts)


def _row(title: str, reason: str | None, requirements: list[Requirement]) -> str:
    if not requirements:
        return f"| {title} | - | - | {reason} |\n"
    excluded = sum(1 for each in requirements if "excluded" in each)
    checked = len(requirements) - excluded
    return f"| {title} | {checked} | {excluded} | {_topics(requirements)} |\n"


def _topics(requirements: list[Requirement]) -> str:
    topics = Counter(each["id"].rpartition("/")[0] for each in requirements)
    return ", ".join(f"{topic} ({count})" for topic, count in topics.items())


def main(arguments: list[str]) -> int:
    """Write the page, or with ``--check`` say that it is stale; 1 for any finding."""
    requirements = yaml.safe_load((ROOT / "spec/requirements.yaml").read_text())["requirements"]
    documents = yaml.safe_load((ROOT / "spec/sections.yaml").read_text())
    found = grouped(requirements)
    findings = list(problems(documents, found))
    text = page(documents, found)
    stale = not OUTPUT.exists() or OUTPUT.read_text() != text
    if "--check" not in arguments and stale:
        OUTPUT.write_text(text)
        print(f"wrote {OUTPUT.relative_to(ROOT)}")
    elif stale:
        findings.append(f"stale: {OUTPUT.relative_to(ROOT)} (run: make generate)")
    for finding in findings:
        print(finding, file=sys.stderr)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
