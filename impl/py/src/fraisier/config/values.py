"""
A configuration as frozen values.

Named tuples, like those of the domain, and with a short ``repr``: no secret of them
gets into a log or a traceback.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from fraisier.domain.errors import FraisierError
from fraisier.domain.nearest import did_you_mean
from fraisier.domain.values import EMPTY, Fraise, FraiseConfig

if TYPE_CHECKING:
    from ipaddress import IPv4Network, IPv6Network

    Network = IPv4Network | IPv6Network

DEFAULT_QUEUE_LIMIT = 1_000
DEFAULT_RECONCILE_SECONDS = 300
DEFAULT_FAILED_SIGNATURES = 100


class GitProviderSettings(NamedTuple):
    """
    One forge: where it is and the secrets of its webhooks (several while they change).

    With ``signing_secrets`` a webhook must be signed, one of the ``secrets`` is not enough.
    Its webhooks may come from ``addresses`` only, if there are any.
    """

    name: str
    base_url: str | None = None
    secrets: tuple[str, ...] = ()
    server: bool = False
    addresses: tuple[Network, ...] = ()
    signing_secrets: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r})"


class GitSettings(NamedTuple):
    """The default forge and every forge that has a section of its own."""

    provider: str = "github"
    providers: Mapping[str, GitProviderSettings] = EMPTY


class GraphqlSettings(NamedTuple):
    """
    How much a document may ask for, and which documents may.

    ``complexity`` bounds the values of an answer, ``seconds`` one statement. Without
    ``documents``, the trusted ones by their ids, every document is answered.
    """

    depth: int = 15
    complexity: int = 250_000
    aliases: int = 100
    tokens: int = 2_000
    body: int = 1_048_576
    seconds: float = 10.0
    documents: Mapping[str, str] | None = None


class ServerSettings(NamedTuple):
    """
    Where ``fraisier serve`` listens, and whom it lets in.

    GraphQL and metrics ask for ``token``; without one they are closed, unless ``open``
    opens them to this machine. What one of ``trusted_proxies`` says about a client's
    address is believed. ``failed_signatures`` a minute are borne of one source.
    ``cors`` are the origins whose pages may ask GraphQL.
    ``dashboard`` says whether the pages are served, ``introspection`` whether GraphQL
    tells its schema.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    token: str | None = None
    open: bool = False
    trusted_proxies: tuple[Network, ...] = ()
    cors: tuple[str, ...] = ()
    failed_signatures: int = DEFAULT_FAILED_SIGNATURES
    dashboard: bool = True
    introspection: bool = True
    graphql: GraphqlSettings = GraphqlSettings()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.host!r}, {self.port})"


class NotificationSettings(NamedTuple):
    """
    A channel that is told about deployments: ``type`` is ``slack``, ``discord`` or ``webhook``.

    ``fraises`` and ``environments`` are the only ones that it is told about, if given.
    """

    name: str
    type: str
    url: str
    secret: str | None = None
    events: tuple[str, ...] = ("started", "succeeded", "failed", "rolled_back")
    fraises: tuple[str, ...] | None = None
    environments: tuple[str, ...] | None = None

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r}, {self.type!r})"


class BranchRule(NamedTuple):
    """A push to ``branch`` (a name or a pattern) deploys ``fraise`` to ``environment``."""

    branch: str
    fraise: str
    environment: str


class TagRule(NamedTuple):
    """A push of ``tag`` (a name or a pattern) deploys ``fraise`` to ``environment``."""

    tag: str
    fraise: str
    environment: str


class Config(NamedTuple):
    """
    ``fraises.yaml``, checked and expanded.

    ``secrets`` are the texts that may appear in no log, event or error. ``raw``
    is the file's content with variables expanded, secrets included: show it only
    through ``redacted``. Not ``here`` is what a server tells of its own file.
    """

    path: Path
    git: GitSettings
    server: ServerSettings
    fraises: Mapping[str, Fraise]
    branch_mapping: tuple[BranchRule, ...]
    secrets: frozenset[str]
    raw: Mapping[str, Any]
    notifications: Mapping[str, NotificationSettings] = EMPTY
    queue_limit: int = DEFAULT_QUEUE_LIMIT
    reconcile_seconds: int = DEFAULT_RECONCILE_SECONDS
    tag_mapping: tuple[TagRule, ...] = ()
    here: bool = True

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self.path)!r})"

    def fraise(self, name: str) -> Fraise:
        """
        The fraise of a name.

        Raises:
            FraisierError: ``unknown-fraise``, with what was probably meant.
        """
        found = self.fraises.get(name)
        if found is None:
            message = f'there is no fraise "{name}" in {self.path.name}'
            hint = did_you_mean(name, self.fraises) or "fraisier list shows them"
            raise FraisierError(message, code="unknown-fraise", hint=hint)
        return found

    def select(self, fraise: str, environment: str) -> FraiseConfig:
        """
        One fraise in one environment.

        Raises:
            FraisierError: ``unknown-fraise`` or ``unknown-environment``.
        """
        found = self.fraise(fraise)
        if environment not in found.environments:
            known = ", ".join(found.environments)
            message = f'the fraise "{fraise}" has no environment "{environment}"; known: {known}'
            hint = did_you_mean(environment, found.environments)
            raise FraisierError(message, code="unknown-environment", hint=hint)
        return FraiseConfig(found, found.environments[environment], self.secrets)
