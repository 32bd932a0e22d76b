"""The checks of single values; each gives the cleaned value or notes a problem."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, cast

from fraisier.config import plugins
from fraisier.config.document import plain_value
from fraisier.config.problems import Path
from fraisier.config.shape import (
    DATABASE_TYPES,
    FRAISE_TYPES,
    NOTIFICATION_TYPES,
    STRATEGIES,
    SYSTEMD_SCOPES,
)
from fraisier.domain.cron import cron_problem
from fraisier.domain.repository import is_local

if TYPE_CHECKING:
    from fraisier.config.reader import Reader

_SECONDS_MAX = 86_400
_URL = re.compile(
    r"^https?://(?:[^\s/@]*@)?(?:\[[0-9A-Fa-f:.]+\]|[^\s/:@\[\]]+)(?::[0-9]{1,5})?(?:[/?#]\S*)?$"
)
_VARIABLE = re.compile(r"^[A-Za-z_][A-Za-z0-9_]*$")
_SHORT_REPOSITORY = re.compile(r"^[\w.][\w.-]*(?:/[\w.-]+)+$")
_ADDRESS = re.compile(
    r"^(?:https?|ssh|git)://[^\s/-][^\s/]*/\S+$|^(?:[\w.-]+@)?[\w.][\w.-]*:(?!//)\S+$"
)

Check = Callable[["Reader", Any, Path], Any]


def check(reader: Reader, kind: str, value: Any, path: Path) -> Any:
    """The cleaned value of a kind of ``shape.py``."""
    return _CHECKS[kind](reader, value, path)


def _typed(reader: Reader, value: Any, path: Path) -> Any:
    # What a variable expands to is text; read it as if it had been written there.
    return plain_value(value) if path in reader.document.expanded else value


def _text(reader: Reader, value: Any, path: Path) -> str | None:
    from fraisier.config.reader import described

    if isinstance(value, str) and value.strip() and "\x00" not in value:
        return value
    if isinstance(value, str):
        reader.refuse(path, "this may not be empty")
    else:
        hint = "put it in quotes" if isinstance(value, bool | int | float) else None
        reader.refuse(path, f"this must be text, not {described(value)}", hint=hint)
    return None


def _secret(reader: Reader, value: Any, path: Path) -> str | None:
    # An empty secret is refused where it would be used, not where it is only read.
    return value if isinstance(value, str) else _text(reader, value, path)


def _secrets(reader: Reader, value: Any, path: Path) -> tuple[str, ...]:
    if not isinstance(value, list):
        found = [_secret(reader, value, path)]
    else:
        items = enumerate(cast("list[Any]", value))
        found = [_secret(reader, item, (*path, index)) for index, item in items]
    if not found:
        reader.refuse(path, "this must be one secret at least")
    return tuple(secret for secret in found if secret is not None)


def _url(reader: Reader, value: Any, path: Path) -> str | None:
    text = _text(reader, value, path)
    if text is None or _URL.match(text):
        return text
    reader.refuse(path, "this must be an address: http://HOST or https://HOST")
    return None


def _webhook_url(reader: Reader, value: Any, path: Path) -> str | None:
    # A secret as a whole: who knows it can write to the channel. So it is not repeated.
    text = _secret(reader, value, path)
    return text if text is None else _url(reader, text, path)


def _url_path(reader: Reader, value: Any, path: Path) -> str | None:
    text = _text(reader, value, path)
    if text is None or (text.startswith("/") and not re.search(r"\s", text)):
        return text
    reader.refuse(path, "this must be a path that begins with /", hint=f"/{text.strip()}")
    return None


def _boolean(reader: Reader, value: Any, path: Path) -> bool | None:
    value = _typed(reader, value, path)
    if isinstance(value, bool):
        return value
    reader.refuse(path, "this must be true or false")
    return None


def _between(lowest: int, highest: int) -> Check:
    def whole_number(reader: Reader, value: Any, path: Path) -> int | None:
        value = _typed(reader, value, path)
        if isinstance(value, int) and not isinstance(value, bool) and lowest <= value <= highest:
            return value
        reader.refuse(path, f"this must be a whole number from {lowest} to {highest}")
        return None

    return whole_number


def _seconds(reader: Reader, value: Any, path: Path) -> float | None:
    value = _typed(reader, value, path)
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if number and math.isfinite(value) and 0 < value <= _SECONDS_MAX:
        return float(value)
    reader.refuse(path, f"this must be a number of seconds, more than 0 and up to {_SECONDS_MAX}")
    return None


def _one_of(words: tuple[str, ...], what: str, code: str = "config-invalid") -> Check:
    def word(reader: Reader, value: Any, path: Path) -> str | None:
        return value if reader.known(value, words, path, what, code) else None

    return word


def _cron(reader: Reader, value: Any, path: Path) -> str | None:
    text = _text(reader, value, path)
    problem = None if text is None else cron_problem(text)
    if problem is None:
        return text
    hint = 'minute, hour, day of month, month, day of week: "0 2 * * *" is two every night'
    reader.refuse(path, f'"{text}" is not a schedule: {problem}', hint=hint)
    return None


def _command(reader: Reader, value: Any, path: Path) -> tuple[str, ...] | None:
    if isinstance(value, list) and value:
        items = enumerate(cast("list[Any]", value))
        words = [_text(reader, word, (*path, index)) for index, word in items]
        return tuple(word for word in words if word is not None)
    if isinstance(value, str) and value.strip():
        return _split(reader, value, path)
    reader.refuse(path, 'this must be a command: ["program", "argument"] or one line of text')
    return None


def _split(reader: Reader, value: str, path: Path) -> tuple[str, ...] | None:
    import shlex

    try:
        return tuple(shlex.split(value))
    except ValueError as error:
        reader.refuse(path, f"this is not a command: {str(error).lower()}")
        return None


def _variables(reader: Reader, value: Any, path: Path) -> dict[str, str] | None:
    if not reader.is_mapping(value, path):
        return None
    cleaned: dict[str, str] = {}
    for name, item in value.items():
        here = (*path, name)
        if not _VARIABLE.match(name):
            reader.refuse(here, f'"{name}" is not the name of a variable')
        elif item is None or isinstance(item, dict | list):
            reader.refuse(here, "the value of a variable must be text or a number")
        else:
            # The text as written: 1.10 stays 1.10 and true stays true.
            cleaned[name] = reader.document.texts[here]
    return cleaned


def _repository(reader: Reader, value: Any, path: Path) -> str | None:
    text = _text(reader, value, path)
    if text is None or is_local(text) or _ADDRESS.match(text) or _SHORT_REPOSITORY.match(text):
        return text
    hint = "https://HOST/OWNER/NAME.git, git@HOST:OWNER/NAME.git, OWNER/NAME, /PATH or ./PATH"
    reader.refuse(path, f'"{text}" is not the address of a repository', hint=hint)
    return None


def _matching(pattern: str, message: str) -> Check:
    expression = re.compile(pattern)

    def matching(reader: Reader, value: Any, path: Path) -> str | None:
        text = _text(reader, value, path)
        if text is None or expression.fullmatch(text):
            return text
        reader.refuse(path, message)
        return None

    return matching


_host = _matching(
    r"[A-Za-z0-9][A-Za-z0-9.:_-]*",
    "this must be the name or address of a host; its account is another key: user",
)
_service = _matching(r"[A-Za-z0-9][A-Za-z0-9._-]*", "this is not the name of a service")


def _services(reader: Reader, value: Any, path: Path) -> tuple[str, ...] | None:
    if not isinstance(value, list) or not value:
        reader.refuse(path, "this must be a list of services")
        return None
    items = enumerate(cast("list[Any]", value))
    found = [_service(reader, item, (*path, index)) for index, item in items]
    return tuple(service for service in found if service is not None)


def _of_lists(name: str) -> Check:
    def checked(reader: Reader, value: Any, path: Path) -> Any:
        from fraisier.config import lists

        return getattr(lists, name)(reader, value, path)

    return checked


def _of_refs(name: str) -> Check:
    def checked(reader: Reader, value: Any, path: Path) -> Any:
        from fraisier.config import refs

        return getattr(refs, name)(reader, value, path)

    return checked


def _networks(reader: Reader, value: Any, path: Path) -> Any:
    from fraisier.config.networks import networks

    return networks(reader, value, path)


def _origins(reader: Reader, value: Any, path: Path) -> Any:
    from fraisier.config.origins import origins

    return origins(reader, value, path)


_CHECKS: Mapping[str, Check] = {
    "text": _text,
    "name": _text,
    "secret": _secret,
    "secrets": _secrets,
    "url": _url,
    "url_path": _url_path,
    "boolean": _boolean,
    "port": _between(1, 65_535),
    "networks": _networks,
    "origins": _origins,
    "failed_signatures": _between(1, 100_000),
    "graphql_depth": _between(1, 100),
    "graphql_complexity": _between(1, 100_000_000),
    "graphql_aliases": _between(0, 10_000),
    "graphql_tokens": _between(10, 100_000),
    "graphql_body": _between(1_024, 16_777_216),
    "http_status": _between(100, 599),
    "seconds": _seconds,
    "branch": _of_refs("branch"),
    "tag": _of_refs("tag"),
    "file_pattern": _of_refs("file_pattern"),
    "paths": _of_lists("paths"),
    "cron": _cron,
    "command": _command,
    "variables": _variables,
    "repository": _repository,
    "host": _host,
    "account": _matching(r"[A-Za-z_][A-Za-z0-9_.-]*", "this is not the name of an account"),
    "unit": _matching(r"[A-Za-z0-9][A-Za-z0-9:_.@-]*", "this is not the name of a systemd service"),
    "systemd_scope": _one_of(SYSTEMD_SCOPES, "scope"),
    "hosts": _of_lists("hosts"),
    "service": _service,
    "services": _services,
    "inner_path": _matching(
        r"(?!/)(?!(?:.*/)?\.\.(?:/|$)).+", "this must be a path inside of the repository"
    ),
    "compose_project": _matching(
        r"[a-z0-9][a-z0-9_-]*", 'a project has small letters, digits, "-" and "_"'
    ),
    "image": _matching(r"[A-Za-z0-9][\w./:@-]*", "this is not the name of an image"),
    "docker_host": _matching(
        r"(?:unix|tcp|ssh)://(?!-)\S+", "this must be an engine: unix://..., tcp://... or ssh://..."
    ),
    "fraise_type": _one_of(FRAISE_TYPES, "type"),
    "git_provider": plugins.git_provider,
    "custom_forges": plugins.custom_forges,
    "files": plugins.files,
    "options": plugins.options,
    "anything": plugins.anything,
    "database_type": _one_of(DATABASE_TYPES, "type of database"),
    "strategy": _one_of(STRATEGIES, "strategy"),
    "keep_releases": _between(2, 1_000),
    "backups_kept": _between(1, 1_000),
    "environment_file": _matching(
        r"[A-Za-z0-9][A-Za-z0-9._-]*", "this must be the name of a file of db/environments"
    ),
    "seed_count": _between(1, 100_000),
    "queue_limit": _between(1, 100_000),
    "reconcile_seconds": _between(1, 86_400),
    "retention_count": _between(1, 100_000),
    "retention_days": _between(1, 36_500),
    "notification_type": _one_of(NOTIFICATION_TYPES, "type of notification"),
    "webhook_url": _webhook_url,
    "commands": _of_lists("commands"),
    "smoke_tests": _of_lists("smoke_tests"),
    "list_of_names": _of_lists("names"),
    "notification_events": _of_lists("notification_events"),
}
