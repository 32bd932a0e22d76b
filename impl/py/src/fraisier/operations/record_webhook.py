"""Take a forge's webhook: find out who sent it, verify it, read it, hand it to the database."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from fraisier.db import Database
from fraisier.domain.errors import FraisierError
from fraisier.domain.values import Answer, WebhookEvent
from fraisier.git import canonical, detect, is_own, only_plugin, provider_named
from fraisier.git.custom import imitated
from fraisier.git.payload import is_storable, read_object

HOOK = "default"
CUSTOM = "custom"  # what a forge of a plugin is stored as; the hook is its name
DELIVERY_ID_MAX = 200


class Forge(Protocol):
    """What verifies and reads a webhook (``git.GitProvider``, or one of a plugin)."""

    @property
    def address_suffices(self) -> bool:
        """Whether a delivery from one of the configured addresses needs no signature."""
        ...

    def is_signed(self, headers: Mapping[str, str]) -> bool:
        """Whether there is a signature at all."""
        ...

    def verify_webhook_signature(self, payload: bytes, headers: Mapping[str, str]) -> bool:
        """Whether it comes from who knows the secret; never raises."""
        ...

    def parse_webhook_event(self, headers: Mapping[str, str], payload: bytes) -> WebhookEvent:
        """
        What happened.

        Raises:
            FraisierError: ``malformed-payload``.
        """
        ...


class Forges(Protocol):
    """The forges that the configuration names (``wiring.Application`` has them)."""

    def git_provider(self, name: str) -> Forge:
        """
        A forge with its secrets.

        Raises:
            FraisierError: ``unknown-webhook-provider``.
        """
        ...


@dataclass(frozen=True, slots=True)
class VerifiedWebhook:
    """A webhook whose signature holds; ``arguments`` are those of ``fn_process_webhook``."""

    provider: str
    payload: str
    event: WebhookEvent
    digest: str  # of the body as it came
    hook: str = HOOK

    def arguments(self) -> dict[str, Any]:
        """What the database is told. The signature has done its work and is left out."""
        return {
            "provider": self.provider,
            "payload": self.payload,
            "event": {**self.event.as_dict(), "payload_digest": self.digest},
            "hook": self.hook,
            "delivery_id": self.event.delivery_id,
            "actor": self.event.sender,
        }


def forge_of(headers: Mapping[str, str], provider: str | None = None) -> str:
    """
    The name of the forge that sends this, below ``git`` in the configuration.

    ``provider`` is what the sender's query names; ``forgejo`` and ``gogs`` are ``gitea``.

    Raises:
        FraisierError: ``unknown-webhook-provider``: the headers are those of no forge.
    """
    name = detect(headers) if provider is None else canonical(provider)
    if name is None:
        raise FraisierError(
            "the headers are those of no forge that is known",
            code="unknown-webhook-provider",
            hint="name the forge: POST /webhook?provider=github",
        )
    return name


def verify_webhook(
    forges: Forges,
    headers: Mapping[str, str],
    body: bytes,
    provider: str | None = None,
    *,
    from_known_address: bool = False,
) -> VerifiedWebhook:
    """
    Verify the raw body, then read it. Header names are lower case.

    ``from_known_address`` says that the delivery was seen to come from one of the
    addresses that the configuration has for its forge; only one forge ever trusts that.

    Raises:
        FraisierError: ``unknown-webhook-provider``, ``missing-signature``,
            ``bad-signature``, ``malformed-payload``; nothing else.
    """
    name = forge_of(headers, provider)
    forge = forges.git_provider(name)
    trusted = from_known_address and forge.address_suffices
    if not trusted and not forge.verify_webhook_signature(body, headers):
        raise _unsigned(forge, headers)
    event = forge.parse_webhook_event(headers, body)
    _refuse_odd_text(event)
    _check_delivery_id(event.delivery_id)
    digest = hashlib.sha256(body).hexdigest()
    if is_own(name):
        return VerifiedWebhook(name, _text_of(body), event, digest)
    return VerifiedWebhook(CUSTOM, _text_of(body), event, digest, hook=name)


def _unsigned(forge: Forge, headers: Mapping[str, str]) -> FraisierError:
    if not forge.is_signed(headers):
        return FraisierError("the webhook has no signature", code="missing-signature")
    return FraisierError("the signature does not match", code="bad-signature")


def _text_of(body: bytes) -> str:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise FraisierError("the payload is not UTF-8", code="malformed-payload") from error
    # No database keeps a NUL in a text.
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")


def _refuse_odd_text(event: WebhookEvent) -> None:
    # JSON can spell a NUL and half a surrogate pair; neither is text to a database.
    changes = (fact for change in event.changes for fact in change)
    facts = (*event, *event.repository_keys, *changes, *(event.paths or ()))
    if not all(is_storable(fact) for fact in facts if isinstance(fact, str)):
        raise FraisierError("the payload holds what is no text", code="malformed-payload")


def _check_delivery_id(delivery_id: str | None) -> None:
    # It is what makes a delivery count once, and it goes into an index.
    if not delivery_id:
        raise FraisierError("the delivery has no id", code="malformed-payload")
    if len(delivery_id) > DELIVERY_ID_MAX:
        raise FraisierError("the delivery's id is too long", code="malformed-payload")


def record_webhook(
    forges: Forges,
    db: Database,
    headers: Mapping[str, str],
    body: bytes,
    provider: str | None = None,
) -> Answer:
    """
    Verify a webhook and store it with the deployments that it asks for, all or nothing.

    Raises:
        FraisierError: As ``verify_webhook``, and what the database raises.

    SQL: fn_process_webhook
    """
    webhook = verify_webhook(forges, headers, body, provider)
    return db.call("fn_process_webhook", **webhook.arguments())


def forge_of_mutation(provider: str) -> str:
    """The forge of GraphQL's ``provider``; ``custom`` is that of a plugin, if there is one."""
    return (only_plugin() if provider == CUSTOM else None) or provider


def headers_of_mutation(provider: str, payload: str, signature: str | None) -> dict[str, str]:
    """
    The headers that a webhook would have had whose body came through GraphQL.

    GraphQL's ``processWebhook`` carries neither the event's name nor a delivery
    id: the name is read off the payload's shape, the id is the payload's digest,
    so that the same payload counts once.

    Raises:
        FraisierError: ``unknown-webhook-provider``; ``malformed-payload``, when a plugin
            cannot make headers for it.
    """
    digest = hashlib.sha256(payload.encode("utf-8", "surrogatepass")).hexdigest()
    try:
        document = read_object(payload)
    except FraisierError:
        document = {}  # refused once its signature is checked
    forge = provider_named(provider)
    headers = imitated(forge, document, signature or "", f"payload-{digest}")
    return {"content-type": "application/json", **headers}
