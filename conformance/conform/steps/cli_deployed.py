"""Sentences about what a user reads after deployments."""

from __future__ import annotations

from pytest_bdd import parsers, then

from conform.steps.asking import Happened, at
from conform.steps.deploy import Deploying

COMMIT = r'the commit of version "(?P<version>[^"]*)"'


@then(parsers.re(rf"the JSON names {COMMIT} at (?P<path>\S+)"))
def json_has_commit(happened: Happened, deploying: Deploying, version: str, path: str) -> None:
    """The document has the full id of a version's commit at a dotted path."""
    assert at(happened.command.json(), path) == deploying.commits[version]


@then(parsers.re(rf"the words (?P<verb>have|lack) {COMMIT}"))
def words_have_commit(happened: Happened, deploying: Deploying, verb: str, version: str) -> None:
    """The id of a version's commit is, or is not, somewhere on standard output."""
    shown = deploying.commits[version] in happened.command.stdout
    assert shown == (verb == "have"), happened.command.stdout
