"""`playground code`: a request as a small project in a folder, ready to run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from playground import settings
from playground.cli import ask as asking
from playground.cli import here
from playground.cli.say import say
from playground.domain import Request
from playground.export import dumps
from playground.export.projects import LANGUAGES, project, write


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The options of the command, as typed."""

    prompts: tuple[str, ...]
    model: str | None
    system: str | None
    files: tuple[str, ...]
    kind: str
    language: str
    way: str
    folder: str | None
    settings: Mapping[str, Any]
    as_json: bool


def code(options: Options) -> int:
    """Write the project and say how to run it; UsageError says why there is none."""
    requests = [_request(options, prompt) for prompt in options.prompts]
    if options.kind != "batch" and len(requests) > 1:
        raise click.UsageError("Several prompts are the lines of a batch: add --kind batch.")
    request = requests[0]
    endpoint = here.known(settings.load().endpoints)[request.model.provider]
    try:
        made = project(
            requests,
            endpoint,
            kind=options.kind,
            language=options.language,
            way=options.way,
        )
        folder = Path(options.folder or made.name).expanduser()
        write(made, folder)
    except (ValueError, FileExistsError) as error:
        raise click.UsageError(str(error)) from None
    language = LANGUAGES[options.language]
    if options.as_json:
        print(dumps({"folder": str(folder), "files": sorted(made.files)}))
        return 0
    print(folder)
    say(
        f"{len(made.files)} files. Next: cd {folder} && {language.install}; README.md says the rest."
    )
    return 0


def _request(options: Options, prompt: str) -> Request:
    """The request as `playground ask` would send it."""
    asked = asking.Options(
        prompt=prompt,
        models=(options.model,) if options.model else (),
        system=options.system,
        files=options.files,
        retries=0,
        timeout=600.0,
        demo=False,
        as_json=False,
        settings=options.settings,
    )
    refs = asking.chosen(asked, here.known(settings.load().endpoints))
    return asking.fitted(asking.build(asked, refs[:1])[0])
