"""The files of ``spec/``: well formed, well kept, and what the documents say of them is so."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from graphql import build_schema, parse, validate

ROOT = Path(__file__).resolve().parent.parent
SPEC = ROOT / "spec"
AREAS = [
    "database",
    "config",
    "cli",
    "deploy",
    "observer",
    "server",
    "webhook",
    "graphql",
    "dashboard",
    "migration",
    "suite",
]
KEYS = {"id", "level", "profile", "text", "source"}
PRODUCT_DOCUMENTS = ("PRD", "prd/001", "DESIGN")
OTHER_SOURCES = re.compile(
    r"STYLE: [A-Z][\w ]+|reference/behaviours: (Receiving|Deploying|Telling)|db/README: .+"
    r"|GraphQL specification, [\d.]+|GraphQL over HTTP|graphql-(ws|sse): PROTOCOL.md.*"
    r"|RFC \d+: .+|spec/\S+"
)
EXIT_STATUSES = {0, 1, 2, 3, 4, 5, 6, 130}
CODE_KEYS = {"meaning", "class", "exit", "http", "definite"}


def document(name: str) -> Any:
    """A file of ``spec/``, read."""
    return yaml.safe_load((SPEC / name).read_text())


REQUIREMENTS: list[dict[str, Any]] = document("requirements.yaml")["requirements"]
CODES: dict[str, dict[str, Any]] = document("errors.yaml")["codes"]


def schemas_in(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every JSON Schema below a key ``schema`` or ``json``, with its place."""
    if isinstance(value, dict):
        for key, each in value.items():
            if key in ("schema", "json") and isinstance(each, dict):
                yield f"{path}/{key}", each
            yield from schemas_in(each, f"{path}/{key}")
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from schemas_in(each, f"{path}/{number}")


def references(value: Any) -> Iterator[str]:
    """Every ``$ref`` below a value."""
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for each in value.values():
            yield from references(each)
    elif isinstance(value, list):
        for each in value:
            yield from references(each)


def resolve(root: Any, reference: str) -> Any:
    """What a reference inside a document points at. Raises KeyError for nothing."""
    for part in reference.removeprefix("#/").split("/"):
        root = root[part.replace("~1", "/").replace("~0", "~")]
    return root


def is_source(part: str) -> bool:
    """Whether one part of a source can be looked up."""
    number = re.fullmatch(r"DESIGN ([1-9])", part)
    name, _, title = part.partition(": ")
    if number or name in PRODUCT_DOCUMENTS:
        sections = document("sections.yaml")["DESIGN" if number else name]
        return any(each["title"] == (number[1] if number else title) for each in sections)
    if part.startswith("spec/"):
        return (ROOT / part).exists()
    return OTHER_SOURCES.fullmatch(part) is not None


# -- requirements ---------------------------------------------------------------------------


def test_requirements__all__are_grouped_by_area() -> None:
    """A reader finds an area, and a topic within it, in one place."""
    for depth in (1, 2):
        heads = ["/".join(each["id"].split("/")[:depth]) for each in REQUIREMENTS]
        runs = [head for n, head in enumerate(heads) if n == 0 or heads[n - 1] != head]
        twice = sorted({run for run in runs if runs.count(run) > 1})
        assert not twice, f"in several places: {', '.join(twice)}"
        if depth == 1:
            assert runs == [area for area in AREAS if area in runs]


@pytest.mark.parametrize("requirement", REQUIREMENTS, ids=lambda each: each["id"])
def test_requirement__each__is_well_kept(requirement: dict[str, Any]) -> None:
    """An id of three parts, one sentence, known sources, checks or a reason."""
    assert set(requirement) - {"checks", "excluded"} == KEYS
    assert re.fullmatch(r"[a-z]+(/[a-z0-9.-]+){2}", requirement["id"])
    text = requirement["text"]
    assert text.endswith(".") and not re.search(r"[.!?] [A-Z]", text), "one sentence"
    assert all(is_source(part) for part in requirement["source"].split("; ")), requirement["source"]
    assert ("checks" in requirement) != ("excluded" in requirement)


def test_requirements__texts__differ() -> None:
    """No two requirements of a profile say the same."""
    said = [(each["profile"], each["text"].lower()) for each in REQUIREMENTS]
    assert [each for each in said if said.count(each) > 1] == []


# -- error codes ----------------------------------------------------------------------------


@pytest.mark.parametrize("code", CODES)
def test_error_code__each__is_complete(code: str) -> None:
    """Every code says all that surfaces need to know of it."""
    facts = CODES[code]
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", code)
    assert CODE_KEYS <= set(facts) <= CODE_KEYS | {"sql"}
    assert facts["exit"] in EXIT_STATUSES - {0} and 400 <= facts["http"] <= 599


def test_error_codes__all__are_given_somewhere() -> None:
    """A code that nothing gives is a promise that nobody keeps."""
    sources = [*(ROOT / "impl/py/src").rglob("*.py"), *(ROOT / "db").glob("*/functions/*.sql")]
    text = "\n".join(path.read_text() for path in sources if path.name != "error_codes.py")
    unused = [code for code in CODES if not re.search(rf"(?<![\w-]){code}(?![\w-])", text)]
    assert unused == []


@pytest.mark.parametrize("code", [code for code, facts in CODES.items() if facts.get("sql")])
@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_error_codes__of_sql__are_given_by_every_dialect(dialect: str, code: str) -> None:
    """What is said to come from SQL does, in each dialect."""
    functions = (ROOT / "db" / dialect / "functions").glob("*.sql")
    given = re.compile(rf"""'(refused:)?{code}[':]""")
    assert any(given.search(path.read_text()) for path in functions)


# -- schemas --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["fraises.schema.json", "impl.schema.json", "exec-provider.schema.json"]
)
def test_json_schema__each__is_one(name: str) -> None:
    """The file fits the meta-schema that it names, and its references lead somewhere."""
    schema = json.loads((SPEC / name).read_text())
    kind = jsonschema.validators.validator_for(schema)
    assert schema["$schema"] == kind.META_SCHEMA["$id"]
    kind.check_schema(schema)
    assert all(resolve(schema, each) for each in references(schema))


@pytest.mark.parametrize("path", sorted(ROOT.glob("impl/*/impl.yaml")), ids=lambda p: p.parent.name)
def test_impl_yaml__each__fits_its_schema(path: Path) -> None:
    """What the repository declares of its own implementations is declared well."""
    schema = json.loads((SPEC / "impl.schema.json").read_text())
    jsonschema.validate(yaml.safe_load(path.read_text()), schema)


@pytest.mark.parametrize("name", ["cli.yaml", "openapi.yaml"])
def test_specification__schemas__are_schemas(name: str) -> None:
    """Every schema of commands and paths is one, and every reference leads somewhere."""
    whole = document(name)
    found = list(schemas_in(whole))
    assert found
    for place, schema in found:
        try:
            jsonschema.Draft202012Validator.check_schema(schema)
        except jsonschema.SchemaError as error:
            pytest.fail(f"{name}: {place}: {error.message}")
    assert all(resolve(whole, each) is not None for each in references(whole))


def test_openapi__operations__are_complete() -> None:
    """Every operation says what it is, and answers something with a description."""
    whole = document("openapi.yaml")
    assert whole["openapi"].startswith("3.1.")
    operations = [
        (method, path, operation)
        for path, methods in whole["paths"].items()
        for method, operation in methods.items()
        if method in ("get", "post", "options")
    ]
    names = [operation["operationId"] for _, _, operation in operations]
    assert len(names) == len(set(names)) > 0
    for method, path, operation in operations:
        for status, answer in operation["responses"].items():
            answer = resolve(whole, answer["$ref"]) if "$ref" in answer else answer
            assert answer["description"], f"{method} {path} {status}"


def test_sections__documents__list_each_title_once() -> None:
    """A title names one section of its document."""
    for name, sections in document("sections.yaml").items():
        titles = [each["title"] for each in sections]
        assert len(titles) == len(set(titles)), name


# -- documentation --------------------------------------------------------------------------


def blocks() -> Iterator[tuple[str, str, str]]:
    """Every code block of the documentation: where, its language, its text."""
    for path in sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *SPEC.glob("**/*.md")]):
        text = path.read_text()
        for found in re.finditer(r"^( *)```(\w+)\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE):
            line = text[: found.start()].count("\n") + 1
            code = re.sub(rf"^{found[1]}", "", found[3], flags=re.MULTILINE)
            yield f"{path.relative_to(ROOT)}:{line}", found[2], code


BLOCKS = {where: (language, code) for where, language, code in blocks()}


@pytest.mark.parametrize("where", BLOCKS)
def test_documentation__blocks__parse(where: str) -> None:
    """An example that does not parse helps nobody."""
    language, code = BLOCKS[where]
    if language in ("yaml", "yml"):
        assert yaml.safe_load(code) is not None
    elif language == "json":
        json.loads(code)
    elif language == "graphql":
        schema = build_schema((ROOT / "schema/compiled/schema.graphql").read_text())
        assert validate(schema, parse(code)) == []
    elif language == "mermaid":
        assert code.split(maxsplit=1)[0] in ("stateDiagram-v2", "flowchart", "sequenceDiagram")
    else:
        assert language in ("bash", "sh", "text", "python", "sql"), language
