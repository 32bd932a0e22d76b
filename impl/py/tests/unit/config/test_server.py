"""The section ``server`` and the networks of forges."""

from __future__ import annotations

from ipaddress import ip_network

import pytest
from fraisier.config.problems import dotted

from .conftest import Load, Problems

SHOP = "fraises: {shop: {environments: {production: {}}}}\n"


def test_server__whole_section__is_read(load: Load) -> None:
    """Networks are values that addresses can be looked up in."""
    text = (
        "server: {token: a-token-of-this-test, trusted_proxies: [127.0.0.1, '2001:db8::/32'],"
        " failed_signatures: 7, cors: ['https://desk.example', 'http://[::1]:5173']}\n"
    )
    server = load(text + SHOP).server
    assert (server.token, server.failed_signatures) == ("a-token-of-this-test", 7)
    assert server.trusted_proxies == (ip_network("127.0.0.1/32"), ip_network("2001:db8::/32"))
    assert server.cors == ("https://desk.example", "http://[::1]:5173")


def test_server__nothing_said__is_closed(load: Load) -> None:
    """Nobody is let in, and no proxy believed, unless somebody says so."""
    server = load(SHOP).server
    assert (server.token, server.open, server.trusted_proxies) == (None, False, ())
    assert server.cors == ()


@pytest.mark.parametrize("forge", ["github", "gitlab", "gitea", "bitbucket"])
def test_forge__addresses__are_kept(forge: str, load: Load) -> None:
    """Every forge may have them."""
    loaded = load(f"git: {{{forge}: {{addresses: [192.0.2.7]}}}}\n{SHOP}")
    assert loaded.git.providers[forge].addresses == (ip_network("192.0.2.7/32"),)


@pytest.mark.parametrize(
    ("server", "path", "message"),
    [
        ("open: perhaps", "server.open", "true or false"),
        ("open: true, token: a-token-of-this-test", "server.open", "not both"),
        ("trusted_proxies: 127.0.0.1", "server.trusted_proxies", "a list"),
        ("trusted_proxies: []", "server.trusted_proxies", "a list"),
        ("trusted_proxies: [proxy.example]", "server.trusted_proxies[0]", "not an address"),
        ("trusted_proxies: [127.0.0.1, 10.0.0.300]", "server.trusted_proxies[1]", "not an address"),
        ("trusted_proxies: [127]", "server.trusted_proxies[0]", "not an address"),
        ("trusted_proxies: [0.0.0.0/0]", "server.trusted_proxies[0]", "is everybody"),
        ("trusted_proxies: ['::/0']", "server.trusted_proxies[0]", "is everybody"),
        ("trusted_proxies: [10.0.0.1/8]", "server.trusted_proxies[0]", "bits beyond its mask"),
        ("cors: https://desk.example", "server.cors", "a list"),
        ("cors: []", "server.cors", "a list"),
        ("cors: ['*']", "server.cors[0]", "has to be listed"),
        ("cors: ['https://*.example']", "server.cors[0]", "has to be listed"),
        ("cors: ['null']", "server.cors[0]", "not an origin"),
        ("cors: [null]", "server.cors[0]", "not an origin"),
        ("cors: [desk.example]", "server.cors[0]", "not an origin"),
        ("cors: ['https://a.example', 'https://b.example/']", "server.cors[1]", "not an origin"),
        ("cors: ['https://Desk.example']", "server.cors[0]", "small letters"),
        ("cors: ['https://ann@desk.example']", "server.cors[0]", "not an origin"),
        ("cors: ['https://desk.example:443']", "server.cors[0]", "leave out :443"),
        ("cors: ['http://localhost:80']", "server.cors[0]", "leave out :80"),
        ("cors: ['http://desk.example']", "server.cors[0]", "use https"),
        ("cors: ['http://192.0.2.7:5173']", "server.cors[0]", "use https"),
        ("failed_signatures: 0", "server.failed_signatures", "from 1 to 100000"),
    ],
)
def test_server__wrong_value__is_named(
    server: str, path: str, message: str, problems: Problems
) -> None:
    """Each mistake has its place."""
    (problem,) = problems(f"server: {{{server}}}\n{SHOP}")
    assert dotted(problem.path) == path
    assert message in problem.message
