"""Commands with ``--server``: another machine's registry, database and deployments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from fraisier.domain.errors import FraisierError

if TYPE_CHECKING:
    from fraisier.cli.session import Session
    from fraisier.cli.signals import Withheld
    from fraisier.client import types
    from fraisier.client.api import Api
    from fraisier.client.database import ServerDatabase
    from fraisier.config import Config
    from fraisier.db.base import Database
    from fraisier.domain.values import Environment, Fraise
    from fraisier.wiring import Application

POLL_SECONDS = 0.5
PATIENCE_SECONDS = 60.0
_AWAY = ("server-unreachable", "no-answer", "overloaded", "database-busy", "database-unavailable")


class ServerApplication:
    """What commands know of an application, told by a server; asked when it is needed."""

    def __init__(self, server: str, api: Api) -> None:
        self._server = server
        self._api = api
        self._config: Config | None = None

    @property
    def config(self) -> Config:
        """The registry of the server, as far as it tells."""
        if self._config is None:
            self._config = _config(self._server, self._api)
        return self._config

    def open_database(self, install: bool = True) -> ServerDatabase:
        """What the server's database shows; nothing is opened or installed."""
        del install
        from fraisier.client.database import ServerDatabase

        return ServerDatabase(self._api, self._server)


def server_application(server: str, token: str | None) -> Application:
    """The application of a server, for commands that work with one of this machine, too."""
    from fraisier.client.api import Api
    from fraisier.client.transport import Transport

    return cast("Application", ServerApplication(server, Api(Transport(server, token).ask)))


def _config(server: str, api: Api) -> Config:
    from pathlib import Path

    from fraisier.config import Config, GitSettings, ServerSettings

    fraises = {each["name"]: _fraise(each) for each in api.fraises()}
    host = urlsplit(server).hostname or "server"
    return Config(
        path=Path(host), git=GitSettings(), server=ServerSettings(), fraises=fraises,
        branch_mapping=(), secrets=frozenset(), raw={}, here=False,
    )  # fmt: skip


def _fraise(told: types.Fraise) -> Fraise:
    from fraisier.domain.values import Fraise

    environments = {each["name"]: _environment(each) for each in told["environments"]}
    return Fraise(told["name"], told["kind"], told["description"], environments=environments)


def _environment(told: types.Environment) -> Environment:
    from fraisier.domain.values import Environment, Job

    jobs = tuple(
        Job(each["name"], each.get("schedule"), depends_on=each.get("depends_on"))
        for each in told["jobs"]
    )
    target = told["target"]
    return Environment(
        told["name"],
        target["provider"],
        target["config"] or {},
        branches=tuple(told["branches"]),
        jobs=jobs,
    )


def stats_of_server(db: Database, fraise: str | None, days: int) -> dict[str, Any] | None:
    """What a server has counted; None for a database of this machine."""
    if db.dialect != "graphql":
        return None
    return dict(cast("ServerDatabase", db).api.stats(fraise, days))


def show_dry_run(session: Session, fraise: str, environment: str) -> None:
    """
    Whether the server would take the request. The steps only its own machine can tell.

    Raises:
        FraisierError: The server refuses it.
    """
    from fraisier.operations.deploy import Order, request_deployment

    with session.database(session.application()) as db:
        answer = request_deployment(db, Order(fraise, environment, dry_run=True))
    if session.output.as_json:
        session.output.document(
            {
                "event": "result",
                "success": True,
                "code": answer.status_detail,
                "message": "nothing was changed",
                "deployment": None,
                "error": None,
            }
        )
    else:
        session.output.line(f"{answer.message} Nothing was changed.")


def follow_from_afar(
    app: Application,
    db: Database,
    deployment_id: str,
    listen: Callable[[Mapping[str, Any]], None],
    signals: Withheld,
) -> Mapping[str, Any]:
    """
    Wait until a deployment of a server has ended; Ctrl-C leaves it alone. ``signals`` are
    withheld until here.

    Raises:
        DeploymentFailedError: ``interrupted``.
        FraisierError: What the server refuses with; it is away for a minute.
    """
    del app
    from fraisier.cli.deploying import DeploymentFailedError

    seen: Mapping[str, Any] = {"id": deployment_id, "fraise": None, "environment": None}
    told = Told(listen)
    try:
        signals.release()
        while True:
            seen = _read(db, deployment_id)
            told.tell(seen)
            if seen["outcome"] not in ("pending", "in_progress"):
                return seen
            _pause(POLL_SECONDS)
    except KeyboardInterrupt:
        raise DeploymentFailedError(
            seen, interrupted="it goes on; fraisier cancel {id} stops it"
        ) from None


def _read(db: Database, deployment_id: str) -> Mapping[str, Any]:
    """The deployment now; a server that restarts is waited for."""
    from fraisier.effects.clock import ticks
    from fraisier.operations.follow import read_deployment

    since = ticks()
    while True:
        try:
            return read_deployment(db, deployment_id)
        except FraisierError as error:
            if error.code not in _AWAY or ticks() - since > PATIENCE_SECONDS:
                raise
        _pause(POLL_SECONDS)


def _pause(seconds: float) -> None:
    from fraisier.effects.clock import pause

    pause(seconds)


class Told:
    """Tells the steps of a deployment as they change, none twice."""

    def __init__(self, listen: Callable[[Mapping[str, Any]], None]) -> None:
        self._listen = listen
        self._known: dict[str, tuple[Any, ...]] = {}

    def tell(self, deployment: Mapping[str, Any]) -> None:
        """Tell what is new; a step that ended between two looks began, too."""
        for step in deployment["steps"]:
            now = (step["state"], step["progress"], step["message"])
            before = self._known.get(step["id"])
            if before is None and step["state"] in ("succeeded", "failed"):
                self._say(step, "started")
            if now != before:
                self._say(step, step["state"])
            self._known[step["id"]] = now

    def _say(self, step: Mapping[str, Any], state: str) -> None:
        ended = state == step["state"]
        self._listen(
            {
                "event": "step",
                "step": step["step"],
                "state": state,
                "progress": step["progress"] if ended else 0,
                "message": step["message"] if ended else None,
            }
        )
