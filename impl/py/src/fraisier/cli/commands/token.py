"""``fraisier token create``, ``list`` and ``revoke``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from fraisier.cli.command import command
from fraisier.cli.output import OK, moment
from fraisier.cli.session import Session
from fraisier.domain.identity import SCOPES

if TYPE_CHECKING:
    from fraisier.domain.values import Answer

_HEADINGS = ("name", "scopes", "state", "created", "by", "expires", "last used")
_UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}


def _seconds(_ctx: click.Context, _param: click.Parameter, value: str | None) -> int | None:
    if value is None:
        return None
    found = re.fullmatch(r"([1-9][0-9]{0,8})([smhd])", value.strip())
    if found is None:
        raise click.BadParameter("a number and s, m, h or d: 90d")
    return int(found[1]) * _UNITS[found[2]]


@command(
    click.argument("name"),
    click.option(
        "--scope",
        "scopes",
        multiple=True,
        required=True,
        type=click.Choice(SCOPES),
        help="What it may do; give it several times for several.",
    ),
    click.option(
        "--expires",
        "expires_seconds",
        metavar="TIME",
        callback=_seconds,
        help="How long it is valid: 90d, 12h, 30m (default: until it is revoked).",
    ),
    remote=True,
)
def create(session: Session, name: str, scopes: Sequence[str], expires_seconds: int | None) -> None:
    """Make a token for the API and print it once; nothing can show it again."""
    from fraisier.domain.tokens import digest_of, new_token
    from fraisier.operations.tokens import create_token

    secret = new_token()
    wanted = tuple(dict.fromkeys(scopes))
    with session.database(session.application()) as db:
        answer = create_token(db, name, digest_of(secret), wanted, expires_seconds, session.actor())
    _show_created(session, answer, secret)


def _show_created(session: Session, answer: Answer, secret: str) -> None:
    if session.output.as_json:
        shown = {"code": answer.status_detail, "message": answer.message}
        session.output.document({**shown, "token": answer.entity, "secret": secret})
    else:
        session.output.line([OK, (f" {answer.message} It is shown this once:", "")])
        session.output.line(secret)


@command(remote=True)
def list_tokens(session: Session) -> None:
    """List the tokens of the API, oldest first; revoked ones too."""
    with session.database(session.application()) as db:
        rows = db.read("v_api_token", order=("pk_api_token",))
    if session.output.as_json:
        session.output.document({"tokens": rows})
    else:
        session.output.table(_HEADINGS, [_row(row) for row in rows], "No tokens yet.")


list_tokens.name = "list"


@command(click.argument("name"), remote=True)
def revoke(session: Session, name: str) -> None:
    """End a token for good; it stops working at once."""
    from fraisier.operations.tokens import revoke_token

    with session.database(session.application()) as db:
        answer = revoke_token(db, name, session.actor())
    if session.output.as_json:
        shown = {"code": answer.status_detail, "message": answer.message}
        session.output.document({**shown, "token": answer.entity})
    else:
        session.output.line([OK, (f" {answer.message}", "")])


def _row(row: Mapping[str, Any]) -> list[Any]:
    return [
        row["name"],
        " ".join(row["scopes"]),
        row["state"],
        moment(row["created_at"]),
        row["created_by"],
        moment(row["expires_at"]),
        moment(row["last_used_at"]),
    ]
