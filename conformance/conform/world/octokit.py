"""GitHub's own examples of webhooks, out of the package ``@octokit/webhooks-examples``."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conform.places import resources

FOLDER = resources().parent / "payloads/node_modules/@octokit/webhooks-examples/api.github.com"


@dataclass(frozen=True, slots=True)
class Told:
    """What a receiver must have understood of a webhook."""

    event_type: str
    branch: str | None
    tag: str | None
    commit: str | None
    repository: str | None
    sender: str | None


def there() -> bool:
    """Whether ``make payloads`` has fetched them."""
    return (FOLDER / "index.json").is_file()


def examples(folder: Path | None = None) -> dict[str, list[Any]]:
    """The payloads by the names of their events."""
    index = (folder or FOLDER) / "index.json"
    return {each["name"]: each["examples"] for each in json.loads(index.read_text())}


def told(event: str, payload: Any) -> Told:
    """What a payload says, read here in the plainest way."""
    about: Any = payload.get("repository") or {}
    sender: Any = payload.get("sender") or {}
    facts: Any = {
        "repository": about.get("full_name"),
        "sender": sender.get("login"),
    }
    if event == "push":
        return _of_push(payload, facts)
    if event == "delete":
        named = _named(payload["ref_type"], payload["ref"])
        return Told("delete", commit=None, **named, **facts)
    kind = "ping" if event == "ping" else "other"
    return Told(kind, branch=None, tag=None, commit=None, **facts)


def _of_push(payload: Any, facts: Any) -> Told:
    kind, _, name = payload["ref"].removeprefix("refs/").partition("/")
    named = _named({"heads": "branch", "tags": "tag"}[kind], name)
    if payload["deleted"]:
        return Told("delete", commit=None, **named, **facts)
    commit = payload["after"] if kind == "heads" else payload["head_commit"]["id"]
    return Told("push" if kind == "heads" else "tag", commit=commit, **named, **facts)


def _named(kind: str, name: str) -> dict[str, str | None]:
    return {"branch": None, "tag": None} | {kind: name}
