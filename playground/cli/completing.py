"""Completion in a shell: commands, options, models and files. click does it; what it does not know is told here."""

from __future__ import annotations

from typing import Any

import click
from click.shell_completion import CompletionItem, get_completion_class

SHELLS = ("bash", "zsh", "fish", "powershell")
VARIABLE = "_PLAYGROUND_COMPLETE"
"""Environment variable by which the shell asks: click's own spelling."""
WHOLE_MODELS = "COMP_WORDBREAKS=${COMP_WORDBREAKS//:}\n"
"""bash takes the : in openai:gpt-6.1-sol for the end of a word otherwise."""


class Model(click.ParamType[str]):
    """`provider:model`, completed from the catalog."""

    name = "model"

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """The models that are sold whose spelling begins so."""
        from playground.catalog import current

        return [CompletionItem(str(ref)) for ref in current() if str(ref).startswith(incomplete)]


KINDS: dict[str, Any] = {
    "PROVIDER:MODEL": Model(),
    **dict.fromkeys(("FILE", "SPEC.yaml", "OUT"), click.Path()),
    "FOLDER": click.Path(file_okay=False),
}
"""What an option or argument is called in the help → how it is completed."""


def prepare(command: click.Command) -> None:
    """Say of every option and argument of the command, and of all in it, how it is completed."""
    for param in command.params:
        name = str(param.metavar or (param.name or "").upper())
        if (kind := KINDS.get(name.replace("...", "").strip("[]"))) is not None:
            param.type = kind
    for each in getattr(command, "commands", {}).values():
        prepare(each)


def script(command: click.Command, shell: str) -> str:
    """The lines that switch completion on in a shell."""
    kind = get_completion_class(shell)
    assert kind is not None  # noqa: S101 - one of SHELLS
    asked = kind(command, {}, "playground", VARIABLE)
    lines: str = asked.source_template % asked.source_vars()
    return (WHOLE_MODELS if shell == "bash" else "") + lines.strip() + "\n"
