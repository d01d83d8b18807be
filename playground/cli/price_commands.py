"""`playground prices` and its options; what its commands do is imported when they are called."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem

from playground.cli.options import PORT


class ListOr(click.Group):
    """A group whose `list` command may be left out: what is no command's name is that one's argument."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        completing = ctx.resilient_parsing and not args
        if not completing and (not args or args[0] not in (*self.commands, *ctx.help_option_names)):
            args = ["list", *args]
        return super().parse_args(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The commands, and the options of the one that may be left out."""
        found = super().shell_complete(ctx, incomplete)
        of_list = self.commands["list"].shell_complete(ctx, incomplete)
        return list({item.value: item for item in (*of_list, *found)}.values())


@click.group(cls=ListOr, short_help="List what the models cost; check and refresh the list.")
def prices() -> None:
    """List prices, or check them against genai-prices.

    \b
    playground prices              all of them
    playground prices sonnet       those whose provider or model holds "sonnet"
    playground prices check        what others have otherwise, and what may be out of date
    playground prices refresh      a diff that brings pricing.yaml up to date
    playground prices export       every price that ever held, as one JSON document
    playground prices serve        answers over HTTP and MCP
    """


@prices.command("list", short_help="List prices; the word `list` may be left out.")
@click.argument("filter_", metavar="[FILTER]", default="")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def prices_list(filter_: str, as_json: bool) -> int:
    """List prices in USD per 1,000,000 tokens; FILTER is part of a provider's or model's name."""
    from playground.cli.tables import prices

    return prices(filter_, as_json)


@prices.command(short_help="Say what others have otherwise and what may be out of date.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--live", is_flag=True, help="Ask the models endpoints too, of all that have a key.")
@click.option("--strict", is_flag=True, help="Exit with 1 for whatever is found.")
def check(as_json: bool, live: bool, strict: bool) -> int:
    """Compare prices and models with the installed packages, and say what may be out of date.

    \b
    - prices that genai-prices has otherwise, beyond 0.5 %, and last days that an SDK has otherwise
    - models that an SDK, genai-prices or (--live) a models endpoint knows and that are not here
    - days that have come since a row was read: retirements, ends of offers, announced prices
    - rows that were read more than 30 days ago

    Exit code: 1 if an installed package contradicts a row that does not say so itself, or a models endpoint could not be
    asked; with --strict for anything that is found; else 0.
    """
    from playground.cli.price_check import check

    return check(as_json=as_json, live=live, strict=strict)


@prices.command(short_help="Propose changes to pricing.yaml as a diff.")
@click.option(
    "--add",
    "new",
    multiple=True,
    metavar="PROVIDER:MODEL",
    help="Add this model too, if it is new.",
)
@click.option("--apply", is_flag=True, help="Write the changes into pricing.yaml as well.")
@click.option("--json", "as_json", is_flag=True, help="Print the rows as JSON instead.")
def refresh(new: tuple[str, ...], apply: bool, as_json: bool) -> int:
    """Print what genai-prices has otherwise as a diff of pricing.yaml.

    Rows are added with the day from which they hold; nothing is overwritten, and comments stay.
    """
    from playground.cli.price_check import refresh

    return refresh(new, apply, as_json)


OWN = click.option(
    "--own", is_flag=True, help="With prices of your own, which are left out otherwise."
)


@prices.command("export", short_help="Write the dated table as JSON.")
@click.option("-o", "--output", default="-", metavar="FILE", help="Default: standard output.")
@click.option("--schema", is_flag=True, help="Write the JSON Schema of the table instead.")
@OWN
def prices_export(output: str, schema: bool, own: bool) -> int:
    """Write every price with the days on which it held, its source and the day it was checked, as one JSON document.

    \b
    playground prices export -o prices.json
    playground prices export --schema -o prices.schema.json
    """
    from playground.cli.price_serving import export

    return export(output, schema=schema, own=own)


@prices.command("serve", short_help="Answer questions about prices over HTTP and MCP.")
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS")
@click.option("--port", type=PORT, default=8765, show_default=True, help="0 = any free one.")
@click.option("--stdio", is_flag=True, help="Speak MCP on standard input and output instead.")
@OWN
def prices_serve(host: str, port: int, stdio: bool, own: bool) -> int:
    """Answer until Ctrl+C: the price of a model on a day with its source, and what a usage cost by the prices of a day.

    \b
    curl "http://127.0.0.1:8765/price?model=openai:gpt-6.1-sol&on=2026-11-27"
    curl "http://127.0.0.1:8765/cost?model=openai:gpt-6.1-sol&input_tokens=1000&output_tokens=200"
    curl http://127.0.0.1:8765/prices.json

    MCP is at /mcp, with the tools models, price and cost; for a client that starts its servers: playground prices serve
    --stdio.
    """
    from playground.cli.price_serving import serve

    return serve(host, port, stdio=stdio, own=own)
