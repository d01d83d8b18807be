"""The panels of the API lab, one row each: what it is called, what to look for in it, where its providers document it.

What a panel does is beside this file; how it is drawn is in `playground.ui.api_lab`, its command in `playground.cli.lab`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

Group = Literal["The wire", "What the API adds"]
GROUPS: tuple[Group, ...] = get_args(Group)


class Link(NamedTuple):
    """A page of a provider's documentation."""

    provider: str
    """As people call it: `OpenAI`."""
    label: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One part of the APIs that can be seen working."""

    name: str
    """In its link (`?panel=doors`) and its command (`playground lab doors`)."""
    title: str
    group: Group
    look_for: tuple[str, str]
    """Two sentences of what to look for."""
    documentation: tuple[Link, ...]
    needs_key: str | None = None
    """What of it can only be tried with a real key, in a sentence; None = nothing."""


PANELS = {
    panel.name: panel
    for panel in (
        Panel(
            name="wire",
            title="Wire inspector",
            group="The wire",
            look_for=(
                "Where the time goes: watch how long nothing comes, and what the first events hold before a word of the answer does.",
                "Play the answer back at its own pace, change one field of the body, send it again, and see what else changed.",
            ),
            documentation=(
                Link(
                    "OpenAI",
                    "Streaming",
                    "https://developers.openai.com/api/docs/guides/streaming-responses",
                ),
                Link(
                    "Anthropic",
                    "Streaming Messages",
                    "https://platform.claude.com/docs/en/build-with-claude/streaming",
                ),
                Link(
                    "Google",
                    "Text generation",
                    "https://ai.google.dev/gemini-api/docs/text-generation",
                ),
            ),
            needs_key="The server's own time and its rate limits are real only with a key: the demo makes them up in the providers' form.",
        ),
        Panel(
            name="doors",
            title="Doors",
            group="The wire",
            look_for=(
                "Look at how the same words are wrapped in each body, and what stands in the events before and after the answer.",
                "Compare what each door counts, and read below what a door takes without effect or refuses.",
            ),
            documentation=(
                Link(
                    "OpenAI",
                    "Responses and Chat Completions",
                    "https://developers.openai.com/api/docs/guides/migrate-to-responses",
                ),
                Link(
                    "Anthropic",
                    "OpenAI SDK compatibility",
                    "https://platform.claude.com/docs/en/api/openai-sdk",
                ),
                Link(
                    "Google",
                    "OpenAI compatibility",
                    "https://ai.google.dev/gemini-api/docs/openai",
                ),
                Link(
                    "Google",
                    "Interactions",
                    "https://ai.google.dev/gemini-api/docs/interactions",
                ),
            ),
            needs_key="Which fields Gemini's OpenAI-compatible door drops is documented nowhere that we found: only a key tells.",
        ),
        Panel(
            name="errors",
            title="Errors",
            group="The wire",
            look_for=(
                "Compare how three providers say the same thing: another status, another shape, another place for how long to wait.",
                "See which failures come with status 200, inside the stream or in the finish reason, where code that looks at the status misses them.",
            ),
            documentation=(
                Link(
                    "OpenAI",
                    "Error codes",
                    "https://developers.openai.com/api/docs/guides/error-codes",
                ),
                Link("Anthropic", "Errors", "https://platform.claude.com/docs/en/api/errors"),
                Link(
                    "Google",
                    "Troubleshooting",
                    "https://ai.google.dev/gemini-api/docs/troubleshooting",
                ),
            ),
            needs_key="Every failure here is the demo's, worded as the providers word theirs; a real one needs a real mistake.",
        ),
        Panel(
            name="gateway",
            title="Gateway truth",
            group="The wire",
            look_for=(
                "See what a proxy adds, changes or takes away: a setting that never arrives is a setting that you never had.",
                "Look whether the stream comes back as it was sent, and whether one request of yours became several.",
            ),
            documentation=(
                Link(
                    "OpenAI",
                    "Libraries",
                    "https://developers.openai.com/api/docs/libraries",
                ),
                Link(
                    "Anthropic",
                    "LLM gateways",
                    "https://code.claude.com/docs/en/llm-gateway",
                ),
                Link(
                    "LiteLLM", "Proxy configuration", "https://docs.litellm.ai/docs/proxy/configs"
                ),
            ),
            needs_key="Behind your gateway stands the demo, so that what arrives can be seen; no provider tells you that.",
        ),
        Panel(
            name="limits",
            title="Rate limits",
            group="The wire",
            look_for=(
                "See which of the limits binds: requests, tokens in or tokens out, and how soon each is full again.",
                "Run into a 429 and see that waiting for as long as it says is enough; then plan with the shape of your own requests.",
            ),
            documentation=(
                Link(
                    "OpenAI",
                    "Rate limits",
                    "https://developers.openai.com/api/docs/guides/rate-limits",
                ),
                Link(
                    "Anthropic",
                    "Rate limits",
                    "https://platform.claude.com/docs/en/api/rate-limits",
                ),
                Link("Google", "Rate limits", "https://ai.google.dev/gemini-api/docs/rate-limits"),
            ),
            needs_key="Your own tier shows only with your key; the demo counts as the lowest paid tiers do.",
        ),
        Panel(
            name="models",
            title="Models",
            group="The wire",
            look_for=(
                "See what a models endpoint tells of each model and what it leaves out: limits and abilities at one provider, only a name at another.",
                "Read the days that are left to the models you use, then run your prompts on what follows: the same text is other tokens, another price, and some settings are refused.",
            ),
            documentation=(
                Link(
                    "OpenAI",
                    "Deprecations",
                    "https://developers.openai.com/api/docs/deprecations",
                ),
                Link(
                    "Anthropic",
                    "Model deprecations",
                    "https://platform.claude.com/docs/en/about-claude/model-deprecations",
                ),
                Link(
                    "Anthropic",
                    "List models",
                    "https://platform.claude.com/docs/en/api/models/list",
                ),
                Link(
                    "Google",
                    "Deprecations",
                    "https://ai.google.dev/gemini-api/docs/deprecations",
                ),
                Link("Google", "Models endpoint", "https://ai.google.dev/api/models"),
            ),
            needs_key="The demo lists our own catalog, so it never differs from it; what a provider lists otherwise shows only with a key.",
        ),
        Panel(
            name="structured",
            title="Structured output",
            group="What the API adds",
            look_for=(
                "Before sending, see which keyword each provider refuses, ignores or moves: one schema is rarely taken by all three.",
                "Send it several times: valid JSON of the right shape is enforced, but what stands in the fields still differs by model.",
            ),
            documentation=(
                Link(
                    "OpenAI",
                    "Structured outputs",
                    "https://developers.openai.com/api/docs/guides/structured-outputs",
                ),
                Link(
                    "Anthropic",
                    "Structured outputs",
                    "https://platform.claude.com/docs/en/build-with-claude/structured-outputs",
                ),
                Link(
                    "Google",
                    "Structured output",
                    "https://ai.google.dev/gemini-api/docs/structured-output",
                ),
            ),
            needs_key="How long a provider compiles a schema at first, and what it refuses as too complex, shows only with a key.",
        ),
        Panel(
            name="tools",
            title="Tools",
            group="What the API adds",
            look_for=(
                "The first hop ends with calls instead of text, several at once: nothing has run yet, your code runs them and sends the results back.",
                "Every hop sends the whole conversation and all definitions again, so an answer in two hops bills the question twice.",
            ),
            documentation=(
                Link(
                    "OpenAI",
                    "Function calling",
                    "https://developers.openai.com/api/docs/guides/function-calling",
                ),
                Link(
                    "Anthropic",
                    "Tool use",
                    "https://platform.claude.com/docs/en/agents-and-tools/tool-use/overview",
                ),
                Link(
                    "Google",
                    "Function calling",
                    "https://ai.google.dev/gemini-api/docs/function-calling",
                ),
                Link(
                    "MCP", "Architecture", "https://modelcontextprotocol.io/docs/learn/architecture"
                ),
            ),
        ),
        Panel(
            name="caching",
            title="Prompt caching",
            group="What the API adds",
            look_for=(
                "The second call reads what the first one wrote, at a tenth of the price or less: compare the two receipts.",
                "Change one character at the beginning and all of it is billed again: the place and the dollars are told.",
            ),
            documentation=(
                Link(
                    "OpenAI",
                    "Prompt caching",
                    "https://developers.openai.com/api/docs/guides/prompt-caching",
                ),
                Link(
                    "Anthropic",
                    "Prompt caching",
                    "https://platform.claude.com/docs/en/build-with-claude/prompt-caching",
                ),
                Link("Google", "Context caching", "https://ai.google.dev/gemini-api/docs/caching"),
            ),
            needs_key="The demo's caches always hit where they may: a provider that caches by itself promises nothing.",
        ),
        Panel(
            name="jobs",
            title="Jobs",
            group="What the API adds",
            look_for=(
                "Each job is a prompt, a schema where a program reads the answer, and functions where it must look something up: change one and see what breaks.",
                "In the chain, see which step costs most, and what 1,000 cases cost when a small model reads and a strong one writes.",
            ),
            documentation=(
                Link("OpenAI", "Cookbook", "https://developers.openai.com/cookbook"),
                Link(
                    "Anthropic",
                    "Ticket routing",
                    "https://platform.claude.com/docs/en/about-claude/use-case-guides/ticket-routing",
                ),
                Link(
                    "Google",
                    "Document understanding",
                    "https://ai.google.dev/gemini-api/docs/document-processing",
                ),
            ),
            needs_key="How well a model does a job shows only with a key: the demo's answers are made by simple rules.",
        ),
        Panel(
            name="batch",
            title="Batch",
            group="What the API adds",
            look_for=(
                "The same answers at half the price, if you can wait: follow the states, and compare both sums at the end.",
                "Close the page and come back: the batch is a row in the database, and its answers are fetched from the provider then.",
            ),
            documentation=(
                Link("OpenAI", "Batch API", "https://developers.openai.com/api/docs/guides/batch"),
                Link(
                    "Anthropic",
                    "Batch processing",
                    "https://platform.claude.com/docs/en/build-with-claude/batch-processing",
                ),
                Link("Google", "Batch API", "https://ai.google.dev/gemini-api/docs/batch-api"),
            ),
            needs_key="The demo works a batch off in seconds and forgets it when it ends; a provider takes up to 24 hours.",
        ),
        Panel(
            name="created",
            title="Created",
            group="What the API adds",
            look_for=(
                "What an API call leaves behind: files, batches and caches stay at the provider until someone deletes them.",
                "Each is written down before it is made, so that it is found here also after a crash or a restart.",
            ),
            documentation=(
                Link(
                    "OpenAI", "Files", "https://developers.openai.com/api/reference/resources/files"
                ),
                Link(
                    "Anthropic",
                    "Files",
                    "https://platform.claude.com/docs/en/build-with-claude/files",
                ),
                Link("Google", "Files", "https://ai.google.dev/gemini-api/docs/files"),
            ),
        ),
        Panel(
            name="realtime",
            title="Realtime",
            group="What the API adds",
            look_for=(
                "One connection stays open, and messages go both ways: watch which of them are yours and which come without being asked for.",
                "Send the second and third turn and compare their input: the provider keeps the conversation, and still bills all of it again each turn.",
            ),
            documentation=(
                Link(
                    "OpenAI",
                    "Realtime conversations",
                    "https://developers.openai.com/api/docs/guides/realtime-conversations",
                ),
                Link(
                    "OpenAI",
                    "Managing realtime costs",
                    "https://developers.openai.com/api/docs/guides/realtime-costs",
                ),
                Link("Google", "Live API", "https://ai.google.dev/gemini-api/docs/live"),
            ),
            needs_key="Whether a Gemini Live model also answers by text alone shows only with a key: no recording of that is public.",
        ),
        Panel(
            name="file_search",
            title="File search",
            group="What the API adds",
            look_for=(
                "The provider cuts your files into chunks and puts some of them into the prompt: see which, and how few words of yours they are beside the input that is billed.",
                "The receipt has more than tokens: a fee for each search at OpenAI, for indexing at Google, and for what is stored until you delete it.",
            ),
            documentation=(
                Link(
                    "OpenAI", "Retrieval", "https://developers.openai.com/api/docs/guides/retrieval"
                ),
                Link(
                    "OpenAI",
                    "File search",
                    "https://developers.openai.com/api/docs/guides/tools-file-search",
                ),
                Link("Google", "File Search", "https://ai.google.dev/gemini-api/docs/file-search"),
            ),
            needs_key="How well a provider finds shows only with a key: the demo searches by words that are the same.",
        ),
        Panel(
            name="files",
            title="Images, PDFs and files",
            group="What the API adds",
            look_for=(
                "The same picture becomes 64 tokens at one provider and 1,120 at another: the formula stands beside each count, and the provider's own count and the bill beside that.",
                "A file that is uploaded once is sent by its id from then on: the request shrinks to some bytes, and the tokens that are billed stay the same.",
            ),
            documentation=(
                Link(
                    "OpenAI",
                    "Images and vision",
                    "https://developers.openai.com/api/docs/guides/images-vision",
                ),
                Link(
                    "Anthropic",
                    "Vision",
                    "https://platform.claude.com/docs/en/build-with-claude/vision",
                ),
                Link(
                    "Anthropic",
                    "Files",
                    "https://platform.claude.com/docs/en/build-with-claude/files",
                ),
                Link(
                    "Google",
                    "Media resolution",
                    "https://ai.google.dev/gemini-api/docs/media-resolution",
                ),
                Link("Google", "Files", "https://ai.google.dev/gemini-api/docs/files"),
            ),
            needs_key="The demo counts pictures by a rule of its own, so count and bill agree with the formula only with a key.",
        ),
    )
}
"""Every panel by its name, in the order in which they stand; a new one is a new row and a file."""
