"""What an IP address is for: a list of our own, so that what may be called does not change with Python's `ipaddress`.

From IANA's special-purpose registries for IPv4 and IPv6 as updated on 2025-10-09 (RFC 6890, RFC 8190), its multicast
registries, and the blocks that RFC 3879, 4291, 2765 and 5214 took out of use or gave a meaning; of IPv6 only 2000::/3 is
given out for the public internet (https://www.iana.org/assignments/iana-ipv6-special-registry/). Blocks that the registry
calls globally reachable but that hold no web servers (AS112, AMT, anycast of PCP and TURN) are listed as well.
"""

from __future__ import annotations

import socket
import unicodedata
from collections.abc import Callable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


def _rows(*rows: tuple[str, str]) -> tuple[tuple[Network, str], ...]:
    return tuple((ip_network(block), name) for block, name in rows)


SECRETS = _rows(
    ("169.254.0.0/16", "link-local"),
    ("fe80::/10", "link-local"),
    ("100.100.100.200/32", "a cloud's metadata service"),  # Alibaba
    ("168.63.129.16/32", "a cloud's metadata service"),  # Azure
    ("192.0.0.192/32", "a cloud's metadata service"),  # Oracle
    ("fd00:ec2::/32", "a cloud's metadata service"),  # Amazon
    ("fd20:ce::254/128", "a cloud's metadata service"),  # Google
    ("fd00:c1::a9fe:a9fe/128", "a cloud's metadata service"),  # Oracle
    ("fd00:42::42/128", "a cloud's metadata service"),  # Scaleway
)
"""Where clouds keep the secrets of their machines: never called, in no mode."""

NOT_PUBLIC = _rows(
    ("0.0.0.0/8", "this network"),
    ("10.0.0.0/8", "private"),
    ("100.64.0.0/10", "shared by a carrier's customers"),
    ("127.0.0.0/8", "loopback"),
    ("172.16.0.0/12", "private"),
    ("192.0.0.0/24", "for protocols"),
    ("192.0.2.0/24", "for documentation"),
    ("192.31.196.0/24", "AS112"),
    ("192.52.193.0/24", "AMT"),
    ("192.88.99.0/24", "6to4 relays"),
    ("192.168.0.0/16", "private"),
    ("192.175.48.0/24", "AS112"),
    ("198.18.0.0/15", "for benchmarks"),
    ("198.51.100.0/24", "for documentation"),
    ("203.0.113.0/24", "for documentation"),
    ("224.0.0.0/4", "multicast"),
    ("240.0.0.0/4", "reserved"),
    ("::/128", "unspecified"),
    ("::1/128", "loopback"),
    ("::/96", "IPv4-compatible"),
    ("::ffff:0:0:0/96", "IPv4-translated"),
    ("64:ff9b:1::/48", "translated locally"),
    ("100::/64", "discarded"),
    ("100:0:0:1::/64", "a dummy prefix"),
    ("2001::/23", "for protocols"),  # Teredo, benchmarks, ORCHID, AMT, AS112 and more
    ("2001:db8::/32", "for documentation"),
    ("2002::/16", "6to4"),
    ("2620:4f:8000::/48", "AS112"),
    ("3fff::/20", "for documentation"),
    ("5f00::/16", "segment routing"),
    ("fc00::/7", "private"),
    ("fec0::/10", "site-local"),
    ("ff00::/8", "multicast"),
)
"""Blocks that no server on the public internet has."""

GIVEN_OUT = ip_network("2000::/3")
MAPPED, NAT64 = ip_network("::ffff:0:0/96"), ip_network("64:ff9b::/96")
"""Forms of an IPv4 address that are no addresses of their own: it alone counts."""

INSIDE: tuple[tuple[Network, Callable[[int], int]], ...] = (
    (MAPPED, lambda bits: bits),
    (NAT64, lambda bits: bits),
    (ip_network("64:ff9b:1::/48"), lambda bits: bits),
    (ip_network("::/96"), lambda bits: bits),
    (ip_network("::ffff:0:0:0/96"), lambda bits: bits),
    (ip_network("2002::/16"), lambda bits: bits >> 80),
    (ip_network("2001::/32"), lambda bits: bits >> 64),  # the Teredo server
    (ip_network("2001::/32"), lambda bits: ~bits),  # the Teredo client
)
"""IPv6 block → where an IPv4 address stands in its addresses, as the lowest 32 bits of the result."""


def forms(address: Address) -> tuple[Address, ...]:
    """All addresses that count where this one is called: itself, and an IPv4 address that it carries."""
    if isinstance(address, IPv4Address):
        return (address,)
    bits = int(address)
    found = [_ipv4(where(bits)) for block, where in INSIDE if address in block]
    if (bits >> 32) & 0xFCFF_FFFF == 0x0000_5EFE:  # ISATAP, RFC 5214
        found.append(_ipv4(bits))
    return (*found,) if address in MAPPED or address in NAT64 else (address, *found)


def _ipv4(bits: int) -> IPv4Address:
    return IPv4Address(bits & 0xFFFF_FFFF)


def secret(address: Address) -> str | None:
    """What makes the address one that is never called; None for every other."""
    return next((name for block, name in SECRETS if address in block), None)


def not_public(address: Address) -> str | None:
    """What makes the address one that is not on the public internet; None for one that is."""
    if special := next((name for block, name in NOT_PUBLIC if address in block), None):
        return special
    known = isinstance(address, IPv4Address) or address in GIVEN_OUT
    return None if known else "not given out"


def spelled(host: str) -> Address | None:
    """The address that a host spells as a resolver reads it, also in short, decimal, octal, hex or wide digits; None for a name."""
    plain = unicodedata.normalize("NFKC", host).replace("\u3002", ".").rstrip(".")
    try:
        return ip_address(plain)
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(plain))
    except (OSError, ValueError):
        return None
