"""Who a client is behind proxies, and who is let in by address."""

from __future__ import annotations

from ipaddress import ip_network

import pytest
from fraisier.http.source import address_of, allowed, client_of, is_loopback
from hypothesis import given
from hypothesis import strategies as st

PROXIES = (ip_network("10.0.0.0/8"), ip_network("2001:db8:aaaa::/48"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("192.0.2.1", None, "192.0.2.1"),
        ("192.0.2.1", "198.51.100.1", "192.0.2.1"),  # nobody asked this client
        ("10.0.0.1", None, "10.0.0.1"),
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "203.0.113.9, 198.51.100.1", "198.51.100.1"),  # the left one is made up
        ("10.0.0.1", "198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("10.0.0.1", "198.51.100.1, unknown", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.1, unknown, 10.0.0.2", "10.0.0.2"),
        ("10.0.0.1", "198.51.100.1:443", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.01", "10.0.0.1"),  # octal for some
        ("10.0.0.1", "", "10.0.0.1"),
        ("::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("2001:db8:aaaa::1", "2001:db8::7", "2001:db8::7"),
        ("10.0.0.1", "::ffff:198.51.100.1", "198.51.100.1"),
    ],
)
def test_client_of__behind_proxies__is_the_last_untrusted(
    peer: str, forwarded: str | None, expected: str
) -> None:
    """Read from the right; what an untrusted client wrote on the left does not count."""
    headers = {} if forwarded is None else {"x-forwarded-for": forwarded}
    assert str(client_of(peer, headers, PROXIES)) == expected


def test_client_of__no_trusted_proxies__is_the_peer() -> None:
    """Without proxies that are declared, the header means nothing."""
    assert str(client_of("10.0.0.1", {"x-forwarded-for": "192.0.2.1"}, ())) == "10.0.0.1"


def test_client_of__no_peer__is_nobody() -> None:
    """A connection without an address has no client, whatever its headers say."""
    assert client_of(None, {"x-forwarded-for": "192.0.2.1"}, PROXIES) is None


@given(st.text())
def test_client_of__any_header__never_fails(forwarded: str) -> None:
    """The header is a stranger's."""
    assert client_of("10.0.0.1", {"x-forwarded-for": forwarded}, PROXIES) is not None


def test_allowed__networks__let_only_theirs_in() -> None:
    """No networks let everybody in; an unknown address is in none."""
    networks = (ip_network("192.0.2.0/24"),)
    assert allowed(address_of("192.0.2.9"), networks)
    assert not allowed(address_of("198.51.100.1"), networks)
    assert not allowed(address_of("2001:db8::1"), networks)
    assert not allowed(None, networks)
    assert allowed(None, ())


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("localhost", True),
        ("LOCALHOST", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.0.2.1", False),
        ("localhost.example", False),
        ("127.0.0.1.example", False),
        ("2130706433", False),
        ("", False),
    ],
)
def test_is_loopback__names_and_addresses__are_told_apart(host: str, expected: bool) -> None:
    """Only what surely means this machine does."""
    assert is_loopback(host) is expected
