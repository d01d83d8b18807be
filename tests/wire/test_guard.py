"""Which hosts may be called, in local mode and in hosted mode."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterable
from ipaddress import ip_address
from typing import Any

import httpcore2
import pytest

from playground.domain import Endpoint, Secret
from playground.wire import ForbiddenHost, check_endpoint
from playground.wire.guard import GuardedBackend, check_address, check_url

PRIVATE = [
    "127.0.0.1",
    "10.0.0.1",
    "192.168.1.1",
    "172.16.0.1",
    "::1",
    "fd00::1",
    "0.0.0.0",
    "100.64.0.1",
]
METADATA = [
    "169.254.169.254",
    "fe80::1",
    "fd00:ec2::254",
    "100.100.100.200",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "2002:a9fe:a9fe::1",
]
PUBLIC = ["1.1.1.1", "2606:4700::1111"]


@pytest.mark.parametrize("address", [*PRIVATE, *PUBLIC])
def test_local_mode_calls_every_ordinary_address(address: str) -> None:
    check_address(ip_address(address), hosted=False, host=address)


@pytest.mark.parametrize("address", METADATA)
@pytest.mark.parametrize("hosted", [False, True])
def test_no_mode_calls_a_metadata_service(address: str, hosted: bool) -> None:
    with pytest.raises(ForbiddenHost, match=r"never called|public internet"):
        check_address(ip_address(address), hosted=hosted, host=address)


@pytest.mark.parametrize("address", [*PRIVATE, "::ffff:10.0.0.1", "64:ff9b::7f00:1", "224.0.0.1"])
def test_hosted_mode_calls_nothing_private(address: str) -> None:
    with pytest.raises(ForbiddenHost, match="public internet"):
        check_address(ip_address(address), hosted=True, host=address)


@pytest.mark.parametrize("address", PUBLIC)
def test_hosted_mode_calls_the_public_internet(address: str) -> None:
    check_address(ip_address(address), hosted=True, host=address)


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("ftp://example.org", "not a web address"),
        ("file:///etc/passwd", "not a web address"),
        ("localhost:11434", "not a web address"),
        ("", "not a web address"),
        ("http://[::1", "not a web address"),
        ("https://user:secret@example.org/v1", "no user name"),
    ],
)
def test_a_base_url_that_cannot_be_used_is_named(url: str, complaint: str) -> None:
    with pytest.raises(ForbiddenHost, match=complaint):
        check_url(url, hosted=False)


def test_hosted_mode_needs_https() -> None:
    with pytest.raises(ForbiddenHost, match="https"):
        check_url("http://example.org/v1", hosted=True)
    check_url("https://example.org/v1", hosted=True)


def test_a_key_of_the_server_is_not_sent_to_an_address_that_a_user_typed() -> None:
    def endpoint(**how: Any) -> Endpoint:
        key = Secret("k" * 20)
        return Endpoint(provider="openai", base_url="https://example.org/v1", key=key, **how)

    with pytest.raises(ForbiddenHost, match="paste a key of your own"):
        check_endpoint(endpoint(user_supplied=True, key_from_server=True), hosted=False)
    check_endpoint(endpoint(user_supplied=True), hosted=False)
    check_endpoint(endpoint(key_from_server=True), hosted=False)


class Inner(httpcore2.AsyncNetworkBackend):
    """Notes what it is asked to connect to, and connects to nothing."""

    def __init__(self, refuse: Iterable[str] = ()) -> None:
        self.asked: list[str] = []
        self.refuse = set(refuse)

    async def connect_tcp(self, host: str, *_: Any, **__: Any) -> httpcore2.AsyncNetworkStream:
        self.asked.append(host)
        if host in self.refuse:
            raise httpcore2.ConnectError("refused")
        return httpcore2.AsyncMockStream([])


def resolving_to(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Let names resolve to these addresses, a different list each time they are asked for."""
    asked: list[str] = []

    async def getaddrinfo(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        found = answers[min(len(asked), len(answers)) - 1]
        families = [socket.AF_INET6 if ":" in a else socket.AF_INET for a in found]
        return [(f, None, None, "", (a, port)) for f, a in zip(families, found, strict=True)]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo)
    return asked


async def test_the_address_that_was_checked_is_the_one_connected_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = resolving_to(monkeypatch, ["1.1.1.1"], ["127.0.0.1"])
    inner = Inner()
    await GuardedBackend(hosted=True, inner=inner).connect_tcp("rebinding.example", 443)
    assert inner.asked == ["1.1.1.1"]
    assert asked == ["rebinding.example"]


async def test_a_name_with_one_private_address_is_not_called_at_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    resolving_to(monkeypatch, ["1.1.1.1", "10.0.0.1"])
    inner = Inner()
    with pytest.raises(ForbiddenHost, match=r"10\.0\.0\.1"):
        await GuardedBackend(hosted=True, inner=inner).connect_tcp("mixed.example", 443)
    assert inner.asked == []


async def test_ipv4_is_tried_first_and_the_next_address_when_one_does_not_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    resolving_to(monkeypatch, ["::1", "127.0.0.1"])
    inner = Inner(refuse=["127.0.0.1"])
    await GuardedBackend(hosted=False, inner=inner).connect_tcp("localhost", 80)
    assert inner.asked == ["127.0.0.1", "::1"]


async def test_an_unknown_name_is_a_connection_error_that_names_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def getaddrinfo(host: str, port: int, **_: Any) -> list[Any]:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo)
    with pytest.raises(httpcore2.ConnectError, match=r"nowhere\.example was not found"):
        await GuardedBackend(hosted=False).connect_tcp("nowhere.example", 80)


async def test_the_demo_on_loopback_may_be_called_in_hosted_mode_and_nothing_else_there() -> None:
    inner = Inner()
    backend = GuardedBackend(hosted=True, inner=inner)
    backend.own.add(("127.0.0.1", 7777))
    await backend.connect_tcp("127.0.0.1", 7777)
    with pytest.raises(ForbiddenHost):
        await backend.connect_tcp("127.0.0.1", 7778)
    assert inner.asked == ["127.0.0.1"]
