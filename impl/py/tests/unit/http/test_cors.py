"""Which pages may ask, and what they are told of it."""

from __future__ import annotations

import pytest
from fraisier.http.cors import is_welcome, preflight, shared
from fraisier.http.messages import Response

DESK = "https://desk.example"
METHOD = (b"Access-Control-Request-Method", b"POST")
PLAIN = Response(200, b"{}")


def names(response: Response) -> set[bytes]:
    """The headers that were added to ``PLAIN``."""
    return {name for name, _ in response.headers} - {b"content-type"}


def test_shared__nothing_listed__is_the_same() -> None:
    """Without a list nothing is added, whoever asks."""
    assert shared(PLAIN, [(b"origin", DESK.encode())], ()) is PLAIN


def test_shared__listed_page__may_read() -> None:
    """The answer names its origin; it is another object than the one that may be kept."""
    answer = shared(PLAIN, [(b"Origin", DESK.encode())], (DESK,))
    assert (b"access-control-allow-origin", DESK.encode()) in answer.headers
    assert names(PLAIN) == set()
    assert b"access-control-allow-credentials" not in names(answer)


@pytest.mark.parametrize(
    "said",
    [
        [],
        [b"https://evil.example"],
        [b"null"],
        [b"HTTPS://desk.example"],
        [b"https://desk.example "],
        [b"https://desk.example", b"https://desk.example"],
        [b"\xff"],
    ],
)
def test_shared__other_pages__are_told_nothing(said: list[bytes]) -> None:
    """Caches learn that the origin matters, pages nothing."""
    raw = [(b"origin", value) for value in said]
    assert names(shared(PLAIN, raw, (DESK,))) == {b"vary"}
    assert preflight([*raw, METHOD], (DESK,)) is None


def test_preflight__of_a_listed_page__has_no_body() -> None:
    """Neither a body nor a length of one."""
    asked = preflight([(b"origin", DESK.encode()), METHOD], (DESK,))
    assert asked is not None
    sent = [name for name, _ in asked.start()["headers"]]
    assert (asked.status, b"content-length" in sent) == (204, False)
    assert preflight([(b"origin", DESK.encode())], (DESK,)) is None


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, True),
        ({"origin": "http://a.example:80", "host": "A.example:80"}, True),
        ({"origin": DESK, "host": "a.example"}, True),
        ({"origin": "http://b.example", "host": "a.example"}, False),
        ({"origin": "null", "host": ""}, False),
        ({"origin": "", "host": ""}, False),
        ({"origin": "null"}, False),
        ({"origin": "http://"}, False),
    ],
)
def test_is_welcome__page__is_known_by_its_origin(headers: dict[str, str], expected: bool) -> None:
    """No page, one of the server's own, or a listed one."""
    assert is_welcome(headers, (DESK,)) is expected
