"""`playground lab limits`: gauges, a burst, a plan and what is free."""

from __future__ import annotations

import click

from playground.cli.lab.asking import Options, asking_options
from playground.cli.options import Number


@click.command(short_help="Read rate limits, run into one, plan for them.")
@asking_options
@click.option("--burst", is_flag=True, help="Run into a real 429 of each simulated provider.")
@click.option("--input-tokens", type=click.IntRange(0), default=2_000, show_default=True)
@click.option("--cached", type=Number(0, 1), default=0.0, help="Share read from a cache.")
@click.option("--output-tokens", type=click.IntRange(0), default=500, show_default=True)
@click.option("--seconds", type=Number(0, 3600), default=8.0, help="Of one request.")
@click.option("--rate", type=Number(0), default=60.0, help="Requests a minute wanted.")
def limits(
    models: tuple[str, ...],
    demo: bool,
    as_json: bool,
    burst: bool,
    input_tokens: int,
    cached: float,
    output_tokens: int,
    seconds: float,
    rate: float,
) -> int:
    """Ask each model once and print the limits its headers tell; then what each tier lets through of such requests.

    \b
    playground lab limits --demo --json
    playground lab limits --demo --burst -m anthropic:claude-sonnet-5-5
    """
    from playground.cli.lab.reading_limits import Wanted, tell
    from playground.lab.capacity import Shape

    shape = Shape(
        input_tokens=input_tokens, cached_share=cached, output_tokens=output_tokens, seconds=seconds
    )
    options = Options(models=models, demo=demo, as_json=as_json)
    return tell(options, Wanted(shape=shape, per_minute=rate, burst=burst))
