"""Steps about the dashboard's files over plain HTTP."""

from __future__ import annotations

import re

import yaml
from pytest_bdd import given, then, when

from conform.steps.asking import Happened
from conform.world.workspace import DUMPER, LOADER, Workspace

INLINE = re.compile(r"<style|<script(?![^>]*\ssrc=)|\son\w+=|\sstyle=|javascript:|https?://", re.I)


@given("the registry has no dashboard")
def no_dashboard(workspace: Workspace) -> None:
    """``server.dashboard`` is false."""
    document = yaml.load(workspace.config.read_text(), LOADER)
    document["server"]["dashboard"] = False
    workspace.write_config(yaml.dump(document, Dumper=DUMPER, sort_keys=False))


@when("it is asked for again with its ETag")
def ask_again(happened: Happened) -> None:
    """As a browser does that has kept the file."""
    assert happened.server is not None, "no server is running"
    etag = {name.lower(): text for name, text in happened.response.headers.items()}["etag"]
    path = "/dashboard/app.js"
    happened.answer = happened.server.get(path, {"If-None-Match": etag})


@then("its policy allows scripts of this server only, and no frame around it")
def strict_policy(happened: Happened) -> None:
    """The header Content-Security-Policy, by its directives."""
    headers = {name.lower(): text for name, text in happened.response.headers.items()}
    directives = [each.split() for each in headers["content-security-policy"].split(";")]
    policy = {name: " ".join(sources) for name, *sources in directives}
    assert policy["default-src"] == "'none'", policy
    assert policy["script-src"] == "'self'", policy
    assert policy["connect-src"] == "'self'", policy
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'", policy


@then("it has no script or style of its own")
def nothing_inline(happened: Happened) -> None:
    """All that it runs and loads is in files of this server."""
    found = INLINE.findall(happened.response.text)
    assert not found, found
