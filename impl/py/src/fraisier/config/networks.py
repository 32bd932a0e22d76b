"""The checks of networks: who may deliver, whose word about a client's address counts."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import TYPE_CHECKING, Any, cast

from fraisier.config.problems import Path

if TYPE_CHECKING:
    from fraisier.config.reader import Reader

Network = IPv4Network | IPv6Network

_HINT = 'a list of addresses and networks: [192.0.2.7, 198.51.100.0/24, "2001:db8::/32"]'


def networks(reader: Reader, value: Any, path: Path) -> tuple[Network, ...]:
    """A list of addresses and networks; never one that holds every address there is."""
    if not isinstance(value, list) or not value:
        reader.refuse(path, "this must be a list with something in it", hint=_HINT)
        return ()
    items = enumerate(cast("list[Any]", value))
    found = [_network(reader, item, (*path, index)) for index, item in items]
    return tuple(network for network in found if network is not None)


def _network(reader: Reader, value: Any, path: Path) -> Network | None:
    try:
        network = ip_network(str(value), strict=False) if isinstance(value, str) else None
    except ValueError:
        network = None
    if network is None:
        reader.refuse(path, f'"{value}" is not an address or a network', hint=_HINT)
    elif network.prefixlen == 0:
        reader.refuse(path, f'"{value}" is everybody', hint="name the addresses that you know")
    elif str(value).partition("/")[0] != str(network.network_address) and "/" in str(value):
        reader.refuse(path, f'"{value}" has bits beyond its mask', hint=f"write {network}")
    else:
        return network
    return None
