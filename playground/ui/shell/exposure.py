"""Who else can reach this server: in local mode nobody but this computer may, unless whoever starts it has said so."""

from __future__ import annotations

import ipaddress
import os
import socket
import sys
from collections.abc import Mapping

from streamlit import config

from playground import settings

TOLD = "PLAYGROUND_OPEN_TO_NETWORK"
"""Set to 1, local mode is served to other computers too."""
OPTION = "server.address"
_WHY = (
    "In local mode everyone who reaches the app spends this computer's keys and reads its history. Where strangers come, start it"
    " with PLAYGROUND_HOSTED=1: visitors then bring their own keys. Where you trust everyone on your network, set"
    f" {TOLD}=1."
)
REFUSED = f"The app answers this computer only. {_WHY}"
"""What another computer is told, where a server that was not asked listens for it."""


def open_to_others(env: Mapping[str, str] | None = None) -> bool:
    """Whether other computers may come: hosted mode, or local mode that was told so."""
    env = os.environ if env is None else env
    told = env.get(TOLD, "").strip().lower()
    return settings.hosted(env) or told not in ("", *settings.OFF)


def refuse_to_start(address: str | None = None) -> None:
    """SystemExit with sentences that name the fix, where the address to listen on is not this computer's alone.

    `address` is what Streamlit is to be told; None for what it has been told already. Empty is every address.
    """
    if problem := start_problem(address if address is not None else config.get_option(OPTION)):
        print(problem, file=sys.stderr)
        raise SystemExit(1)


def start_problem(address: str | None, env: Mapping[str, str] | None = None) -> str | None:
    """Why the app must not start, None where it may."""
    if open_to_others(env) or (address and _here(address)):
        return None
    where = f"{OPTION} is {address}" if address else f"{OPTION} is not set, which means every one"
    return (
        f"Not started: other computers could reach this address ({where}). {_WHY} For this computer alone, give"
        f" --{OPTION} localhost or leave it out."
    )


def from_elsewhere(ip: str) -> bool:
    """Whether a connection that came to this address of ours may have come from another computer."""
    try:
        return not _loopback(ip)
    except ValueError:
        return False


def _here(address: str) -> bool:
    """Whether nobody but this computer can reach the address; a file's path is one, too."""
    if address.startswith("unix:"):
        return True
    try:
        return _loopback(address)
    except ValueError:
        pass
    try:
        found = {str(info[4][0]) for info in socket.getaddrinfo(address, None)}
    except OSError:
        return False
    return all(map(_loopback, found))


def _loopback(ip: str) -> bool:
    found = ipaddress.ip_address(ip.strip("[]").partition("%")[0])
    return (getattr(found, "ipv4_mapped", None) or found).is_loopback
