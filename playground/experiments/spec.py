"""What an experiment is: the shape of its YAML file. Reading it, with file and line of every mistake, is `reading`."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Strict,
    Tag,
)

Number = Annotated[float, Strict()]
Whole = Annotated[int, Strict()]
Flag = Annotated[bool, Strict()]


class Part(BaseModel):
    """A part of a spec: unknown keys are mistakes, and nothing changes once it is read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Pick(Part):
    """One value out of a JSON object."""

    key: str = Field(description="Its name.")


class Piece(Part):
    """One of the pieces of a text."""

    split: str = Field(min_length=1, description="What stands between the pieces.")
    part: Whole = Field(default=0, ge=0, description="Which one, from 0.")


def _step(value: Any) -> str:
    if isinstance(value, str):
        return "(word)"
    return "(piece)" if "split" in _keys(value) else "(pick)"


def _keys(value: Any) -> Any:
    """The names of what was written, read or made."""
    return value if isinstance(value, dict) else getattr(value, "model_fields_set", ())


Step = Annotated[
    Annotated[Literal["trim", "lower", "upper", "json"], Tag("(word)")]
    | Annotated[Pick, Tag("(pick)")]
    | Annotated[Piece, Tag("(piece)")],
    Discriminator(_step),
]
"""What is done to an answer before it is judged."""
Transform = Annotated[
    tuple[Step, ...],
    Field(description="What is done to the answer before it is judged, one step after the other."),
]


class Check(Part):
    """What an answer is held to. `value` left out is not the same as null: see `given`."""

    type: str = Field(description="A row of the table of checks; `not-` before it turns it round.")
    value: Any = Field(
        default=None, description="What is looked for; text and texts in a list are templates."
    )
    threshold: Number | None = Field(default=None, description="The bound, where the type has one.")
    weight: Number = Field(
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
    transform: Transform = ()

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
    saved: str | None = Field(
        default=None, description="A saved prompt: `name`, or `name@3` for a version."
    )
    as_messages: Flag = Field(
        default=False,
        description="The text, once filled in, is a list of messages in JSON or YAML.",
    )
    settings: dict[str, Any] = Field(
        default_factory=dict, description="Over those of the model, for this prompt."
    )


class Case(Part):
    """Values for the variables, and the checks that their answers must pass."""

    description: str = ""
    vars: dict[str, Any] = Field(default_factory=dict)
    checks: tuple[Check, ...] = ()
    threshold: Number | None = Field(
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
    repeats: Whole | None = Field(default=None, ge=1, description="Instead of the spec's.")
    settings: dict[str, Any] = Field(
        default_factory=dict, description="Over those of model and prompt, for this case."
    )
    transform: Transform = ()
    metadata: dict[str, Any] = Field(default_factory=dict)


class CaseFile(Part):
    """Cases in a file: a row of CSV or Parquet, a line of JSONL or an item of JSON or YAML is one."""

    file: str
    checks: tuple[Check, ...] = Field(
        default=(), description="For every case in it, before its own."
    )


class History(Part):
    """Cases made from runs in the history: their prompts become a variable, their answers can be compared with."""

    history: str = Field(
        description="Words in the runs, as in `playground history search`; empty = all of them."
    )
    tag: str = ""
    department: str = ""
    provider: str = ""
    model: str = Field(default="", description="The model's id, without its provider.")
    since: str = Field(default="", description="First day, YYYY-MM-DD in UTC.")
    until: str = Field(default="", description="Last day, included.")
    starred: Flag = False
    limit: Whole = Field(default=100, ge=1, description="Of the newest runs.")
    var: str = Field(default="prompt", description="The variable that holds what was asked.")
    answer_var: str = Field(default="answer", description="The variable that holds what came.")
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
    transform: Transform = ()

    @property
    def name(self) -> str:
        return self.label or self.model


class Defaults(Part):
    """What lies under every case."""

    vars: dict[str, Any] = Field(default_factory=dict)
    checks: tuple[Check, ...] = Field(default=(), description="Before each case's own.")
    threshold: Number | None = None
    prefix: str = ""
    suffix: str = ""


def _named(key: str) -> Callable[[Any], Any]:
    """A lone text stands for a mapping with nothing but this key."""
    return lambda value: {key: value} if isinstance(value, str) else value


def _listed(value: Any) -> Any:
    """One alone stands for a list of one."""
    return [value] if isinstance(value, str | dict) else value


def _case(value: Any) -> str:
    keys = _keys(value)
    return next((tag for key, tag in CASES.items() if key in keys), "(case)")


CASES = {"file": "(case file)", "history": "(case history)"}
"""The key that tells what cases come from → its tag, whose brackets no key has."""


PromptOrText = Annotated[
    Prompt, BeforeValidator(_named("text"), json_schema_input_type=str | Prompt)
]
ModelOrName = Annotated[Model, BeforeValidator(_named("model"), json_schema_input_type=str | Model)]
Cases = Annotated[
    Annotated[Case, Tag("(case)")]
    | Annotated[CaseFile, Tag("(case file)")]
    | Annotated[History, Tag("(case history)")],
    Discriminator(_case),
]
CasesOrFile = Annotated[
    Cases,
    BeforeValidator(_named("file"), json_schema_input_type=str | Case | CaseFile | History),
]


class Spec(Part):
    """An experiment."""

    name: str = "experiment"
    description: str = ""
    prompts: Annotated[tuple[PromptOrText, ...], BeforeValidator(_listed)] = Field(min_length=1)
    models: Annotated[tuple[ModelOrName, ...], BeforeValidator(_listed)] = Field(min_length=1)
    cases: Annotated[tuple[CasesOrFile, ...], BeforeValidator(_listed)] = Field((Case(),))
    defaults: Defaults = Defaults()
    repeats: Whole = Field(default=1, ge=1)
    warm_up: Whole = Field(
        default=0,
        ge=0,
        description="Calls a model that come first and are in no figure; of several processes they take turns.",
    )
    concurrency: Whole | dict[str, Whole] = Field(
        default=8, description="Calls at once a provider."
    )
    order: Literal["interleaved", "as_written", "shuffled"] = Field(
        default="interleaved",
        description="Interleaved: models take turns in orders drawn by lot, so that drift hits all alike.",
    )
    seed: Whole = Field(default=0, description="Of everything that is drawn by lot.")
    fresh_prefix: Flag = Field(
        default=False,
        description="Put a few random letters before each prompt, so that no cache can help.",
    )
    retries: Whole = Field(
        default=2, ge=0, description="Tries after a failure that may pass; never in a latency."
    )
    budget: Decimal | None = Field(
        default=None, ge=0, description="US dollars; the run stops before more."
    )
    pass_rate: Number | None = Field(
        default=None,
        ge=0,
        le=1,
        description="Below it the command ends with an error, for CI pipelines.",
    )
    exchanges: Literal["none", "sampled", "all"] = Field(
        default="sampled", description="What of the wire is kept."
    )

    @property
    def names(self) -> list[str]:
        """Of the models: a label that is there twice is numbered."""
        names = [model.name for model in self.models]
        return [
            name if names.count(name) == 1 else f"{name} #{names[: i + 1].count(name)}"
            for i, name in enumerate(names)
        ]


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a spec's file."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Spec.model_json_schema()}
