"""What an experiment is: the shape of its YAML file. Reading it, with file and line of every mistake, is `reading`."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Part(BaseModel):
    """A part of a spec: unknown keys are mistakes, and nothing changes once it is read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Check(Part):
    """What an answer is held to. `value` left out is not the same as null: see `given`."""

    type: str = Field(description="A row of the table of checks; `not-` before it turns it round.")
    value: Any = Field(
        default=None, description="What is looked for; text and texts in a list are templates."
    )
    threshold: float | None = Field(default=None, description="The bound, where the type has one.")
    weight: float = Field(
        default=1.0, ge=0, description="Its share in the case's score; 0 is never a failure."
    )
    metric: str | None = Field(default=None, description="Adds its score to a figure of this name.")
    config: dict[str, Any] = Field(default_factory=dict, description="More that the type can take.")
    judge: str | None = Field(
        default=None, description="The model that judges, as `provider:model`."
    )
    checks: tuple[Check, ...] = Field(
        default=(), description="The checks in `all-of` and `any-of`."
    )

    @property
    def given(self) -> bool:
        """Whether a value was written, null included."""
        return "value" in self.model_fields_set


class Turn(Part):
    """A message of a prompt."""

    role: Literal["system", "user", "assistant"]
    content: str


class Prompt(Part):
    """A template of what is asked: a text or the messages of a talk, written here, in a file or in the library."""

    label: str | None = Field(
        default=None, description="The name that cases, models and results use."
    )
    text: str | None = Field(default=None, description="The user's message, with `{{variables}}`.")
    messages: tuple[Turn, ...] = Field(default=(), description="A talk instead of one message.")
    system: str | None = Field(default=None, description="The system prompt, a template as well.")
    file: str | None = Field(
        default=None, description="A text file beside the spec, in place of `text`."
    )
    library: str | None = Field(
        default=None, description="A saved prompt: `name`, or `name@3` for a version."
    )


class Case(Part):
    """Values for the variables, and the checks that their answers must pass."""

    description: str = ""
    vars: dict[str, Any] = Field(default_factory=dict)
    checks: tuple[Check, ...] = ()
    threshold: float | None = Field(
        default=None, description="Passes at this score or above; without it, when no check failed."
    )
    output: Any = Field(
        default=None, description="An answer that exists already: judged, and nothing is asked."
    )
    prefix: str = Field(default="", description="Stands before the prompt.")
    suffix: str = Field(default="", description="Stands after the prompt.")
    prompts: tuple[str, ...] = Field(
        default=(), description="Only prompts of these labels; empty = all."
    )
    models: tuple[str, ...] = Field(
        default=(), description="Only models of these labels; empty = all."
    )
    repeats: int | None = Field(default=None, ge=1, description="Instead of the spec's.")
    metadata: dict[str, Any] = Field(default_factory=dict)


class CaseFile(Part):
    """Cases in a file: a row of CSV or Parquet, a line of JSONL or an item of JSON or YAML is one."""

    file: str
    checks: tuple[Check, ...] = Field(
        default=(), description="For every case in it, before its own."
    )


class History(Part):
    """Cases made from runs in the history: their prompts become a variable, their answers can be compared with."""

    history: str = Field(description="What the runs are found by, as in `playground history`.")
    limit: int = Field(default=100, ge=1)
    var: str = Field(default="prompt", description="The variable that holds what was asked.")
    checks: tuple[Check, ...] = ()


class Model(Part):
    """Who is asked, with which settings."""

    model: str = Field(description="`provider:model` or `provider/api:model`.")
    label: str | None = Field(default=None, description="The name that cases and results use.")
    settings: dict[str, Any] = Field(default_factory=dict)
    system: str | None = None
    prompts: tuple[str, ...] = Field(
        default=(), description="Only prompts of these labels; empty = all."
    )

    @property
    def name(self) -> str:
        return self.label or self.model


class Defaults(Part):
    """What lies under every case."""

    vars: dict[str, Any] = Field(default_factory=dict)
    checks: tuple[Check, ...] = Field(default=(), description="Before each case's own.")
    threshold: float | None = None
    prefix: str = ""
    suffix: str = ""


class Spec(Part):
    """An experiment."""

    name: str = "experiment"
    description: str = ""
    prompts: tuple[Prompt, ...] = Field(min_length=1)
    models: tuple[Model, ...] = Field(min_length=1)
    cases: tuple[Case | CaseFile | History, ...] = Field((Case(),))
    defaults: Defaults = Defaults()
    repeats: int = Field(default=1, ge=1)
    warm_up: int = Field(
        default=0, ge=0, description="Calls a model that come first and are in no figure."
    )
    concurrency: int | dict[str, int] = Field(default=8, description="Calls at once a provider.")
    order: Literal["interleaved", "as_written", "shuffled"] = Field(
        default="interleaved",
        description="Interleaved: models take turns, so that drift hits all alike.",
    )
    seed: int = Field(default=0, description="Of everything that is drawn by lot.")
    fresh_prefix: bool = Field(
        default=False,
        description="Put a few random letters before each prompt, so that no cache can help.",
    )
    retries: int = Field(
        default=2, ge=0, description="Tries after a failure that may pass; never in a latency."
    )
    budget: Decimal | None = Field(
        default=None, ge=0, description="US dollars; the run stops before more."
    )
    pass_rate: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="Below it the command ends with an error, for CI pipelines.",
    )
    exchanges: Literal["none", "sampled", "all"] = Field(
        default="sampled", description="What of the wire is kept."
    )


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a spec's file."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Spec.model_json_schema()}
