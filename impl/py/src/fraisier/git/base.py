"""The interface of a forge (PRD, "Git Provider Abstraction")."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from typing import Any, ClassVar, Protocol

from fraisier.domain.headers import LowerCaseHeaders
from fraisier.domain.values import WebhookEvent


class Settings(Protocol):
    """What a forge needs of the configuration (``git.<name>`` in ``fraises.yaml``)."""

    @property
    def name(self) -> str:
        """The key below ``git``."""
        ...

    @property
    def base_url(self) -> str | None:
        """Address of a self-hosted forge."""
        ...

    @property
    def secrets(self) -> tuple[str, ...]:
        """Webhook secrets, newest first; several while one is being replaced."""
        ...

    @property
    def signing_secrets(self) -> tuple[str, ...]:
        """Keys of signatures, where a forge also knows a plain token (GitLab)."""
        ...

    @property
    def server(self) -> bool:
        """Whether it is the self-hosted kind of the forge (Bitbucket)."""
        ...

    @property
    def addresses(self) -> Collection[object]:
        """Networks that its webhooks must come from; empty for anywhere."""
        ...


class GitProvider(ABC):
    """
    Verifies and reads the webhooks of one kind of forge.

    ``name`` is the value of ``git.provider``. A provider is constructed with its
    settings; without any it has no secret and verifies nothing.
    """

    name: ClassVar[str]

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings

    @property
    def secrets(self) -> tuple[str, ...]:
        """The webhook secrets; empty ones do not count."""
        return tuple(s for s in self.settings.secrets if s) if self.settings else ()

    @property
    def can_verify(self) -> bool:
        """Whether the settings hold what deliveries are verified by."""
        return bool(self.secrets)

    @property
    def address_suffices(self) -> bool:
        """
        Whether a delivery from one of ``settings.addresses`` needs no signature.

        Whoever says that it came from there must have looked.
        """
        return False

    def is_signed(self, headers: Mapping[str, str]) -> bool:
        """Whether there is a signature at all: a missing one is told from a wrong one."""
        return True

    @classmethod
    def imitate(
        cls, document: Mapping[str, Any], signature: str, delivery_id: str
    ) -> dict[str, str]:
        """The headers that a delivery of this payload would have had (``processWebhook``)."""
        told = {"event": "push", "delivery": delivery_id, "signature": signature}
        return {f"x-{cls.name}-{what}": text for what, text in told.items()}

    @classmethod
    def detects(cls, headers: Mapping[str, str]) -> bool:
        """Whether a delivery with these headers comes from this kind of forge."""
        return False

    @abstractmethod
    def verify_webhook_signature(self, payload: bytes, headers: Mapping[str, str]) -> bool:
        """
        Whether the raw body was signed with one of the secrets.

        False without a secret, without a signature and for anything malformed;
        never an exception. Compares in constant time.
        """

    @abstractmethod
    def parse_webhook_event(self, headers: Mapping[str, str], payload: bytes) -> WebhookEvent:
        """
        The delivery in the shape that is common to all forges.

        Raises:
            FraisierError: ``malformed-payload``, and nothing else.
        """


def header(headers: Mapping[str, str], name: str) -> str | None:
    """The value of a header, whatever the case of its name."""
    wanted = name.lower()
    if isinstance(headers, LowerCaseHeaders) or wanted in headers:
        return headers.get(wanted)
    size = len(name)
    for key in headers:
        if len(key) == size and key.lower() == wanted:
            return headers[key]
    return None
