"""Errors as GraphQL shows them: message, locations, path, and the code of spec/errors.yaml."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from fraisier.domain.errors import FraisierError

Location = tuple[int, int]

log = logging.getLogger("fraisier.graphql")


class RequestRefusedError(Exception):
    """A request that is not executed at all: the answer has ``errors`` and no ``data``."""

    def __init__(self, errors: Sequence[dict[str, Any]]) -> None:
        super().__init__(errors[0]["message"])
        self.errors = list(errors)

    @classmethod
    def because(
        cls, message: str, code: str, location: Location | None = None
    ) -> RequestRefusedError:
        """A refusal with one error."""
        return cls([describe(message, code, location)])


def describe(
    message: str,
    code: str,
    location: Location | None = None,
    path: Sequence[str | int] | None = None,
) -> dict[str, Any]:
    """One entry of ``errors``."""
    error: dict[str, Any] = {"message": message}
    if location is not None:
        error["locations"] = [{"line": location[0], "column": location[1]}]
    if path is not None:
        error["path"] = list(path)
    error["extensions"] = {"code": code}
    return error


def describe_refusal(
    error: FraisierError, location: Location, path: Sequence[str | int]
) -> dict[str, Any]:
    """
    The entry of ``errors`` for an error of Fraisier; its hint goes along.

    A failure of ours (the database is away) tells a stranger no details: the log has them.
    """
    if error.http_status >= 500:
        log.warning("%s: %s", error.code, error.message)
        return describe("the server cannot do this now", error.code, location, path)
    entry = describe(error.message, error.code, location, path)
    if error.hint:
        entry["extensions"]["hint"] = error.hint
    return entry
