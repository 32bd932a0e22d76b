"""Tokens of the API: made, and ended."""

from __future__ import annotations

from collections.abc import Sequence

from fraisier.db import Database, refuse
from fraisier.domain.values import Answer


def create_token(
    db: Database,
    name: str,
    digest: str,
    scopes: Sequence[str],
    expires_seconds: int | None,
    actor: str | None,
) -> Answer:
    """
    Make a token known by the digest of its secret; None for ``expires_seconds`` is never.

    Raises:
        FraisierError: ``invalid-argument``, ``token-exists``.

    SQL: fn_create_token
    """
    return refuse(
        db.call(
            "fn_create_token",
            name=name,
            digest=digest,
            scopes=list(scopes),
            expires_seconds=expires_seconds,
            actor=actor,
        )
    )


def revoke_token(db: Database, name: str, actor: str | None) -> Answer:
    """
    End the newest token of a name; the answer is ``unchanged`` when it had ended before.

    Raises:
        FraisierError: ``unknown-token``.

    SQL: fn_revoke_token
    """
    return refuse(db.call("fn_revoke_token", name=name, actor=actor))
