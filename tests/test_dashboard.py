"""
The dashboard's sources: what it asks is in the schema, and nothing in it makes markup of text.

Goal: a field that is renamed, or a line that trusts a value, fails here and not at night.
Method: read the modules as text; graphql-core validates the documents.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from graphql import build_schema, parse, validate

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "impl" / "dashboard"
MODULES = sorted(path for path in FOLDER.rglob("*.js") if "vendor" not in path.parts)
SCHEMA = build_schema((ROOT / "schema/compiled/schema.graphql").read_text(encoding="utf-8"))
LITERAL = re.compile(r"(?:export )?const (\w+) = `([^`]*)`")
FORBIDDEN = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|srcdoc"
    r"|localStorage|document\.cookie|https?://(?!www\.w3\.org/2000/svg)"
)
LINES_MAX = 250


def documents() -> dict[str, str]:
    """Every document of documents.js by its name, with its fragment."""
    found = dict(LITERAL.findall((FOLDER / "documents.js").read_text(encoding="utf-8")))
    fragment = found.pop("DEPLOYMENT")
    return {name: text.replace("${DEPLOYMENT}", fragment) for name, text in found.items()}


@pytest.mark.parametrize("name", sorted(documents()))
def test_documents__each__fits_the_schema(name: str) -> None:
    """Every field, argument and variable exists and has its type."""
    assert validate(SCHEMA, parse(documents()[name])) == []


def test_documents__all__are_used() -> None:
    """What nobody sends is not kept."""
    others = "".join(p.read_text(encoding="utf-8") for p in MODULES if p.name != "documents.js")
    assert [name for name in documents() if not re.search(rf"\b{name}\b", others)] == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_modules__each__is_short_and_trusts_nothing(path: Path) -> None:
    """No way from text to markup or code, nothing kept beyond the window, no other host."""
    text = path.read_text(encoding="utf-8")
    assert FORBIDDEN.findall(text) == []
    assert len(text.splitlines()) <= LINES_MAX


def test_pages__all__load_files_that_are_there() -> None:
    """Each script, style and picture of a page is in the folder, or fetched into it."""
    for page in FOLDER.rglob("index.html"):
        text = page.read_text(encoding="utf-8")
        named = re.findall(r'(?:src|href)="dashboard/([^"]+)"', text)
        assert named
        missing = [n for n in named if "/vendor/" not in n and not (FOLDER / n).is_file()]
        assert missing == [], page
