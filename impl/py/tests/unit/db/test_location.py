"""Database URLs are taken apart strictly and shown without their password."""

from __future__ import annotations

import pytest
from fraisier.db.location import parse
from fraisier.domain.errors import FraisierError


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("sqlite:///a.db", "a.db"),
        ("sqlite:///folder/a.db", "folder/a.db"),
        ("sqlite:////var/lib/a.db", "/var/lib/a.db"),
        ("sqlite:////with%20blank/a.db", "/with blank/a.db"),
        ("sqlite:////a.db?synchronous=full", "/a.db"),
    ],
)
def test_parse__sqlite__gives_the_path(url: str, target: str) -> None:
    """Three slashes mean a relative path, four an absolute one."""
    assert parse(url).target == target


@pytest.mark.parametrize(
    "url",
    [
        "",
        "fraisier.db",
        "mysql://host/name",
        "sqlite://",
        "sqlite:///",
        "sqlite:///:memory:",
        "sqlite://host/a.db",
        "sqlite:////folder/",
        "sqlite:///a%00b",
        "sqlite:///a.db?synchronous=off",
        "sqlite:///a.db?mode=ro",
        "postgresql://",
        "postgresql://host:port/name",
        "postgresql://[::1/name",
    ],
)
def test_parse__no_database__is_refused(url: str) -> None:
    """What is no URL of a supported database is refused before anything is opened."""
    with pytest.raises(FraisierError) as caught:
        parse(url)
    assert caught.value.code == "invalid-argument"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://me:s3cret@host:5432/name", "postgresql://me@host:5432/name"),
        ("postgres://me:s3%2Fcret@host/name", "postgresql://me@host/name"),
        (
            "postgresql://host/name?password=s3cret&sslmode=require",
            "postgresql://host/name?sslmode=require",
        ),
        ("postgresql://host/name?user=me&sslpassword=s3cret", "postgresql://host/name?user=me"),
    ],
)
def test_parse__password__is_not_shown(url: str, shown: str) -> None:
    """A password appears neither in user information nor in a parameter."""
    assert parse(url).shown == shown


def test_scrub__message_with_the_password__hides_it() -> None:
    """The password that PostgreSQL's driver may quote is taken out of messages."""
    location = parse("postgresql://me:s3%2Fcret@host/name")
    assert location.scrub("no: s3/cret") == "no: ***"
