"""Forges of plugins: checked when they register, watched when a webhook comes."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, cast

from fraisier.domain.errors import FraisierError
from fraisier.domain.plugins import add_forge, check_name
from fraisier.domain.redaction import redact
from fraisier.domain.values import RefChange, WebhookEvent
from fraisier.git.base import GitProvider, Settings
from fraisier.git.payload import commit, malformed

EVENT_TYPES = ("push", "tag", "delete", "ping", "other")
CHANGE_TYPES = ("push", "tag", "delete")

log = logging.getLogger("fraisier.webhook")


def check_forge(forge: object, taken: frozenset[str]) -> type[GitProvider]:
    """
    A plugin's class, when it is a complete forge with a name of its own.

    Raises:
        FraisierError: ``config-invalid``.
    """
    if not (isinstance(forge, type) and issubclass(forge, GitProvider)):
        message = f"{forge!r} is not a subclass of GitProvider"
        raise FraisierError(message, code="config-invalid", hint="docs/providers.md shows how")
    name = check_name(getattr(forge, "name", None), "git provider", taken)
    if missing := sorted(getattr(forge, "__abstractmethods__", ())):
        message = f'the git provider "{name}" lacks {", ".join(missing)}'
        raise FraisierError(message, code="config-invalid", hint="docs/providers.md shows how")
    add_forge(name)
    return forge


def made(forge: type[GitProvider], settings: Settings) -> GitProvider:
    """An instance with its settings, also of a class whose own ``__init__`` takes none."""
    if len(inspect.signature(forge).parameters) > 0:
        return forge(settings)
    one: GitProvider = forge()
    one.settings = settings
    return one


class Headers(Mapping[str, str]):
    """Headers under their names in any case, as whoever writes a plugin expects."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._values = {name.lower(): value for name, value in headers.items()}

    def __getitem__(self, name: str) -> str:
        return self._values[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def imitated(
    forge: type[GitProvider], document: Mapping[str, Any], signature: str, delivery_id: str
) -> Mapping[str, str]:
    """
    The headers that a forge makes for a payload that came alone, their names in lower case.

    Raises:
        FraisierError: ``malformed-payload``: it failed to make them.
    """
    try:
        made: object = forge.imitate(document, signature, delivery_id)
        sent = dict(cast("Mapping[Any, Any]", made))
    except Exception as error:
        log.error("the git provider %s failed to imitate: %s", forge.name, type(error).__name__)
        raise malformed(f"the git provider {forge.name} makes no headers for it") from error
    return {str(name).lower(): str(value) for name, value in sent.items()}


def claims(forge: type[GitProvider], headers: Mapping[str, str]) -> bool:
    """Whether a forge says that such headers are its own; one that fails does not."""
    try:
        verdict: object = forge.detects(Headers(headers))
    except Exception as error:
        log.error("the git provider %s failed to detect: %s", forge.name, type(error).__name__)
        return False
    return verdict is True


@dataclass(frozen=True, slots=True)
class WatchedForge:
    """
    A forge of a plugin between strangers: whatever it does, a webhook is verified or refused.

    ``repository_keys`` stand in for those that its events do not name: of the fraises
    that come from this forge.
    """

    forge: GitProvider
    repository_keys: tuple[str, ...]
    secrets: Collection[str]

    @property
    def name(self) -> str:
        """The value of ``git.provider``."""
        return self.forge.name

    @property
    def address_suffices(self) -> bool:
        """Never: a plugin decides by what it is given."""
        return False

    def is_signed(self, headers: Mapping[str, str]) -> bool:
        """Always: only the plugin knows, and its verdict is asked for."""
        return True

    def verify_webhook_signature(self, payload: bytes, headers: Mapping[str, str]) -> bool:
        """True only if the plugin says ``True``: not for a coroutine, and not when it fails."""
        try:
            verdict: object = self.forge.verify_webhook_signature(payload, Headers(headers))
        except Exception as error:
            log.error("the git provider %s failed to verify: %s", self.name, self._reason(error))
            return False
        if inspect.iscoroutine(verdict):
            verdict.close()
        return verdict is True

    def parse_webhook_event(self, headers: Mapping[str, str], payload: bytes) -> WebhookEvent:
        """
        The plugin's event, completed: without an id of its own the same payload counts once.

        Raises:
            FraisierError: ``malformed-payload``.
        """
        try:
            event = cast("object", self.forge.parse_webhook_event(Headers(headers), payload))
        except FraisierError:
            raise
        except Exception as error:
            reason = self._reason(error)
            log.error("the git provider %s failed to read: %s", self.name, reason)
            raise malformed(f"the git provider {self.name} cannot read it: {reason}") from error
        if not isinstance(event, WebhookEvent):
            log.error("the git provider %s gave no WebhookEvent", self.name)
            raise malformed(f"the git provider {self.name} made no event of it")
        return self._completed(_sound(event), payload)

    def _completed(self, event: WebhookEvent, payload: bytes) -> WebhookEvent:
        return event._replace(
            delivery_id=event.delivery_id or f"payload-{sha256(payload).hexdigest()}",
            repository_keys=event.repository_keys or self.repository_keys,
        )

    def _reason(self, error: Exception) -> str:
        return redact(f"{type(error).__name__}: {error}", self.secrets)


def _sound(event: WebhookEvent) -> WebhookEvent:
    """The same event, when all of it can be stored."""
    facts: dict[str, Any] = event._asdict()
    keys = _texts(facts.pop("repository_keys"))
    paths = facts.pop("paths")
    changes = tuple(_sound_change(each) for each in _several(facts.pop("changes")))
    wrong = [key for key, value in facts.items() if not isinstance(value, str | None)]
    if wrong:
        raise malformed(f"the event's {wrong[0]} is no text")
    if event.event_type not in EVENT_TYPES:
        raise malformed(f"the event's type is none of {', '.join(EVENT_TYPES)}")
    if event.event_type == "push" and not (event.branch and event.commit_sha):
        raise malformed("a push has a branch and a commit")
    ids = {"commit_sha": event.commit_sha, "before": event.before}
    commits = {key: commit(value) if value else None for key, value in ids.items()}
    if event.event_type == "push" and commits["commit_sha"] is None:
        raise malformed("a push has a commit; a branch that is gone is a delete")
    return event._replace(
        repository_keys=keys,
        changes=changes,
        paths=None if paths is None else _texts(paths, "paths"),
        **commits,
    )


def _sound_change(change: object) -> RefChange:
    if not isinstance(change, RefChange) or change.event_type not in CHANGE_TYPES:
        raise malformed("the event's changes are no RefChange of push, tag or delete")
    facts: dict[str, Any] = change._asdict()
    if not all(isinstance(fact, str | None) for fact in facts.values()):
        raise malformed("a change's facts are texts")
    before = commit(change.before) if change.before else None
    after = commit(change.commit_sha) if change.commit_sha else None
    place = change.tag if change.event_type == "tag" else change.branch or change.tag
    if not place or (after is None and change.event_type != "delete"):
        raise malformed("a change has a branch or tag, and a commit if it is not gone")
    return change._replace(before=before, commit_sha=after)


def _several(value: object) -> tuple[object, ...]:
    return tuple(cast("list[object]", value)) if isinstance(value, tuple | list) else (None,)


def _texts(value: object, what: str = "repository_keys") -> tuple[str, ...]:
    items = _several(value)
    if not all(isinstance(item, str) for item in items):
        raise malformed(f"the event's {what} are no texts")
    return tuple(str(item) for item in items)
