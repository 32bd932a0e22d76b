"""The compiler says what is wrong, where, and what to do."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from schema_compiler.__main__ import main
from schema_compiler.compiler import compile_schema
from schema_compiler.errors import SchemaError

ROOT = Path(__file__).parents[2]
SERVER = os.environ.get("FRAISIER_TEST_POSTGRESQL_URL")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of schema/ and db/ that a test may spoil."""
    (tmp_path / "schema").mkdir()
    shutil.copy(ROOT / "schema" / "schema.yaml", tmp_path / "schema" / "schema.yaml")
    shutil.copytree(ROOT / "db", tmp_path / "db")
    return tmp_path


def _spoil(checkout: Path, old: str, new: str) -> int:
    path = checkout / "schema" / "schema.yaml"
    text = path.read_text()
    assert old in text, f"not there: {old}"
    path.write_text(text.replace(old, new, 1))
    return text[: text.index(old)].count("\n") + 1


def _findings(checkout: Path, server: str | None = None) -> str:
    with pytest.raises(SchemaError) as caught:
        compile_schema(checkout, postgresql_url=server, say=lambda _: None)
    return str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("  fraises:\n    description", "  fraises:\n    descripton", 'unknown key "descripton"'),
        ('type: "[Fraise!]!"', 'type: "[Fraisse!]!"', 'there is no type "Fraisse"'),
        ('type: "[Fraise!]!"', 'type: "[[Fraise]]"', "is no type"),
        ("    order: [name]", "    order: [nme]", 'the view has no column "nme"'),
        ("    order: [name]", "    order: []", "a list needs an order"),
        ("function: fn_process_webhook", "function: fn_webhook", "there is no function"),
        ("toVersion: {type: String}", "toRelease: {type: String}", "has no parameter"),
        ("missing: unknown-environment", "missing: unknown-environmnt", "no code"),
        (
            "status: {type: FraiseStatus!, column",
            "state: {type: FraiseStatus!, column",
            "is not in data",
        ),
        (
            "currentCommit: {type: String, column",
            "currentCommitt: {type: String, column",
            "is not in data",
        ),
        ("rolledBack: {count: {status: rolled_back}}", "", "has no aggregate"),
        ("gate: webhook-signature", "gate: webhook-sign", "unknown gate"),
        ("delivery_id: $delivery_id", "delivery_id: $delivery", 'nothing gives "$delivery"'),
        ("response: entity, description", "response: entitty, description", "of the answer"),
        (
            "v_deployment, match: {fraise",
            "v_deployment, match: {fraisse",
            'has no column "fraisse"',
        ),
        ("    column: shown_status", "    column: status", "and data has"),
        ("average: duration_seconds", "average: duration", 'has no column "duration"'),
        ("events: [deployment.step]", "events: [deployment.stepp]", "no such event"),
        ("step: payload.step", "step: payload.stepp", "is not in data"),
        ("started_at: $requested_at", "started_at: $requested", "is not in data"),
        ("as_of:\n      deployment.requested", "as_of:\n      deployment.asked", "is not shown"),
        (
            "deploymentId: {type: ID!, column: entity_id}",
            "deploymentId: {type: ID!, column: pk_event}",
            "is not in data",
        ),
        (
            "deploymentId: {type: ID!, column: entity_id}",
            "deploymentId: {type: ID!, column: occurred_at, operator: within_days}",
            "filtered by equality",
        ),
        ("operator: within_days", "operator: within", "is no operator"),
        ("processed: {type: Boolean!,", "processed: {type: String!,", "is no String"),
        ("durationSeconds: {type: Float,", "durationSeconds: {type: Float!,", "has null"),
    ],
)
def test_compile__something_is_wrong__is_found_with_its_line(
    checkout: Path, old: str, new: str, message: str
) -> None:
    """Every binding is checked, and the finding names the file."""
    _spoil(checkout, old, new)
    findings = _findings(checkout)
    assert message in findings
    assert f"{checkout / 'schema' / 'schema.yaml'}:" in findings


@pytest.mark.parametrize("view", ["v_fraise", "v_environment", "v_deployment_step"])
def test_compile__a_view_reads_the_clock__must_be_said(checkout: Path, view: str) -> None:
    """Directly, in a list below, or in a view below: answers that change by themselves say so."""
    path = checkout / "db" / "sqlite" / "views" / f"{view}.sql"
    text = path.read_text(encoding="utf-8")
    spoilt = text.replace("SELECT\n", "SELECT\n    strftime('%s', 'now') AS spoilt,\n", 1)
    assert spoilt != text
    path.write_text(spoilt, encoding="utf-8")
    findings = _findings(checkout)
    assert "reads the clock" in findings
    assert "add clock: true" in findings


def test_compile__misspelt_key__has_line_and_suggestion(checkout: Path) -> None:
    """A finding has the exact line, and a hint with the nearest right word."""
    line = _spoil(checkout, "    missing: unknown-environment", "    mising: unknown-environment")
    findings = _findings(checkout)
    assert f"schema.yaml:{line}: queries.status.mising" in findings
    assert 'did you mean "missing"?' in findings


def test_compile__key_twice__is_refused(checkout: Path) -> None:
    """YAML would silently keep the last of two equal keys."""
    _spoil(checkout, "version: 1\n", "version: 1\nversion: 1\n")
    assert "twice" in _findings(checkout)


def test_compile__nested_column_that_differs_from_data__is_refused(checkout: Path) -> None:
    """The columns of an object have to hold what the object in data holds."""
    path = checkout / "schema" / "schema.yaml"
    old = "target: {type: DeploymentTarget!, columns: {provider: target_provider"
    path.write_text(path.read_text().replace(old, old.replace("target_provider", "kind")))
    findings = _findings(checkout)
    assert "kind is 'deploy' and data has 'local'" in findings
    assert 'the view has no column "kind"' in findings


def test_compile__column_that_differs_from_data__is_refused(checkout: Path) -> None:
    """A column may replace a key of data only when they have the same value."""
    _spoil(
        checkout,
        "environment: {type: String!, column: environment}",
        "environment: {type: String!, column: fraise}",
    )
    assert "and data has" in _findings(checkout)


@pytest.mark.skipif(not SERVER, reason="FRAISIER_TEST_POSTGRESQL_URL is not set")
def test_compile__column_of_another_kind__is_refused_by_postgresql(checkout: Path) -> None:
    """PostgreSQL knows the types of columns that SQLite does not."""
    _spoil(checkout, "name: {type: String!}\n  deployments:", "name: {type: ID!}\n  deployments:")
    assert "is text, not uuid (postgresql)" in _findings(checkout, SERVER)


def test_compile__without_a_server__says_so_and_gives_the_same_files() -> None:
    """The files depend on schema.yaml alone."""
    said: list[str] = []
    compiled = compile_schema(ROOT, postgresql_url=None, say=said.append)
    assert said == ["PostgreSQL was not checked: FRAISIER_TEST_POSTGRESQL_URL is not set"]
    for name, text in compiled.items():
        assert (ROOT / "schema" / "compiled" / name).read_text() == text, name


@pytest.mark.skipif(not SERVER, reason="FRAISIER_TEST_POSTGRESQL_URL is not set")
def test_compile__with_a_server__gives_the_same_files() -> None:
    """Every binding holds in PostgreSQL too."""
    compiled = compile_schema(ROOT, postgresql_url=SERVER, say=lambda _: None)
    assert compiled == compile_schema(ROOT, postgresql_url=None, say=lambda _: None)


def test_compile__database_cannot_be_installed__is_one_clear_line(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A fault in db/ is said with its dialect, not thrown at the caller."""
    (checkout / "db" / "sqlite" / "views" / "v_event.sql").write_text("CREATE VIEW v_event AS X;")
    assert main(["--root", str(checkout)]) == 1
    assert "db/sqlite cannot be tried: " in capsys.readouterr().err


def test_check__stale_file__fails_and_names_it(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """--check writes nothing and exits 1 when a file is stale."""
    assert main(["--root", str(checkout)]) == 0
    assert main(["--root", str(checkout), "--check"]) == 0
    (checkout / "schema" / "compiled" / "schema.graphql").write_text("old")
    assert main(["--root", str(checkout), "--check"]) == 1
    assert "schema.graphql is stale; run: python -m schema_compiler" in capsys.readouterr().err
    assert (checkout / "schema" / "compiled" / "schema.graphql").read_text() == "old"


def test_authoring__python_package__gives_the_same_schema() -> None:
    """schema.py, written with the fraiseql package, equals fraiseql.json."""
    pytest.importorskip("fraiseql")
    script = ROOT / "schema" / "py" / "schema.py"
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True)
    compiled = json.loads((ROOT / "schema" / "compiled" / "fraiseql.json").read_text())
    assert _normalised(json.loads(done.stdout)) == _normalised(compiled)


def _normalised(schema: dict[str, object]) -> dict[str, object]:
    return {
        section: sorted(value, key=lambda entry: entry["name"])
        if isinstance(value, list)
        else value
        for section, value in schema.items()
    }
