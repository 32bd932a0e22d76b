"""Where a request comes from, through proxies whose word counts and no others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

ADDRESS_CHARACTERS_MAX = 64  # with the name of an interface

_OF_PROXIES = frozenset(("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via"))


def client_of(
    peer: str | None, headers: Mapping[str, str], trusted: Sequence[Network]
) -> Address | None:
    """
    The client's address; None when the connection has none.

    ``X-Forwarded-For`` is read from the right, and only as long as a trusted proxy says
    it: the client is the first address that is no trusted proxy's. What is left of it,
    or follows something that is no address, a client may have made up.
    """
    client = address_of(peer or "")
    if client is None or not trusted or not _is_in(client, trusted):
        return client
    for entry in reversed(headers.get("x-forwarded-for", "").split(",")):
        said = address_of(entry.strip())
        if said is None:
            return client
        client = said
        if not _is_in(client, trusted):
            return client
    return client


def address_of(text: str) -> Address | None:
    """An address; an IPv4 one that is written as IPv6 is the IPv4 one. None for all else."""
    return _parsed(text) if len(text) <= ADDRESS_CHARACTERS_MAX else None


@lru_cache(maxsize=4_096)  # the same few ask again and again
def _parsed(text: str) -> Address | None:
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def allowed(client: Address | None, networks: Sequence[Network]) -> bool:
    """Whether a client is in one of the networks; everybody is when there are none."""
    return not networks or (client is not None and _is_in(client, networks))


def is_loopback(host: str) -> bool:
    """Whether a name or address means this machine and cannot be reached from another."""
    address = address_of(host)
    return host.lower() == "localhost" if address is None else address.is_loopback


def has_passed_a_proxy(headers: Mapping[str, str]) -> bool:
    """Whether a request says that somebody passed it on."""
    return not _OF_PROXIES.isdisjoint(headers)


def _is_in(address: Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks)
