"""Who answers and through which doors: one row a provider, one row a door. Adding one is adding a row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """A door: one of the ways in which a provider's models can be asked."""

    name: str
    """As in `ModelRef.api`."""
    label: str
    path: str
    """Below the base URL; `{model}` stands for the model's id."""
    stream_path: str = ""
    """The same for an answer that streams, where that is another path."""
    key_header: tuple[str, str] = ("authorization", "Bearer {key}")
    """In which header the key goes, and how."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """What a request must say beside the key and its type."""
    event_type: str = ""
    """The field of a stream's event that says its kind, as its `event:` line does; empty = events have no kinds."""
    operation: str = "chat"
    """OpenTelemetry's `gen_ai.operation.name`."""
    keeps: str = ""
    """The body's field that goes on with a conversation which the provider keeps; empty = it keeps none."""
    storage: str = ""
    """What is told before the provider keeps anything, one sentence."""
    sdk: str
    """Python that makes the SDK's `client`, with `{key}` and `{base_url}` as expressions."""
    method: str
    """What the SDK's client is called with."""
    without_argument: frozenset[str] = frozenset()
    """Body fields for which the SDK's method has no argument."""

    def request_path(self, *, stream: bool) -> str:
        """The path of a request whose answer streams, or comes whole."""
        return self.stream_path if stream and self.stream_path else self.path


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """Whoever answers at one address: where it is, whose key it takes, and what is peculiar about it."""

    name: str
    """As in `ModelRef.provider`."""
    label: str
    """For people."""
    base_url: str = ""
    """What its SDK is given; see `Endpoint.base_url`."""
    base_url_variable: str = ""
    """The environment variable that names another address."""
    key_variables: tuple[str, ...] = ()
    """Environment variables that may hold the key; the first one that is set counts. Empty = it needs none."""
    needs_key: bool = False
    """True when nothing is sent without a key."""
    key_page: str = ""
    """Where keys are made."""
    billing_page: str = ""
    """Where credit is added."""
    apis: tuple[str, ...] = ("chat",)
    """Its doors, names of rows in APIS; the first is used when a spelling names none."""
    session: str = ""
    """Its door that goes both ways over a WebSocket, the name of a row in SESSIONS; empty = it has none."""
    compatible_path: str = ""
    """What stands between its base URL and the paths of its OpenAI-compatible door."""
    demo_path: str = ""
    """Its base URL on the demo server, after host and port; empty = it is not simulated."""
    telemetry: str = ""
    """Its name in OpenTelemetry, where that is not ours."""
    product: str = ""
    """Its chat product, as plans are sold."""
    app: str = ""
    """Its chat product, as people call what they type into."""
    tokenizer: str = "the tokenizer of this model is not known"
    """Why its tokens can only be estimated where the tokenizer is not shipped."""
    uncounted: tuple[str, ...] = ()
    """What its counting endpoint leaves out: `tools`."""
    cache_on_request: bool = False
    """True where a prompt is cached only when asked to; False where the provider caches by itself, or not at all."""
    summary_unasked: bool = True
    """False where asking for a summary of the reasoning can cost the whole answer, so that it is asked for on request only."""
    gateway: bool = False
    """True where it passes others' models on: its ids are `maker/model`."""
    maker: str = ""
    """The first part of a gateway's id for its models, where a gateway takes its list price."""
    here: bool = False
    """True where the app itself runs the model on this computer: no money, but its processor's time."""
    genai_prices: str = ""
    """Its id in genai-prices; empty = it is not in there. What a gateway charges is not compared with list prices."""

    @property
    def built_in(self) -> bool:
        """True when it is there without being added, and simulated where there is no key; the others are known by name."""
        return bool(self.demo_path)

    @property
    def telemetry_name(self) -> str:
        """OpenTelemetry's `gen_ai.provider.name`."""
        return self.telemetry or self.name

    @property
    def default_api(self) -> str:
        """The door used when a spelling names none."""
        return self.apis[0]


_OPENAI_SDK = (
    "from openai import OpenAI\n\n"
    "client = OpenAI(api_key={key}, base_url={base_url}, max_retries=0)\n"
)
_ANTHROPIC_SDK = (
    "from anthropic import Anthropic\n\n"
    "client = Anthropic(api_key={key}, base_url={base_url}, max_retries=0, timeout=600)\n"
)
_GOOGLE_SDK = (
    "from google import genai\n\n"
    "client = genai.Client(\n    api_key={key},\n"
    '    http_options={{"base_url": {base_url}, "timeout": 600_000}},\n)\n'
)

APIS = {
    api.name: api
    for api in (
        Api(
            name="responses",
            label="Responses",
            path="/responses",
            event_type="type",
            keeps="previous_response_id",
            storage="OpenAI stores the conversation, 30 days or longer, until you delete it.",
            sdk=_OPENAI_SDK,
            method="responses.create",
        ),
        Api(
            name="chat",
            label="Chat Completions",
            path="/chat/completions",
            sdk=_OPENAI_SDK,
            method="chat.completions.create",
        ),
        Api(
            name="compatible",
            label="OpenAI-compatible",
            path="/chat/completions",
            sdk=_OPENAI_SDK,
            method="chat.completions.create",
        ),
        Api(
            name="messages",
            label="Messages",
            path="/v1/messages",
            event_type="type",
            key_header=("x-api-key", "{key}"),
            headers={"anthropic-version": "2023-06-01"},
            sdk=_ANTHROPIC_SDK,
            method="messages.create",
            without_argument=frozenset({"temperature", "top_p", "top_k"}),
        ),
        Api(
            name="generate_content",
            label="generateContent",
            path="/v1/models/{model}:generateContent",
            stream_path="/v1/models/{model}:streamGenerateContent?alt=sse",
            key_header=("x-goog-api-key", "{key}"),
            operation="generate_content",
            sdk=_GOOGLE_SDK,
            method="models.generate_content",
        ),
        Api(
            name="interactions",
            label="Interactions",
            path="/v1/interactions",
            event_type="event_type",
            key_header=("x-goog-api-key", "{key}"),
            keeps="previous_interaction_id",
            storage="Google stores the interactions; for how long depends on the project's tier.",
            sdk=_GOOGLE_SDK.replace("600_000", '600_000, "retry_options": {{"attempts": 1}}'),
            method="interactions.create",
        ),
    )
}
"""Every door by its name."""

SESSIONS = {
    api.name: api
    for api in (
        Api(
            name="realtime",
            label="Realtime",
            path="/realtime?model={model}",
            event_type="type",
            sdk=_OPENAI_SDK.replace("OpenAI", "AsyncOpenAI"),
            method="realtime.connect",
        ),
        Api(
            name="live",
            label="Live",
            path="/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent",
            key_header=("x-goog-api-key", "{key}"),
            sdk=_GOOGLE_SDK,
            method="aio.live.connect",
        ),
    )
}
"""Doors that go both ways over a WebSocket, by their names: a session of many turns instead of a call."""

PROVIDERS = {
    provider.name: provider
    for provider in (
        Provider(
            name="openai",
            label="OpenAI",
            base_url="https://api.openai.com/v1",
            base_url_variable="OPENAI_BASE_URL",
            key_variables=("OPENAI_API_KEY",),
            needs_key=True,
            key_page="https://platform.openai.com/api-keys",
            billing_page="https://platform.openai.com/settings/organization/billing",
            apis=("responses", "chat"),
            session="realtime",
            demo_path="/openai/v1",
            product="ChatGPT",
            app="ChatGPT",
            tokenizer="OpenAI has not published which tokenizer this model uses",
            summary_unasked=False,  # 400 where the organisation is not verified
            maker="openai",
            genai_prices="openai",
        ),
        Provider(
            name="anthropic",
            label="Anthropic",
            base_url="https://api.anthropic.com",
            base_url_variable="ANTHROPIC_BASE_URL",
            key_variables=("ANTHROPIC_API_KEY",),
            needs_key=True,
            key_page="https://platform.claude.com/settings/keys",
            billing_page="https://platform.claude.com/settings/billing",
            apis=("messages", "compatible"),
            compatible_path="/v1",
            demo_path="/anthropic",
            product="Claude",
            app="Claude.ai",
            tokenizer="Anthropic publishes no tokenizer",
            cache_on_request=True,
            maker="anthropic",
            genai_prices="anthropic",
        ),
        Provider(
            name="gemini",
            label="Gemini",
            base_url="https://generativelanguage.googleapis.com",
            base_url_variable="GOOGLE_GEMINI_BASE_URL",
            key_variables=("GEMINI_API_KEY", "GOOGLE_API_KEY"),
            needs_key=True,
            key_page="https://aistudio.google.com/apikey",
            billing_page="https://aistudio.google.com/usage",
            session="live",
            apis=("generate_content", "interactions", "compatible"),
            compatible_path="/v1beta/openai",
            demo_path="/gemini",
            telemetry="gcp.gemini",
            product="Gemini",
            app="Gemini app",
            tokenizer="Google's tokenizer for this model is not available offline",
            uncounted=("tools",),
            maker="google",
            genai_prices="google",
        ),
        Provider(name="ollama", label="Ollama", base_url="http://localhost:11434/v1"),
        Provider(name="vllm", label="vLLM", base_url="http://localhost:8000/v1"),
        Provider(name="lmstudio", label="LM Studio", base_url="http://localhost:1234/v1"),
        Provider(name="llamacpp", label="llama.cpp", base_url="http://localhost:8080/v1"),
        Provider(
            name="here",
            label="On this computer",
            here=True,
            tokenizer="the tokenizer is inside the model's own file",
        ),
        Provider(
            name="openrouter",
            label="OpenRouter",
            base_url="https://openrouter.ai/api/v1",
            key_variables=("OPENROUTER_API_KEY",),
            key_page="https://openrouter.ai/settings/keys",
            billing_page="https://openrouter.ai/settings/credits",
            gateway=True,
            genai_prices="openrouter",
        ),
        Provider(
            name="groq",
            label="Groq",
            base_url="https://api.groq.com/openai/v1",
            key_variables=("GROQ_API_KEY",),
            key_page="https://console.groq.com/keys",
            billing_page="https://console.groq.com/settings/billing",
            genai_prices="groq",
        ),
        Provider(
            name="deepseek",
            label="DeepSeek",
            base_url="https://api.deepseek.com/v1",
            key_variables=("DEEPSEEK_API_KEY",),
            key_page="https://platform.deepseek.com/api_keys",
            billing_page="https://platform.deepseek.com/top_up",
            genai_prices="deepseek",
        ),
        Provider(
            name="mistral",
            label="Mistral",
            base_url="https://api.mistral.ai/v1",
            key_variables=("MISTRAL_API_KEY",),
            key_page="https://console.mistral.ai/api-keys",
            telemetry="mistral_ai",
            genai_prices="mistral",
        ),
        Provider(
            name="xai",
            label="xAI",
            base_url="https://api.x.ai/v1",
            key_variables=("XAI_API_KEY",),
            key_page="https://console.x.ai",
            telemetry="x_ai",
            genai_prices="x-ai",
        ),
    )
}
"""Every provider that is known by its name: those with SDKs of their own, then popular OpenAI-compatible servers."""


def provider_of(name: str) -> Provider:
    """The provider's row; for a server that someone named himself, one of which only the name is known."""
    return PROVIDERS.get(name) or Provider(name=name, label=name)


def api_of(name: str) -> Api:
    """The door's row, whether it is called or holds a session; KeyError for none."""
    return SESSIONS[name] if name in SESSIONS else APIS[name]


def built_in() -> tuple[Provider, ...]:
    """The providers that are there without being added."""
    return tuple(provider for provider in PROVIDERS.values() if provider.built_in)


def addable() -> tuple[Provider, ...]:
    """The OpenAI-compatible servers that can be added by their name alone."""
    return tuple(p for p in PROVIDERS.values() if not p.built_in and not p.here)


def unknown(name: str, known: Iterable[str] = (), advice: str = "") -> str:
    """The sentence for a provider that is not there: which ones are, and what to do about it, where that can be said."""
    which = ", ".join(known)
    said = f"No endpoint is named {name!r}{f'; known are {which}' if which else ''}."
    return f"{said} {advice}" if advice else said
