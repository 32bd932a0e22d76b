"""The API server's paths: ``/graphql``, ``/webhook``, ``/health``, ``/metrics``, the dashboard."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from fraisier.api.access import Guard
from fraisier.api.endpoint import SOURCE, GraphqlEndpoint
from fraisier.api.graphql_http import GraphqlHttp
from fraisier.api.metrics import MetricsEndpoint, counts_of
from fraisier.api.subscriptions.live import Live
from fraisier.api.tokens import ApiTokens
from fraisier.config import GraphqlSettings, ServerSettings
from fraisier.db import AsyncDatabase
from fraisier.domain.errors import FraisierError
from fraisier.effects.assets import asset
from fraisier.http.app import BODY_BYTES_MAX, HttpApp, Route
from fraisier.http.failures import Failures
from fraisier.http.health import HealthEndpoint
from fraisier.http.static import static_files
from fraisier.http.tally import Counting, Tally
from fraisier.http.webhook import WebhookEndpoint
from fraisier.operations.record_webhook import (
    forge_of_mutation,
    headers_of_mutation,
    verify_webhook,
)
from fraisier.wiring import Application

Current = Callable[[], Application]


def api_app(
    current: Current,
    database: AsyncDatabase,
    control_token: str | None = None,
    graphql_bytes_max: int = GraphqlSettings().body,
    place: tuple[Tally | None, int] = (None, 0),
) -> HttpApp:
    """
    The ASGI application. ``current()`` is the configuration of the moment: it may
    be another one after a reload. ``control_token`` opens the status pages, too. ``place``
    is the worker's among others: what they have counted, and its number.
    """

    def settings() -> ServerSettings:
        return current().config.server

    def origins() -> Sequence[str]:
        return settings().cors

    failures = Failures(lambda: current().config.server.failed_signatures)
    graphql = GraphqlHttp(_compiled_schema(), database, _gate(current, failures), settings)
    guarded = Guard(lambda: current().config, failures, control_token, ApiTokens(database))
    routes: dict[str, Route] = {}
    app = HttpApp(routes, trusted=lambda: current().config.server.trusted_proxies)
    endpoint = GraphqlEndpoint(graphql, guarded)
    live = Live(graphql, database, app.streams, guarded)
    routes["/graphql"] = Route(
        guarded(live.choosing(endpoint)),
        ("GET", "POST"),
        graphql_bytes_max,
        origins=origins,
        at_once=endpoint.at_once,
    )
    app.sockets["/graphql"] = live.socket_route(origins)
    app.on_stop = live.close
    webhook = WebhookEndpoint(current, database, failures)
    routes["/webhook"] = Route(webhook, ("POST",), BODY_BYTES_MAX, webhook.admit)
    routes["/health"] = Route(HealthEndpoint(database), ("GET",))
    counting = Counting(lambda: counts_of(app, failures), *place)
    app.beside = counting.keep
    metrics = MetricsEndpoint(database, counting)
    routes["/metrics"] = Route(guarded(metrics, "read"), ("GET",))
    dashboard = static_files(asset("impl/dashboard"), lambda: current().config.server.dashboard)
    routes.update({path: Route(file, ("GET",)) for path, file in dashboard.items()})
    return app


def _compiled_schema() -> dict[str, Any]:
    text = asset("schema/compiled/CompiledSchema.json").read_text(encoding="utf-8")
    return json.loads(text)


def _gate(
    current: Current, failures: Failures
) -> Callable[[str, str, str | None], Mapping[str, Any]]:
    """
    The declared gate of ``processWebhook``: the signature is checked, then SQL is asked.

    Who does not sign counts as one of ``failures``, as at ``/webhook``.
    """

    def gate(provider: str, payload: str, signature: str | None) -> Mapping[str, Any]:
        name = forge_of_mutation(provider)
        headers = headers_of_mutation(name, payload, signature)
        body = payload.encode("utf-8", "surrogatepass")
        try:
            arguments = verify_webhook(current(), headers, body, name).arguments()
        except FraisierError as error:
            failures.refuse(error, SOURCE.get())
            raise
        return {key: arguments[key] for key in ("event", "delivery_id", "actor", "hook")}

    return gate
