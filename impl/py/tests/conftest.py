"""Scratch databases of every dialect for the tests of the implementation."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

SERVER_VARIABLE = "FRAISIER_TEST_POSTGRESQL_URL"


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of a file that is not there yet."""
    return f"sqlite:///{tmp_path / 'state' / 'fraisier.db'}"


@pytest.fixture
def postgresql_url() -> Iterator[str]:
    """The URL of an empty database on the server that the environment names."""
    server = os.environ.get(SERVER_VARIABLE)
    if not server:
        pytest.skip(f"no PostgreSQL: {SERVER_VARIABLE} is not set")
    import psycopg

    name = f"fraisier_py_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
        try:
            yield server.rsplit("/", 1)[0] + "/" + name
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty database of each dialect in turn."""
    return request.getfixturevalue(f"{request.param}_url")


@pytest.fixture
def plugins_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the test's plugins register is unknown to the next test."""
    from fraisier.git import registry as forges
    from fraisier.providers import registry as providers

    monkeypatch.setattr("fraisier.domain.plugins._targets", {})
    monkeypatch.setattr("fraisier.domain.plugins._forges", set[str]())
    monkeypatch.setattr("fraisier.effects.plugins._loaded", {})
    monkeypatch.setattr(providers, "_PROVIDERS", {**vars(providers)["_PROVIDERS"]})
    monkeypatch.setattr(forges, "_PROVIDERS", {**vars(forges)["_PROVIDERS"]})
