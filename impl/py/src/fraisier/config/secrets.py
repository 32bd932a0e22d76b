"""Which texts of a configuration are secret, and the refusal of weak ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from fraisier.config.sections import section
from fraisier.config.shape import SECRET_KEYS
from fraisier.config.values import Config
from fraisier.domain.errors import FraisierError
from fraisier.domain.redaction import MASK, SECRET_LENGTH_MIN, redact
from fraisier.domain.secret_names import is_secret_name, url_secrets

SERVER_SECRET_LENGTH_MIN = 16
SIGNING_PREFIX = "whsec_"  # it says what the text is, and guards nothing


def secrets_of(raw: Mapping[str, Any], used: Mapping[str, str]) -> frozenset[str]:
    """
    Every text that may be shown to nobody.

    Values of secret keys, credentials inside addresses, and environment
    variables with a secret name. Texts too short to be searched for are left
    out: a value under a secret key is hidden by ``hidden`` in any case.
    """
    found = {value for name, value in used.items() if is_secret_name(name)}
    found.update(_secret_texts(raw, secret=False))
    found.update(_addresses_of_channels(raw))
    return frozenset(secret for secret in found if len(secret) >= SECRET_LENGTH_MIN)


def _addresses_of_channels(raw: Mapping[str, Any]) -> Iterator[str]:
    """Who knows the address of a channel can write to it."""
    for channel in section(raw, "notifications").values():
        if isinstance(channel, Mapping):
            yield str(cast("Mapping[str, Any]", channel).get("url") or "")


def _secret_texts(value: Any, *, secret: bool) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, item in cast("Mapping[str, Any]", value).items():
            # Only values: a fraise may be called "token", and its keys stay visible.
            inside = not isinstance(item, Mapping) and (secret or is_secret_name(key))
            yield from _secret_texts(item, secret=inside)
    elif isinstance(value, list | tuple):
        for item in cast("Sequence[Any]", value):
            yield from _secret_texts(item, secret=secret)
    elif isinstance(value, str):
        yield from [value] if secret and value else url_secrets(value)
    elif secret and value is not None and not isinstance(value, bool):
        yield str(value)


def hidden(value: Any, secrets: frozenset[str]) -> Any:
    """A copy with ``***`` for every secret value, and redacted texts elsewhere."""
    if isinstance(value, Mapping):
        entries = cast("Mapping[str, Any]", value).items()
        return {redact(key, secrets): _hidden_item(key, item, secrets) for key, item in entries}
    if isinstance(value, list | tuple):
        return [hidden(item, secrets) for item in cast("Sequence[Any]", value)]
    return redact(value, secrets) if isinstance(value, str) else value


def _hidden_item(key: str, item: Any, secrets: frozenset[str]) -> Any:
    if is_secret_name(key) and item is not None and not isinstance(item, Mapping):
        return MASK
    return hidden(item, secrets)


def check_secrets(config: Config) -> None:
    """
    Refuse secrets that protect nothing; a server calls this before it listens.

    A forge without a secret is no error here: its webhooks are refused one by one.

    Raises:
        FraisierError: ``insecure-secret``: a webhook secret or ``server.token`` is empty,
            unexpanded or has under 16 characters.
    """
    for place, what, secret in _kept_secrets(config):
        reason = _weakness(secret.removeprefix(SIGNING_PREFIX))
        if reason is not None:
            raise FraisierError(
                f"the {what} {reason}",
                code="insecure-secret",
                at=f"{config.path.name}: {place}",
                hint="make one with: openssl rand -hex 32",
            )


def _kept_secrets(config: Config) -> Iterator[tuple[str, str, str]]:
    """Place, name and text of every secret that lets somebody in."""
    for name, provider in config.git.providers.items():
        yield from ((_place(name), "webhook secret", each) for each in provider.secrets)
        place = "git.gitlab.signing_secret"
        yield from ((place, "webhook secret", each) for each in provider.signing_secrets)
    if config.server.token is not None:
        yield "server.token", "token of the server", config.server.token


def _place(forge: str) -> str:
    own = forge in SECRET_KEYS
    return f"git.{forge}.{SECRET_KEYS[forge]}" if own else f"git.custom.{forge}.webhook_secret"


def _weakness(secret: str) -> str | None:
    if not secret.strip():
        return "is empty"
    if "${" in secret or secret.startswith("$"):
        return "is the name of a variable, not its value"
    if len(secret.strip()) < SERVER_SECRET_LENGTH_MIN:
        return f"has fewer than {SERVER_SECRET_LENGTH_MIN} characters"
    return None
