"""Registries that several scenarios have alike, and may share a server for."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any

import yaml

from conform.redaction import WEBHOOK_SECRET
from conform.world.forges import FORGES, GITLAB_SIGNED, Forge
from conform.world.workspace import DUMPER, Workspace

# What each forge signs with. A rotation is under way: `OLDER` still counts, too.
SECRETS: Mapping[str, str] = {
    "github": WEBHOOK_SECRET,
    "gitlab": f"{WEBHOOK_SECRET}-at-gitlab",
    "gitea": f"{WEBHOOK_SECRET}-at-gitea",
    "bitbucket": f"{WEBHOOK_SECRET}-at-bitbucket",
}
OLDER: Mapping[str, str] = {name: f"{secret}-before" for name, secret in SECRETS.items()}


def _whsec(text: str) -> str:
    return "whsec_" + base64.b64encode(text.encode()).decode()


SIGNING = _whsec(f"{WEBHOOK_SECRET}-signing")
SIGNING_BEFORE = _whsec(f"{WEBHOOK_SECRET}-signing-before")


def secret_of(forge: Forge, older: bool = False) -> str:
    """What a forge signs with in these registries."""
    if forge is GITLAB_SIGNED:
        return SIGNING_BEFORE if older else SIGNING
    return (OLDER if older else SECRETS)[forge.provider]


def usual(workspace: Workspace) -> None:
    """One fraise, one environment, GitHub."""
    workspace.configure()


def forges(workspace: Workspace) -> None:
    """Every forge, each with a fraise of its own; `main` of each goes to production."""
    _write(workspace, strict=False)


def strict_forges(workspace: Workspace) -> None:
    """The same; GitLab must sign, and Bitbucket is the one of one's own."""
    _write(workspace, strict=True)


def _write(workspace: Workspace, *, strict: bool) -> None:
    for forge in FORGES.values():
        workspace.configure(forge.name, git={"repository": forge.address()})
    document: dict[str, Any] = yaml.safe_load(workspace.config.read_text())
    both = {name: [SECRETS[name], OLDER[name]] for name in SECRETS}
    signing = {"signing_secret": [SIGNING, SIGNING_BEFORE]} if strict else {}
    own = {"server": True, "base_url": "https://bitbucket.example.org"} if strict else {}
    document["git"] |= {
        "github": {"webhook_secret": both["github"]},
        "gitlab": {"secret_token": both["gitlab"], **signing},
        "gitea": {"webhook_secret": both["gitea"]},
        "bitbucket": {"webhook_secret": both["bitbucket"], **own},
    }
    workspace.write_config(yaml.dump(document, Dumper=DUMPER, sort_keys=False))


# By the tag of the scenarios that share it.
SHARED: Mapping[str, Callable[[Workspace], None]] = {
    "stateless": usual,
    "shared": usual,
    "forges": forges,
    "strict-forges": strict_forges,
}
