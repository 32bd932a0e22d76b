"""
Loaded by schemathesis itself (``SCHEMATHESIS_HOOKS``): signs webhooks.

An unsigned body is refused before it is read. So some of the valid requests to /webhook
become a push of some forge, rightly signed, with one of its values replaced by what
schemathesis came up with. Which, body and number decide: a seed repeats the run.
"""

from __future__ import annotations

import itertools
import json
import os
import zlib
from typing import Any, cast

import requests
import schemathesis
from requests.auth import AuthBase

from conform.world.forges import FORGES, Forge

SECRETS: dict[str, str] = json.loads(os.environ.get("CONFORM_FUZZING_SECRETS", "{}"))
NUMBERS = itertools.count()
SIGNED_OF = 4  # in so many requests all but one are signed


@schemathesis.hook  # pyright: ignore[reportUnknownMemberType]
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """Sign what goes to /webhook, unless something about it is meant to be wrong."""
    mode = case.meta.generation.mode if case.meta else None
    if case.operation.path == "/webhook" and mode is not None and mode.is_positive:
        kwargs["auth"] = Signing(case.body)


class Signing(AuthBase):
    """Turns a request into a push of a forge."""

    def __init__(self, given: Any) -> None:
        self.given = given

    def __call__(self, r: requests.PreparedRequest) -> requests.PreparedRequest:
        """The prepared request, signed."""
        lot = zlib.crc32(f"{next(NUMBERS)} {self.given!r}".encode(errors="replace"))
        if lot % SIGNED_OF == 0:
            return r
        known = [forge for name, forge in FORGES.items() if name in SECRETS]
        forge = known[lot // SIGNED_OF % len(known)]
        body = _mutant(forge, self.given, lot)
        _take_headers_off(r)
        r.headers.update(forge.headers(body, forge.event_of("push"), SECRETS[forge.name]))
        r.url = (r.url or "").partition("?")[0]
        r.prepare_body(body, None)
        return r


def _take_headers_off(request: requests.PreparedRequest) -> None:
    for name in [n for n in request.headers if n.lower().startswith(("x-", "webhook-"))]:
        del request.headers[name]
    request.headers.pop("Idempotency-Key", None)


def _mutant(forge: Forge, given: Any, lot: int) -> bytes:
    """A push with one value, at any depth, replaced."""
    document: Any = forge.payload("push", "main", "a" * 40)
    values = list(cast("dict[str, Any]", given).values()) if isinstance(given, dict) else []
    inner, key = _places(document)[lot // 64 % len(_places(document))]
    inner[key] = values[0] if values else given
    return json.dumps(document, default=repr).encode()


def _places(value: dict[Any, Any] | list[Any]) -> list[tuple[Any, Any]]:
    """Every container with every key or index of it."""
    found: list[tuple[Any, Any]] = []
    for key, each in list(value.items() if isinstance(value, dict) else enumerate(value)):
        found.append((value, key))
        if isinstance(each, dict | list):
            found += _places(cast("Any", each))
    return found
