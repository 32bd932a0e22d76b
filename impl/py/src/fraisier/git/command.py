"""How git is called: no user configuration, no hooks, no prompts, no credentials in arguments."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from fraisier.effects.files import never
from fraisier.effects.process import Completed, ask, base_environment, run

PROTOCOLS = "file:http:https:ssh:git"
ASK_SECONDS = 60.0
_NOTHING = "/dev/null"
_SAFE = {
    "core.hooksPath": _NOTHING,
    "core.fsmonitor": "false",
    "credential.helper": "",
    "fetch.recurseSubmodules": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "advice.detachedHead": "false",
    "http.lowSpeedLimit": "1000",
    "http.lowSpeedTime": "60",
}


@dataclass(frozen=True, slots=True)
class Address:
    """Where a repository is: the address without its user part, and that part as a header."""

    url: str
    settings: Mapping[str, str]
    secrets: frozenset[str]


def address_of(repository: str) -> Address:
    """Take the credentials out of an http(s) address; other addresses stay as they are."""
    parts = urlsplit(repository) if "://" in repository else None
    if parts is None or parts.scheme not in ("http", "https") or "@" not in parts.netloc:
        return Address(repository, {}, frozenset())
    user, _, host = parts.netloc.rpartition("@")
    url = urlunsplit(parts._replace(netloc=host))
    name, _, password = unquote(user).partition(":")
    token = base64.b64encode(f"{name}:{password}".encode()).decode()
    settings = {
        f"http.{parts.scheme}://{host}/.extraHeader": f"Authorization: Basic {token}",
        "http.followRedirects": "false",  # the header goes to this host only
    }
    written = user.partition(":")[2] or user
    secret = {user, token, written, password or name}
    return Address(url, settings, frozenset(secret))


@dataclass(frozen=True, slots=True)
class Git:
    """Calls git on one bare repository."""

    folder: Path
    address: Address
    trusted: Path  # a configuration file that says which folders git may read
    secrets: frozenset[str] = frozenset()
    should_stop: Callable[[], bool] = never

    def __call__(
        self, *arguments: str, timeout_seconds: float = 60.0, **extra: str | None
    ) -> Completed:
        """Run ``git ARGUMENTS`` to its end; ``extra`` are further environment variables."""
        return run(
            ["git", *arguments],
            timeout_seconds=timeout_seconds,
            environment={**self._environment(), **{k: v for k, v in extra.items() if v}},
            secrets=self.secrets | self.address.secrets,
            should_stop=self.should_stop,
        )

    def read(
        self, *arguments: str, timeout_seconds: float, on_line: Callable[[bytes], None]
    ) -> Completed:
        """Run ``git ARGUMENTS``; each line that it prints is given away, and nothing is kept."""
        return run(
            ["git", *arguments],
            timeout_seconds=timeout_seconds,
            environment=self._environment(),
            secrets=self.secrets | self.address.secrets,
            should_stop=self.should_stop,
            on_stdout=on_line,
        )

    def ask(self, *arguments: str) -> Completed:
        """Run a ``git ARGUMENTS`` that answers at once from what is here."""
        return ask(
            ["git", *arguments],
            timeout_seconds=ASK_SECONDS,
            environment=self._environment(),
            secrets=self.secrets | self.address.secrets,
        )

    def _environment(self) -> dict[str, str]:
        settings = {**_SAFE, **self.address.settings, "remote.origin.url": self.address.url}
        environment = {
            **base_environment(),
            "GIT_DIR": str(self.folder),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": str(self.trusted),
            "GIT_CONFIG_COUNT": str(len(settings)),
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_ASKPASS": "true",
            "GIT_SSH_COMMAND": "ssh -oBatchMode=yes",
            "GIT_ALLOW_PROTOCOL": PROTOCOLS,
            "LC_ALL": "C",
        }
        for index, (key, value) in enumerate(settings.items()):
            environment[f"GIT_CONFIG_KEY_{index}"] = key
            environment[f"GIT_CONFIG_VALUE_{index}"] = value
        return environment
