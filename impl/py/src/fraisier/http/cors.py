"""Pages of other origins: which of them may ask, and read what they are answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from fraisier.http.messages import Response

if TYPE_CHECKING:
    from fraisier.http.messages import HeaderList

# Short: a browser goes by it for so long after an origin was taken off the list.
PREFLIGHT_SECONDS = b"600"
_PREFLIGHT: HeaderList = (
    (b"access-control-allow-methods", b"GET, POST"),
    (b"access-control-allow-headers", b"accept, authorization, content-type, last-event-id"),
    (b"access-control-max-age", PREFLIGHT_SECONDS),
)
_EXPOSED = (b"access-control-expose-headers", b"Fraisier-Scopes, Retry-After")
_VARY = (b"vary", b"Origin")


def is_welcome(headers: Mapping[str, str], origins: Sequence[str]) -> bool:
    """
    Whether a request is of no page, of one of the server itself, or of one of ``origins``.

    Browsers say of which origin a page is, and no page can say otherwise.
    """
    origin = headers.get("origin")
    if origin is None or origin in origins:
        return True
    place = origin.partition("://")[2].lower()
    return place != "" and place == headers.get("host", "").lower()


def preflight(raw: HeaderList, origins: Sequence[str]) -> Response | None:
    """
    The answer to a browser that asks whether a page of ``origins`` may send a request.

    None when it is no such question, or not about one of them.
    """
    asked = any(name.lower() == b"access-control-request-method" for name, _ in raw)
    if not asked or _listed(raw, origins) is None:
        return None
    return Response(204, b"", _PREFLIGHT)


def shared(response: Response, raw: HeaderList, origins: Sequence[str]) -> Response:
    """
    ``response`` to a request with the headers ``raw``, such that pages of ``origins``, and
    no others, may read it. Never with what a browser knows of its user: there are no cookies.
    """
    if not origins:
        return response
    origin = _listed(raw, origins)
    allowed = () if origin is None else ((b"access-control-allow-origin", origin), _EXPOSED)
    return replace(response, headers=(*response.headers, _VARY, *allowed))


def _listed(raw: HeaderList, origins: Sequence[str]) -> bytes | None:
    said = [value for name, value in raw if name.lower() == b"origin"]
    if len(said) != 1 or said[0].decode("latin-1") not in origins:
        return None
    return said[0]
