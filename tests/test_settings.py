"""Keys and addresses come from the environment and one file; the file never holds a key."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from playground import settings
from playground.domain import Secret
from playground.domain.provider import addable, built_in
from playground.settings import SavedEndpoint, SettingsError

Env = dict[str, str]


@pytest.fixture
def env(tmp_path: Path) -> Env:
    """An environment that knows nothing but where the endpoints file lies."""
    return {"PLAYGROUND_ENDPOINTS": str(tmp_path / "sub" / "endpoints.toml")}


def write(env: Env, text: str) -> None:
    path = Path(env["PLAYGROUND_ENDPOINTS"])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_an_empty_environment_has_the_three_providers_without_keys(env: Env) -> None:
    found = settings.endpoints(env)
    assert {name: (e.base_url, e.key) for name, e in found.items()} == {
        "openai": ("https://api.openai.com/v1", None),
        "anthropic": ("https://api.anthropic.com", None),
        "gemini": ("https://generativelanguage.googleapis.com", None),
    }
    assert not any(e.simulated or e.user_supplied for e in found.values())


@pytest.mark.parametrize(
    ("variable", "provider"),
    [
        ("OPENAI_API_KEY", "openai"),
        ("ANTHROPIC_API_KEY", "anthropic"),
        ("GEMINI_API_KEY", "gemini"),
        ("GOOGLE_API_KEY", "gemini"),
    ],
)
def test_keys_come_from_the_environment(env: Env, variable: str, provider: str) -> None:
    keys = {n: e.key for n, e in settings.endpoints(env | {variable: " k1\n"}).items()}
    assert keys == {"openai": None, "anthropic": None, "gemini": None} | {provider: Secret("k1")}


def test_the_gemini_key_goes_before_the_google_key(env: Env) -> None:
    both = env | {"GOOGLE_API_KEY": "google", "GEMINI_API_KEY": "gemini"}
    assert settings.endpoints(both)["gemini"].key == Secret("gemini")
    empty = both | {"GEMINI_API_KEY": " "}
    assert settings.endpoints(empty)["gemini"].key == Secret("google")


@pytest.mark.parametrize(
    ("variable", "provider"),
    [
        ("OPENAI_BASE_URL", "openai"),
        ("ANTHROPIC_BASE_URL", "anthropic"),
        ("GOOGLE_GEMINI_BASE_URL", "gemini"),
    ],
)
def test_base_urls_come_from_the_environment(env: Env, variable: str, provider: str) -> None:
    found = settings.endpoints(env | {variable: "http://127.0.0.1:8080/x/"})
    assert found[provider].base_url == "http://127.0.0.1:8080/x"


def test_a_key_is_never_sent_to_an_address_other_than_the_one_asked_for(env: Env) -> None:
    loaded = settings.load(env | {"OPENAI_BASE_URL": "ftp://h:1", "OPENAI_API_KEY": "sk-canary"})
    assert loaded.endpoints["openai"].key is None
    (problem,) = loaded.problems
    assert "OPENAI_BASE_URL" in problem
    assert "http://" in problem
    assert "sk-canary" not in problem
    assert loaded.endpoints["openai"].problem == problem


def test_a_base_url_is_taken_as_it_is_meant(env: Env) -> None:
    pasted = {
        "OPENAI_BASE_URL": "localhost:9/v1/chat/completions",
        "ANTHROPIC_BASE_URL": '"https://h.example/v1/messages"',
        "GOOGLE_GEMINI_BASE_URL": "h.example/v1beta/models/x:generateContent?key=k",
    }
    write(env, '[mine]\nbase_url = "localhost:11434/"\n')
    loaded = settings.load(env | pasted)
    assert loaded.problems == ()
    assert {name: e.base_url for name, e in loaded.endpoints.items()} == {
        "openai": "http://localhost:9/v1",
        "anthropic": "https://h.example",
        "gemini": "https://h.example/v1beta",
        "mine": "http://localhost:11434/v1",
    }
    assert settings.custom("mine", "api.groq.com").base_url == "https://api.groq.com/openai/v1"


def test_a_key_that_no_header_can_carry_is_left_out_and_not_repeated(env: Env) -> None:
    loaded = settings.load(env | {"OPENAI_API_KEY": "sk-canary two", "ANTHROPIC_API_KEY": "fine"})
    assert loaded.endpoints["openai"].key is None
    assert loaded.endpoints["anthropic"].key == Secret("fine")
    (problem,) = loaded.problems
    assert problem.startswith("OPENAI_API_KEY is not used")
    assert loaded.endpoints["openai"].problem == problem
    assert "canary" not in problem


def test_a_key_of_the_environment_is_marked_as_the_servers(env: Env) -> None:
    found = settings.endpoints(env | {"OPENAI_API_KEY": "k"})
    assert {n: e.key_from_server for n, e in found.items()} == {
        "openai": True,
        "anthropic": False,
        "gemini": False,
    }


def test_in_hosted_mode_the_servers_keys_are_not_the_visitors(env: Env) -> None:
    write(env, '[groq]\nbase_url = "https://api.groq.com/openai/v1"\nkey_env = "GROQ_API_KEY"\n')
    mine = env | {"OPENAI_API_KEY": "a", "GOOGLE_API_KEY": "b", "GROQ_API_KEY": "c"}
    assert [bool(e.key) for e in settings.endpoints(mine).values()] == [True, False, True, True]
    theirs = settings.endpoints(mine | {"PLAYGROUND_HOSTED": "1"})
    assert [e.key for e in theirs.values()] == [None] * 4


@pytest.mark.parametrize(
    ("value", "expected"), [("1", True), ("yes", True), ("", False), ("0", False), ("False", False)]
)
def test_hosted_mode_is_a_switch(value: str, expected: bool) -> None:
    assert settings.hosted({"PLAYGROUND_HOSTED": value}) is expected


def test_what_is_added_is_read_back_until_it_is_removed(env: Env) -> None:
    settings.add("local", "http://localhost:9/v1/", env=env)
    settings.add("paid", "https://example.com/v1", "PAID_KEY", env=env)
    found = settings.endpoints(env | {"PAID_KEY": "k"})
    assert found["local"].base_url == "http://localhost:9/v1"
    assert found["local"].key is None
    assert found["paid"].key == Secret("k")
    assert settings.key_variables("paid", env) == ("PAID_KEY",)
    settings.remove("local", env=env)
    assert list(settings.saved_endpoints(env)) == ["paid"]


def test_adding_a_name_again_replaces_it_and_keeps_the_rest_of_the_file(env: Env) -> None:
    write(
        env,
        '# mine\n[a]\nbase_url = "http://a/v1"\n\n# second\n["b"]\nbase_url = "http://b/v1"  # note\n',
    )
    settings.add("a", "http://new/v1", env=env)
    assert {n: e.base_url for n, e in settings.saved_endpoints(env).items()} == {
        "b": "http://b/v1",
        "a": "http://new/v1",
    }
    text = Path(env["PLAYGROUND_ENDPOINTS"]).read_text(encoding="utf-8")
    assert text.startswith("# mine\n")
    assert "# note" in text


def test_a_server_that_has_a_row_needs_only_its_name(env: Env) -> None:
    settings.add("ollama", env=env)
    settings.add("groq", env=env)
    assert settings.saved_endpoints(env) == {
        "ollama": SavedEndpoint(name="ollama", base_url="http://localhost:11434/v1"),
        "groq": SavedEndpoint(
            name="groq", base_url="https://api.groq.com/openai/v1", key_env="GROQ_API_KEY"
        ),
    }


def test_every_row_is_a_valid_endpoint() -> None:
    assert {row.name for row in addable()} >= {"ollama", "vllm", "lmstudio", "openrouter"}
    for row in addable():
        assert settings.check_name(row.name) == row.name
    for row in (*built_in(), *addable()):
        assert settings.check_url(row.base_url, row.name, row) == row.base_url
        assert [settings.VARIABLE.fullmatch(name) for name in row.key_variables].count(None) == 0


@pytest.mark.parametrize("name", ["Ollama", "-x", "a b", "", "a:b", "a/b", "é", "a\n"])
def test_a_name_that_cannot_stand_before_a_colon_is_refused(env: Env, name: str) -> None:
    with pytest.raises(SettingsError, match="small letters"):
        settings.add(name, "http://localhost/v1", env=env)


@pytest.mark.parametrize("name", ["openai", "anthropic", "gemini"])
def test_a_built_in_name_is_refused(env: Env, name: str) -> None:
    with pytest.raises(SettingsError, match="built in"):
        settings.add(name, "http://localhost/v1", env=env)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "http://"),
        ("sk-pw-canary", "http://"),
        ("ftp://host/v1", "http://"),
        ("http:///v1", "http://"),
        ("http://user:pw-canary@host/v1", "password"),
        ("http://host/v1?key=pw-canary", r"\?"),
        ("http://host/v1#pw-canary", "#"),
        ("http://host:99999/v1", "port"),
        ('http://host/"v1', "character"),
        ("http://host/a b", "character"),
    ],
)
def test_a_base_url_that_cannot_be_used_says_why_and_hides_what_may_be_secret(
    env: Env, url: str, says: str
) -> None:
    with pytest.raises(SettingsError, match=says) as caught:
        settings.add("mine", url, env=env)
    assert "mine" in str(caught.value)
    assert "pw-canary" not in str(caught.value)


@pytest.mark.parametrize("field", ["key", "api_key", "API-KEY", "token", "password"])
def test_a_key_in_the_file_is_refused_with_the_fix_and_without_the_key(
    env: Env, field: str
) -> None:
    write(
        env,
        f'[mine]\nbase_url = "http://h/v1"\n{field} = "sk-canary"\n[ok]\nbase_url = "http://ok/v1"\n',
    )
    loaded = settings.load(env)
    assert "mine" not in loaded.endpoints
    assert loaded.endpoints["ok"].base_url == "http://ok/v1"
    (problem,) = loaded.problems
    assert field in problem
    assert "key_env" in problem
    assert "sk-canary" not in problem
    with pytest.raises(SettingsError, match="key_env"):
        settings.saved_endpoints(env)


def test_a_key_pasted_as_key_env_is_refused_and_not_repeated(env: Env) -> None:
    with pytest.raises(SettingsError, match="environment variable") as caught:
        settings.add("mine", "http://h/v1", "sk-canary-123", env=env)
    assert "canary" not in str(caught.value)
    assert not Path(env["PLAYGROUND_ENDPOINTS"]).exists()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("not toml [", "not valid TOML"),
        ('base_url = "http://h/v1"\n', "outside a section"),
        ("[mine]\n", "http://"),
        ('[mine]\nbase_url = "http://h/v1"\ncolour = "red"\n', "colour"),
        ("[mine]\nbase_url = 4\n", "quotes"),
        ('[openai]\nbase_url = "http://h/v1"\n', "built in"),
    ],
)
def test_a_broken_file_leaves_the_built_in_providers_and_says_what_is_wrong(
    env: Env, text: str, says: str
) -> None:
    write(env, text)
    loaded = settings.load(env)
    assert list(loaded.endpoints) == ["openai", "anthropic", "gemini"]
    (problem,) = loaded.problems
    assert says in problem
    assert env["PLAYGROUND_ENDPOINTS"] in problem


def test_a_file_that_cannot_be_read_or_written_is_one_sentence(tmp_path: Path) -> None:
    env = {"PLAYGROUND_ENDPOINTS": str(tmp_path)}
    assert "cannot be read" in settings.load(env).problems[0]
    blocked = {"PLAYGROUND_ENDPOINTS": str(tmp_path / "file" / "endpoints.toml")}
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="cannot be"):
        settings.add("mine", "http://h/v1", env=blocked)


def test_removing_what_is_not_there_says_where_it_looked(env: Env) -> None:
    with pytest.raises(SettingsError, match=r"no endpoint 'mine' in .*endpoints\.toml"):
        settings.remove("mine", env=env)


def test_a_hosted_app_keeps_no_endpoints(env: Env) -> None:
    visitors = env | {"PLAYGROUND_HOSTED": "1"}
    with pytest.raises(SettingsError, match="hosted"):
        settings.add("ollama", env=visitors)
    with pytest.raises(SettingsError, match="hosted"):
        settings.remove("ollama", env=visitors)


def test_an_endpoint_typed_in_a_session_is_marked_so() -> None:
    endpoint = settings.custom("mine", "http://localhost:1/v1/", Secret("k"))
    assert (endpoint.base_url, endpoint.key, endpoint.user_supplied) == (
        "http://localhost:1/v1",
        Secret("k"),
        True,
    )


def test_the_file_lies_in_the_users_config_folder(tmp_path: Path) -> None:
    path = settings.endpoints_file({"HOME": str(tmp_path)})
    assert path.is_relative_to(tmp_path)
    assert path.parts[-2:] == ("ai-api-playground", "endpoints.toml")


def test_reading_and_writing_settings_leaves_the_environment_alone(env: Env) -> None:
    before = dict(os.environ)
    settings.add("ollama", env=env)
    settings.load(env)
    settings.load()
    assert dict(os.environ) == before
