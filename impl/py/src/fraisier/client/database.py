"""A server's database as its API shows it: what the commands read and call, asked from afar."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from fraisier.domain.error_codes import ERROR_CODES
from fraisier.domain.values import Answer

if TYPE_CHECKING:
    from fraisier.client.api import Api

WEBHOOKS_MAX = 1_000
Rows = Sequence[Mapping[str, Any]]


class ServerDatabase:
    """The views and functions that commands need, over the API of a server."""

    dialect = "graphql"

    def __init__(self, api: Api, url: str) -> None:
        self.api = api
        self.url = url

    def read(
        self,
        view: str,
        where: Mapping[str, Any] | None = None,
        *,
        order: Sequence[str] = (),
        limit: int | None = None,
        after: tuple[str, Any] | None = None,
    ) -> list[dict[str, Any]]:
        """Like ``Database.read``, for the views of ``_READERS``."""
        rows = _READERS[view](self.api, where or {}, None if after else limit)
        found = [dict(row) for row in rows]
        if after is not None:
            found = [row for row in found if row[after[0]] > after[1]]
        if order and not order[0].startswith("-pk_") and after is not None:
            found.sort(key=lambda row: row[order[0]])
        return found[:limit]

    def call(self, function: str, /, command_id: str | None = None, **arguments: Any) -> Answer:
        """Like ``Database.call``, for the functions of ``_CALLS``; the server says who asks."""
        del command_id
        return _CALLS[function](self.api, arguments)

    def close(self) -> None:
        """Nothing stays open between two questions."""


def _deployment(api: Api, where: Mapping[str, Any], _limit: int | None) -> Rows:
    found = api.deployment(str(where["id"]))
    return [] if found is None else [found]


_READERS: Mapping[str, Callable[[Api, Mapping[str, Any], int | None], Rows]] = {
    "v_fraise_status": lambda api, where, _: api.environment_statuses(**where),
    "v_deployment_history": lambda api, where, limit: api.deployment_summaries(
        **where, limit=limit
    ),
    "v_recent_webhooks": lambda api, _, limit: api.webhook_events(limit or WEBHOOKS_MAX),
    "v_api_token": lambda api, _where, _limit: api.api_tokens(),
    "v_deployment": _deployment,
}


def _deploy(api: Api, given: Mapping[str, Any]) -> Answer:
    place = (given["fraise"], given["environment"])
    branch, commit = given.get("git_branch"), given.get("git_commit")
    if branch or commit:
        return _answer(api.deploy_commit(*place, branch, commit, given.get("force")), "deployment")
    return _answer(api.deploy(*place, given.get("dry_run"), given.get("force")), "deployment")


def _rollback(api: Api, given: Mapping[str, Any]) -> Answer:
    place = (given["fraise"], given["environment"], given.get("to_version"))
    forced = bool(given.get("force"))
    result = api.force_rollback(*place, force=True) if forced else api.rollback(*place)
    return _answer(result, "deployment")


def _cancel(api: Api, given: Mapping[str, Any]) -> Answer:
    result = api.cancel_deployment(given["deployment_id"], given.get("reason"))
    return _answer(result, "deployment")


def _create_token(api: Api, given: Mapping[str, Any]) -> Answer:
    seconds = given.get("expires_seconds")
    made = api.create_token(given["name"], given["digest"], given["scopes"], seconds)
    return _answer(made, "token")


_CALLS: Mapping[str, Callable[[Api, Mapping[str, Any]], Answer]] = {
    "fn_sync_registry": lambda _api, _given: Answer(True, False, "unchanged", 200, ""),
    "fn_request_deployment": _deploy,
    "fn_request_rollback": _rollback,
    "fn_cancel_deployment": _cancel,
    "fn_replay_webhook": lambda api, given: _answer(
        api.replay_webhook(given["webhook_id"]), "event"
    ),
    "fn_create_token": _create_token,
    "fn_revoke_token": lambda api, given: _answer(api.revoke_token(given["name"]), "token"),
}


def _answer(result: Any, entity: str) -> Answer:
    said = cast("Mapping[str, Any]", result)
    code = str(said["code"])
    refused = not said["success"]
    facts = ERROR_CODES.get(code if refused else "")
    found: Mapping[str, Any] | None = said[entity]
    return Answer(
        succeeded=not refused,
        state_changed=not refused,
        status_detail=code,
        http_status=facts.http_status if facts else 200,
        message=str(said["message"] or ""),
        error_class=facts.error_class if facts else None,
        entity_id=str(found["id"]) if found else None,
        entity=found,
        error_detail={"code": code} if refused else None,
    )
