"""What `playground lab gateway` does."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import click

from playground.cli.ask import simulated
from playground.cli.lab import asking
from playground.cli.say import say
from playground.cli.show import safe
from playground.domain import ModelRef, Run, Secret


def tell(
    url: str,
    door: str,
    model: str,
    key_env: str | None,
    demo_url: str | None,
    token: str | None,
    as_json: bool,
) -> int:
    """Send, compare, print; 0 when all is the same, 1 when anything differs."""
    from playground import catalog
    from playground.demo.process import heard_at
    from playground.domain.nouns import jsonable
    from playground.export import dumps
    from playground.lab import gateway

    if bool(url) != bool(demo_url and token):
        raise click.UsageError("URL, --demo-url and --token belong together: see --help.")
    provider, api = door.split("/")
    usual = next(ref for ref in catalog.defaults() if ref.provider == provider)
    ref = ModelRef(provider, api, model or usual.model)
    if key_env and not os.environ.get(key_env):
        raise click.UsageError(f"No key: set {key_env}, or leave --key-env out.")
    key = Secret(os.environ[key_env]) if key_env else None
    token = token or secrets.token_urlsafe(16)
    with _demo(demo_url) as root:
        noted = len(heard_at(root, token))
        where = {provider: gateway.endpoint(ref, root, token, url, key)}
        done = asking.run([gateway.request(ref)], where)
        if not isinstance(done, Run):
            return done
        heard = heard_at(root, token)[noted:]
    response = done.responses[0]
    if response.exchange is None:
        say(response.failure.told if response.failure else "Nothing was sent.")
        return 1
    found = gateway.truth(response.exchange, heard)
    if as_json:
        print(dumps({"simulated": True, "ok": response.ok, **jsonable(found)}), flush=True)
    else:
        print(f"The gateway asked {found.calls} time{'s' if found.calls != 1 else ''} (simulated)")
        for part in found.parts:
            print(f"\n{part.name}: {'same' if part.same else 'CHANGED'}. {safe(part.said)}")
            for line in part.changes:
                print(f"  {safe(line)}")
    return 0 if response.ok and found.parts and all(part.same for part in found.parts) else 1


@contextmanager
def _demo(url: str | None) -> Iterator[str]:
    """The address of the demo that was named, or of one that runs as long as this block."""
    if url:
        yield url.rstrip("/")
        return
    with simulated() as endpoints:
        parts = urlsplit(endpoints["openai"].base_url)
        yield f"{parts.scheme}://{parts.netloc}"
