"""The published JSON Schema and the code know the same keys."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from fraisier.config.shape import DATABASE_TYPES, FRAISE_TYPES, GIT_PROVIDERS, REQUIRED, SHAPES
from fraisier.domain.plugins import FORGE_ALIASES
from fraisier.domain.targets import KNOWN_TARGETS

ROOT = Path(__file__).parents[5]
TEMPLATES = ROOT / "impl/py/src/fraisier/cli/templates"
EXAMPLES = [
    ROOT / "fraises.example.yaml",
    Path(__file__).parent / "examples/short.yaml",
    *sorted(TEMPLATES.glob("*.yaml")),
]
SCHEMA: dict[str, Any] = json.loads((ROOT / "spec/fraises.schema.json").read_text("utf-8"))


def test_schema__itself__is_valid() -> None:
    """The schema is a JSON Schema."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_examples__against_schema__are_valid(path: Path) -> None:
    """Both documents' examples and every template fit the schema."""
    jsonschema.Draft202012Validator(SCHEMA).validate(yaml.safe_load(path.read_text("utf-8")))


@pytest.mark.parametrize("shape", SHAPES)
def test_shape__compared_with_schema__has_the_same_keys(shape: str) -> None:
    """A key cannot be added to one of the two alone."""
    definition = SCHEMA if shape == "document" else SCHEMA["$defs"][shape]
    assert set(definition["properties"]) == set(SHAPES[shape])
    assert set(definition.get("required", ())) == set(REQUIRED.get(shape, ()))
    assert definition["additionalProperties"] is False


@pytest.mark.parametrize("provider", KNOWN_TARGETS)
def test_target__compared_with_schema__has_the_same_keys(provider: str) -> None:
    """Every provider's target has the same keys in code and schema."""
    definition = SCHEMA["$defs"][f"target-{provider}"]
    known = KNOWN_TARGETS[provider]
    assert set(definition["properties"]) == {"provider", *known.keys}
    assert set(definition["required"]) == {"provider", *known.required}
    assert {"$ref": f"#/$defs/target-{provider}"} in SCHEMA["$defs"]["target"]["oneOf"]


def test_words__compared_with_schema__are_the_same() -> None:
    """Types and providers are one list in two places."""
    assert SCHEMA["$defs"]["fraise_type"]["enum"] == list(FRAISE_TYPES)
    forges = [*GIT_PROVIDERS, *FORGE_ALIASES]
    assert SCHEMA["$defs"]["git_provider"]["anyOf"][0]["enum"] == forges
    assert SCHEMA["$defs"]["database_type"]["enum"] == list(DATABASE_TYPES)


def test_document__with_an_unknown_key__is_invalid() -> None:
    """An editor that reads the schema underlines a slip too."""
    document = yaml.safe_load((ROOT / "fraises.example.yaml").read_text("utf-8"))
    document["fraises"]["my_api"]["typ"] = "api"
    with pytest.raises(jsonschema.ValidationError, match="typ"):
        jsonschema.Draft202012Validator(SCHEMA).validate(document)
