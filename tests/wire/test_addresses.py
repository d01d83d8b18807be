"""Which addresses are on the public internet, which hold a cloud's secrets, and how a host may spell one."""

from __future__ import annotations

import asyncio
import socket
from ipaddress import ip_address
from typing import Any

import pytest

from playground.wire import ForbiddenHost
from playground.wire.guard import PORTS, GuardedBackend, check_address, check_url
from tests.wire.test_guard import Inner


def words(text: str) -> list[str]:
    return text.split()


SECRET = words("""
169.254.169.254  169.254.170.2  169.254.0.23  169.254.42.42  100.100.100.200  168.63.129.16  192.0.0.192
fe80::1  fe80::a9fe:a9fe  febf::1  fd00:ec2::254  fd00:ec2::23  fd20:ce::254  fd00:c1::a9fe:a9fe  fd00:42::42
::ffff:169.254.169.254  ::169.254.169.254  ::ffff:0:169.254.169.254  64:ff9b::169.254.169.254
64:ff9b:1::169.254.169.254  2002:a9fe:a9fe::1  2001:0:a9fe:a9fe::1  2001:0:808:808:0:0:5601:5601
fe80::5efe:1.1.1.1  2606:4700::5efe:169.254.169.254  2606:4700::200:5efe:169.254.169.254  ::ffff:100.100.100.200
fe80::1%eth0  fd00:ec2::254%1
""")
"""Never called; 2001:0:…:5601:5601 is Teredo's, whose client is written with all bits turned round."""

NOT_PUBLIC = words("""
0.0.0.0  0.1.2.3  10.0.0.1  10.255.255.255  100.64.0.1  100.127.255.255  127.0.0.1  127.255.255.254  172.16.0.1
172.31.255.255  192.0.0.1  192.0.0.9  192.0.0.10  192.0.0.170  192.0.2.1  192.31.196.1  192.52.193.1  192.88.99.1
192.88.99.2  192.168.0.1  192.175.48.1  198.18.0.1  198.19.255.255  198.51.100.1  203.0.113.1  224.0.0.1
239.255.255.255  240.0.0.1  255.255.255.255
::  ::1  ::8.8.8.8  ::127.0.0.1  ::ffff:127.0.0.1  ::ffff:10.0.0.1  ::ffff:0:8.8.8.8  ::ffff:0:10.0.0.1
64:ff9b::10.0.0.1  64:ff9b::127.0.0.1  64:ff9b:1::1  64:ff9b:1::8.8.8.8  100::1  100:0:0:1::1  2001::1
2001:1::1  2001:2::1  2001:3::1  2001:4:112::1  2001:10::1  2001:20::1  2001:30::1  2001:db8::1  2002:808:808::1
2002:a00:1::1  2620:4f:8000::1  3fff::1  3fff:fff::1  5f00::1  fc00::1  fd12:3456::1  fec0::1  feff::1  ff02::1
ff0e::1  4000::1  1000::1  e000::1  2606:4700::5efe:10.0.0.1  2606:4700::200:5efe:192.168.0.1  ::1%lo
""")

PUBLIC = words("""
1.1.1.1  8.8.8.8  100.63.255.255  100.128.0.0  172.15.0.1  172.32.0.1  192.0.1.1  192.167.255.255  198.17.255.255
198.20.0.0  223.255.255.255  169.253.0.1  2606:4700::1111  2001:4860:4860::8888  2a00:1450:4001::1  2620:4f:7fff::1
2001:200::1  3ffe::1  64:ff9b::8.8.8.8  ::ffff:8.8.8.8  2606:4700::5efe:8.8.8.8
""")


@pytest.mark.parametrize("hosted", [False, True])
@pytest.mark.parametrize("address", SECRET)
def test_a_clouds_secrets_are_called_in_no_mode(address: str, hosted: bool) -> None:
    with pytest.raises(ForbiddenHost, match=r"never called|public internet"):
        check_address(ip_address(address), hosted=hosted, host="h.example")


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_what_is_not_public_is_called_in_local_mode_only(address: str) -> None:
    check_address(ip_address(address), hosted=False, host="h.example")
    with pytest.raises(ForbiddenHost, match=r"h\.example .*public internet"):
        check_address(ip_address(address), hosted=True, host="h.example")


@pytest.mark.parametrize("address", PUBLIC)
def test_what_is_public_is_called(address: str) -> None:
    check_address(ip_address(address), hosted=True, host="h.example")


SPELLINGS = words("""
127.1  127.0.1  2130706433  0x7f000001  0x7f.0.0.1  0x7f.1  0177.0.0.1  017700000001  0  127.0.0.1.  10.0.1
１２７.０.０.１  ①②⑦.⓪.⓪.①  127。0。0。1  127．0．0．1  127｡0｡0｡1  ２１３０７０６４３３  [::1]  [::1%25lo]
[::ffff:127.0.0.1]  [::ffff:7f00:1]  [0:0:0:0:0:0:0:1]  [::127.0.0.1]  [fe80::1%25eth0]  [FE80::1]  0xA9FEA9FE
0251.0376.0251.0376  169.254.43518  [64:ff9b::a9fe:a9fe]  %31%32%37.0.0.1  127.0.0.%31  127.0.0.1%00  [2606:4700::1%25eth0]
""")


@pytest.mark.parametrize("host", SPELLINGS)
def test_hosted_mode_refuses_an_address_however_it_is_spelled(host: str) -> None:
    with pytest.raises(ForbiddenHost):
        check_url(f"https://{host}/v1", hosted=True)


@pytest.mark.parametrize(
    "host", ["127.1", "2130706433", "0x7f.1", "127.0.0.1.", "[::1]", "localhost", "box", "10.0.1"]
)
def test_local_mode_keeps_them(host: str) -> None:
    check_url(f"http://{host}:11434/v1", hosted=False)


@pytest.mark.parametrize("host", ["169.254.43518", "0xA9FEA9FE", "１６９.２５４.１６９.２５４"])
def test_no_mode_calls_a_clouds_secrets_however_they_are_spelled(host: str) -> None:
    with pytest.raises(ForbiddenHost, match="never called"):
        check_url(f"http://{host}/latest", hosted=False)


@pytest.mark.parametrize(
    "host", ["example.org", "1.1.1.1", "bücher.example", "api.1password.com", "0x.example", "[2606:4700::1111]"]
)  # fmt: skip
def test_names_and_public_addresses_are_called(host: str) -> None:
    check_url(f"https://{host}/v1", hosted=True)


@pytest.mark.parametrize("port", [0, 21, 22, 25, 53, 80, 2375, 5432, 6379, 6667, 8000, 9200, 11211])
def test_hosted_mode_calls_no_port_that_is_not_for_https(port: int) -> None:
    with pytest.raises(ForbiddenHost, match=rf"Port {port} of example\.org .*443"):
        check_url(f"https://example.org:{port}/v1", hosted=True)
    check_url(f"https://example.org:{port}/v1", hosted=False)


@pytest.mark.parametrize("port", PORTS)
def test_hosted_mode_calls_the_ports_of_https(port: int) -> None:
    check_url(f"https://example.org:{port}/v1", hosted=True)


async def test_the_port_is_checked_where_the_connection_is_opened_as_well() -> None:
    inner = Inner()
    with pytest.raises(ForbiddenHost, match="Port 6379"):
        await GuardedBackend(hosted=True, inner=inner).connect_tcp("1.1.1.1", 6379)
    await GuardedBackend(hosted=False, inner=inner).connect_tcp("1.1.1.1", 6379)
    assert inner.asked == ["1.1.1.1"]


@pytest.mark.parametrize(
    "address", ["64:ff9b:1::1", "::8.8.8.8", "192.0.0.9", "3fff::1", "fec0::1"]
)
async def test_a_name_that_means_such_an_address_is_not_called(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def getaddrinfo(*_: Any, **__: Any) -> list[Any]:
        return [(socket.AF_INET6, None, None, "", (address, 443))]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo)
    inner = Inner()
    with pytest.raises(ForbiddenHost, match=r"odd\.example"):
        await GuardedBackend(hosted=True, inner=inner).connect_tcp("odd.example", 443)
    assert inner.asked == []
