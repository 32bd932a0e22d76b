"""Doctor: forges and the secrets that the outside is kept out with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fraisier.config import Config, check_secrets
from fraisier.config.shape import DEFAULT_BASE_URLS
from fraisier.domain.errors import FraisierError
from fraisier.domain.findings import Finding, fine, problem, warning
from fraisier.domain.values import FraiseConfig
from fraisier.git import is_own, provider_named

SECRET_CHARACTERS_GOOD = 6
_HINT = "make one with: openssl rand -hex 32"
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def look(config: Config, chosen: Sequence[FraiseConfig]) -> Iterator[Finding]:
    """Whether webhooks will be accepted, and from those only who know a good secret."""
    try:
        check_secrets(config)
    except FraisierError as error:
        yield problem(error.message, error.at, error.hint)
    else:
        yield from _weak(config)
    for name in dict.fromkeys(each.fraise.git_provider for each in chosen):
        yield from _forge(config, name)
    server = config.server
    if server.open and server.host not in _LOOPBACK:
        what = f"whoever reaches {server.host} could deploy: the server does not start"
        yield problem(what, "server.open", "set server.token instead")


def _weak(config: Config) -> Iterator[Finding]:
    for name, forge in config.git.providers.items():
        for secret in (*forge.secrets, *forge.signing_secrets):
            if len(set(secret)) < SECRET_CHARACTERS_GOOD:
                what = f"a webhook secret of {name} could be guessed"
                yield warning(what, f"git.{name}", _HINT)


def _forge(config: Config, name: str) -> Iterator[Finding]:
    try:
        forge = provider_named(name)
    except FraisierError as error:
        yield warning(error.message, f"git.provider: {name}", "deploy without webhooks until then")
        return
    settings = config.git.providers.get(name)
    if is_own(name) and not forge(settings).can_verify:
        what = f"webhooks of {name} are refused: there is no secret for them"
        yield warning(what, f"git.{name}", _HINT)
        return
    if is_own(name) and forge(settings).address_suffices:
        what = f"webhooks of {name} are believed by their address alone"
        yield warning(what, f"git.{name}.addresses", f"set git.{name}.webhook_secret as well")
        return
    if settings and settings.server and settings.base_url == DEFAULT_BASE_URLS.get(name):
        what = f"the server of {name} is not named: it is not {settings.base_url}"
        yield warning(what, f"git.{name}.base_url", "write where your own is")
        return
    yield fine(f"webhooks of {name} are accepted", f"git.provider: {name}")
