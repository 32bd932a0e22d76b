"""The examples of both product documents, unchanged and with every key misspelt."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fraisier import config
from fraisier.config.document import read_document

FOLDER = Path(__file__).parent / "examples"
ROOT = Path(__file__).parents[5]
REGISTRY = (FOLDER / "registry.yaml").read_text(encoding="utf-8")
SHORT = (FOLDER / "short.yaml").read_text(encoding="utf-8")
EXAMPLES = {"registry": REGISTRY, "short": SHORT}
ENVIRON = {"FRAISIER_WEBHOOK_SECRET": "correct-horse-battery"}
CHOSEN_BY_THE_USER = ("fraises", "environments", "jobs", "branch_mapping")


def misspellings(word: str) -> Iterator[str]:
    """A word with one letter dropped, doubled, or swapped with the next."""
    for i, letter in enumerate(word):
        yield word[:i] + word[i + 1 :]
        yield word[:i] + letter + word[i:]
        if word[i + 1 : i + 2] not in ("", letter):
            yield word[:i] + word[i + 1] + letter + word[i + 2 :]


def keys_of(example: str) -> Iterator[tuple[str, int]]:
    """Every key of an example that Fraisier chose, with its line."""
    lines = read_document(EXAMPLES[example], example, ENVIRON).lines
    for path, line in lines.items():
        parent = path[-2] if len(path) > 1 else None
        if path and parent not in CHOSEN_BY_THE_USER and isinstance(path[-1], str):
            yield path[-1], line


CASES = [(name, key, line) for name in EXAMPLES for key, line in keys_of(name)]


def replaced(text: str, line: int, old: str, new: str) -> str:
    """The text with one word of one line replaced."""
    lines = text.splitlines(keepends=True)
    assert old in lines[line - 1], "the line holds the word"
    lines[line - 1] = lines[line - 1].replace(old, new, 1)
    return "".join(lines)


def test_example_file__compared_with_the_document__is_the_same() -> None:
    """The example at the root of the repository is the one of the product document."""
    assert (ROOT / "fraises.example.yaml").read_text(encoding="utf-8") == REGISTRY


def test_registry_example__loaded__has_every_fraise_and_rule() -> None:
    """The product document's example loads unchanged and completely."""
    loaded = config.load(FOLDER / "registry.yaml", ENVIRON)
    providers = {
        f"{fraise.name}/{place.name}": place.provider
        for fraise in loaded.fraises.values()
        for place in fraise.environments.values()
    }
    assert providers == {
        "fraisier/production": "bare-metal",
        "my_api/development": "docker-compose",
        "my_api/staging": "coolify",
        "my_api/production-eu": "scaleway",
        "my_api/production-us": "aws",
        "my_worker/production": "coolify",
        "backups/production": "bare-metal",
    }
    assert [rule.branch for rule in loaded.branch_mapping] == ["dev", "staging", "main"]
    jobs = loaded.fraises["backups"].environments["production"].jobs
    assert [(job.name, job.depends_on) for job in jobs] == [
        ("daily_backup", None),
        ("sync_to_s3", "daily_backup"),
    ]


def test_registry_example__database__is_inherited_by_environments() -> None:
    """An environment adds to the database of its fraise and may change it."""
    loaded = config.load(FOLDER / "registry.yaml", ENVIRON)
    place = loaded.select("my_api", "development").environment
    assert place.database == {"type": "postgresql", "strategy": "rebuild", "name": "myapi_db_dev"}
    assert place.health_check is not None
    assert (place.health_check.path, place.health_check.timeout_seconds) == ("/health", 30.0)


def test_short_example__without_target__is_bare_metal_here() -> None:
    """The second document's environment has no target and means this host."""
    loaded = config.load(FOLDER / "short.yaml", ENVIRON)
    place = loaded.select("my_api", "production").environment
    assert place.provider == "bare-metal"
    assert place.target == {
        "name": "api.example.com",
        "app_path": "/var/www/api",
        "systemd_service": "api.service",
    }
    assert place.branches == ("main",)
    assert place.health_check is not None
    assert place.health_check.url == "https://api.example.com/health"
    assert len(loaded.branch_mapping) == 1


def test_cases__counted__cover_every_key_of_both_examples() -> None:
    """The property below is asked of many keys, not of an empty list."""
    assert len(CASES) > 90


@pytest.mark.parametrize(("example", "key", "line"), CASES)
def test_key__misspelt__is_refused_with_line_and_suggestion(
    example: str, key: str, line: int, problems: object
) -> None:
    """Every slip in every key is one unknown-key problem that names line and right word."""
    assert callable(problems)
    for wrong in misspellings(key):
        found = problems(replaced(EXAMPLES[example], line, key, wrong))
        first = found[0]
        assert (first.code, first.line) == ("unknown-key", line), wrong
        assert first.hint == f'did you mean "{key}"?', wrong
        assert first.path[-1] == wrong


@pytest.mark.parametrize("name", ["my_api", "development", "staging", "production-eu"])
def test_name__misspelt_where_it_is_defined__is_missed_by_the_branch_mapping(
    name: str, problems: object
) -> None:
    """A name that the branch mapping uses cannot silently become another one."""
    assert callable(problems)
    lines = read_document(REGISTRY, "x", ENVIRON).lines
    line = next(n for path, n in lines.items() if path[-1:] == (name,) and path[0] == "fraises")
    found = problems(replaced(REGISTRY, line, name, name[1:]))
    assert {problem.code for problem in found} == {"config-invalid"}
    assert found[0].hint == f'did you mean "{name[1:]}"?'
    assert found[0].path[0] == "branch_mapping"
