"""What `playground lab wire` does."""

from __future__ import annotations

from playground.cli.lab import asking
from playground.cli.show import safe
from playground.domain import Request, Response, Run


def inspect(prompt: str, options: asking.Options) -> int:
    """Send, print each exchange, and return the exit code: 0 all answered, 1 any failed, 130 stopped."""
    with asking.asked(options) as (refs, endpoints):
        done = asking.run([Request.ask(ref, prompt) for ref in refs], endpoints)
    if not isinstance(done, Run):
        return done
    if options.as_json:
        from playground.domain.nouns import jsonable
        from playground.export import dumps

        exchanges = [jsonable(response.exchange) for response in done.responses]
        print(dumps({"simulated": done.simulated, "exchanges": exchanges}), flush=True)
    else:
        for response in done.responses:
            _print(response)
    return asking.exit_code(done)


def _print(response: Response) -> None:
    exchange = response.exchange
    print(f"# {response.model}{' (simulated)' if response.simulated else ''}")
    if exchange is None:
        print("Nothing was sent.")
        return
    print(f"{exchange.method} {safe(exchange.url)}")
    for name, value in exchange.request_headers.items():
        print(f"> {name}: {safe(value)}")
    print(f"< HTTP {exchange.status}")
    for name, value in exchange.response_headers.items():
        print(f"< {name}: {safe(value)}")
    for event in exchange.events:
        print(f"{event.offset:9.3f} {event.name or ''} {safe(event.data)}")
    if exchange.response_body is not None:
        print(safe(exchange.response_body))
