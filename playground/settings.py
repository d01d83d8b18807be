"""Where the providers are reached and with which keys, as the environment and the endpoints file say.

Keys are read from the environment into `Secret` and go nowhere else; the file never holds one.
"""

from __future__ import annotations

import os
import re
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playground.domain import Endpoint, Secret
from playground.domain.base_url import mended
from playground.domain.provider import Provider, built_in, provider_of
from playground.files import read_text


class SettingsError(ValueError):
    """A setting that cannot be used; the message names the thing and the fix."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedEndpoint:
    """An OpenAI-compatible server as the endpoints file names it."""

    name: str
    base_url: str
    key_env: str | None = None
    """The environment variable that holds the key; None where the server needs none."""


NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
FIELDS = ("base_url", "key_env")
OFF = ("0", "no", "false", "off")


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """All endpoints that can be used, and a sentence for each thing that could not."""

    endpoints: dict[str, Endpoint] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


def hosted(env: Mapping[str, str] | None = None) -> bool:
    """True when strangers use this app (`PLAYGROUND_HOSTED=1`): keys of the server's environment are then not theirs."""
    value = _env(env).get("PLAYGROUND_HOSTED", "").strip().lower()
    return value != "" and value not in OFF


def endpoints(env: Mapping[str, str] | None = None) -> dict[str, Endpoint]:
    """Every usable endpoint by provider name: the three built in, then the file's; see `load` for what was left out."""
    return load(env).endpoints


def load(env: Mapping[str, str] | None = None) -> Loaded:
    """Read environment and endpoints file; never raises: what cannot be used becomes a problem."""
    env = _env(env)
    found: dict[str, Endpoint] = {}
    variables: dict[str, tuple[str, ...]] = {}
    problems: list[str] = []
    for provider in built_in():
        name = provider.name
        found[name] = Endpoint(provider=name, base_url=provider.base_url)
        chosen = env.get(provider.base_url_variable, "").strip() or provider.base_url
        try:
            base_url = check_url(chosen, provider.label, provider)
            found[name] = replace(found[name], base_url=base_url)
            variables[name] = provider.key_variables
        except SettingsError as error:
            variables[name] = ()  # a key is never sent to another address than the one asked for
            problem = f"{provider.base_url_variable} cannot be used, so {provider.label} gets no key: {error}"
            found[name] = replace(found[name], problem=problem)
            problems.append(problem)
    saved, unusable = _read(env)
    for entry in saved.values():
        found[entry.name] = Endpoint(provider=entry.name, base_url=entry.base_url)
        variables[entry.name] = (entry.key_env,) if entry.key_env else ()
    for name, endpoint in found.items():
        try:
            if key := _key(env, variables[name]):
                found[name] = replace(endpoint, key=key, key_from_server=True)
        except SettingsError as error:
            found[name] = replace(endpoint, problem=str(error))
            problems.append(str(error))
    return Loaded(endpoints=found, problems=tuple(problems + unusable))


def key_variables(provider: str, env: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """The environment variables that may hold this provider's key; empty where none is named."""
    if (row := provider_of(provider)).built_in:
        return row.key_variables
    entry = _read(_env(env))[0].get(provider)
    return (entry.key_env,) if entry and entry.key_env else ()


def saved_endpoints(env: Mapping[str, str] | None = None) -> dict[str, SavedEndpoint]:
    """What the endpoints file holds; SettingsError says which entry is wrong and why."""
    saved, problems = _read(_env(env))
    if problems:
        raise SettingsError(problems[0])
    return saved


def endpoints_file(env: Mapping[str, str] | None = None) -> Path:
    """The file that app and CLI share: `PLAYGROUND_ENDPOINTS`, or `endpoints.toml` in the user's config folder."""
    env = _env(env)
    if chosen := env.get("PLAYGROUND_ENDPOINTS", "").strip():
        return Path(chosen).expanduser()
    return _user_folder(env, "APPDATA", "XDG_CONFIG_HOME", ".config") / "endpoints.toml"


def data_dir(env: Mapping[str, str] | None = None) -> Path:
    """Where the history and other data live: `PLAYGROUND_DATA_DIR`, or a folder in the user's data folder."""
    env = _env(env)
    if chosen := env.get("PLAYGROUND_DATA_DIR", "").strip():
        return Path(chosen).expanduser()
    return _user_folder(env, "LOCALAPPDATA", "XDG_DATA_HOME", ".local/share")


def database_url(env: Mapping[str, str] | None = None) -> str:
    """The PostgreSQL to keep the history in (`PLAYGROUND_DATABASE_URL`), empty for a file in `data_dir`. It may hold a password."""
    return _env(env).get("PLAYGROUND_DATABASE_URL", "").strip()


def seconds(variable: str, usual: float, env: Mapping[str, str] | None = None) -> float:
    """A number of seconds that a variable says; the usual one where it says none."""
    told = _env(env).get(variable, "").strip()
    return float(told) if re.fullmatch(r"\d+(\.\d+)?", told, re.ASCII) else usual


def keeps_history(env: Mapping[str, str] | None = None) -> bool:
    """Whether runs are kept: `PLAYGROUND_HISTORY` on or off; left out, yes, but not what strangers type in hosted mode."""
    value = _env(env).get("PLAYGROUND_HISTORY", "").strip().lower()
    return not hosted(env) if value == "" else value not in OFF


def _user_folder(env: Mapping[str, str], windows: str, variable: str, folder: str) -> Path:
    """The playground's own folder below the one where this system keeps such files."""
    home = Path(env.get("HOME") or env.get("USERPROFILE") or Path.home())
    if sys.platform == "win32":
        base = Path(
            env.get(windows) or home / "AppData" / ("Roaming" if windows == "APPDATA" else "Local")
        )
    elif sys.platform == "darwin":
        base = home / "Library" / "Application Support"
    else:
        base = Path(env.get(variable) or home / folder)
    return base / "ai-api-playground"


def add(
    name: str,
    base_url: str | None = None,
    key_env: str | None = None,
    *,
    env: Mapping[str, str] | None = None,
) -> SavedEndpoint:
    """Keep an endpoint in the file, an earlier one of that name replaced; what is None is taken from its row, if it has one."""
    env = _env(env)
    if hosted(env):
        raise SettingsError("This app is hosted for visitors: it keeps no endpoints in its file.")
    known = provider_of(name)
    entry = SavedEndpoint(
        name=check_name(name),
        base_url=check_url(base_url or known.base_url, f"endpoint {name}"),
        key_env=_check_variable(name, key_env or next(iter(known.key_variables), None)),
    )
    rest = _without(_text(env), name).rstrip("\n")
    lines = [f"[{entry.name}]", f'base_url = "{entry.base_url}"']
    lines += [f'key_env = "{entry.key_env}"'] if entry.key_env else []
    _write(env, "\n\n".join(block for block in (rest, "\n".join(lines)) if block) + "\n")
    return entry


def remove(name: str, *, env: Mapping[str, str] | None = None) -> None:
    """Take an endpoint out of the file; SettingsError when it is not there."""
    env = _env(env)
    if hosted(env):
        raise SettingsError("This app is hosted for visitors: it keeps no endpoints in its file.")
    text = _text(env)
    rest = _without(text, name)
    if rest == text:
        raise SettingsError(f"There is no endpoint {name!r} in {endpoints_file(env)}.")
    _write(env, rest.strip("\n") + "\n" if rest.strip() else "")


def custom(name: str, base_url: str, key: Secret | None = None) -> Endpoint:
    """An endpoint that a person typed for one session; SettingsError when name or address cannot be used."""
    return Endpoint(
        provider=check_name(name),
        base_url=check_url(base_url, f"endpoint {name}"),
        key=key or None,
        user_supplied=True,
    )


def check_name(name: str) -> str:
    """The name as given, or SettingsError: it becomes the part before the colon in `name:model`."""
    if (row := provider_of(name)).built_in or row.here:
        raise SettingsError(f"{name!r} is built in: choose another name for your endpoint.")
    if not NAME.fullmatch(name):
        raise SettingsError(
            f"{name!r} cannot name an endpoint: use small letters, digits, - and _, starting with a letter or digit."
        )
    return name


def check_url(url: str, what: str, row: Provider | None = None) -> str:
    """The base URL that is meant, or SettingsError: http(s), a host, and no credentials, query or fragment."""
    url = mended(url, row)
    try:
        parts = urlsplit(url)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError:
        raise SettingsError(
            f"The base URL of {what} is not an address: check its host and port."
        ) from None
    if parts.username is not None or parts.password is not None:
        raise SettingsError(f"The base URL of {what} holds a user name or password: take it out.")
    if parts.query or parts.fragment:
        raise SettingsError(f"The base URL of {what} holds a ? or #: take out what follows it.")
    if parts.scheme not in ("http", "https") or not parts.hostname or not port_is_fine:
        raise SettingsError(
            f"The base URL of {what} must start with http:// or https:// and name a host,"
            " for example http://localhost:11434/v1 or https://api.example.com/v1."
        )
    if re.search(r"[\s\"'<>\\^`{|}\x00-\x1f\x7f]", url):
        raise SettingsError(f"The base URL of {what} holds a character that no address has.")
    return url.rstrip("/")


def check_key(text: str) -> Secret:
    """A pasted key, or SettingsError that never repeats it: one line of visible ASCII, as an HTTP header takes."""
    text = text.strip().strip("\"'").strip()
    if not text:
        raise SettingsError("The key is empty: paste the whole key.")
    if len(text) > 1_000 or not all("!" <= character <= "~" for character in text):
        raise SettingsError(
            "That is not a key: a key is one line of letters, digits and signs, without spaces."
        )
    return Secret(text)


def _env(env: Mapping[str, str] | None) -> Mapping[str, str]:
    return os.environ if env is None else env


def _key(env: Mapping[str, str], variables: tuple[str, ...]) -> Secret | None:
    """The first of these variables that is set; None in hosted mode, SettingsError when it cannot be a key."""
    if hosted(env):
        return None
    variable = next((variable for variable in variables if env.get(variable, "").strip()), None)
    try:
        return check_key(env[variable]) if variable else None
    except SettingsError as error:
        raise SettingsError(f"{variable} is not used: {error}") from None


def _read(env: Mapping[str, str]) -> tuple[dict[str, SavedEndpoint], list[str]]:
    """The file's entries that can be used, and a sentence for each that cannot."""
    path = endpoints_file(env)
    try:
        entries = tomllib.loads(_text(env))
    except SettingsError as error:
        return {}, [str(error)]
    except tomllib.TOMLDecodeError as error:
        return {}, [f"{path} is not valid TOML, so none of its endpoints is used: {error}."]
    saved: dict[str, SavedEndpoint] = {}
    problems: list[str] = []
    for name, values in entries.items():
        try:
            saved[name] = _entry(name, values)
        except SettingsError as error:
            problems.append(f"{path}: {error}")
    return saved, problems


def _entry(name: str, values: Any) -> SavedEndpoint:
    check_name(name)
    if not isinstance(values, dict):
        raise SettingsError(
            f'{name!r} stands outside a section: write [NAME] and below it base_url = "…".'
        )
    for unknown in (key for key in values if key not in FIELDS):
        if re.search(r"key|token|secret|password|auth", unknown, re.IGNORECASE):
            raise SettingsError(
                f"endpoint {name} holds {unknown!r}: keys never go in this file. Take it out and name"
                ' the environment variable that holds the key: key_env = "NAME".'
            )
        raise SettingsError(
            f"endpoint {name} has no field {unknown!r}: use {' and '.join(FIELDS)}."
        )
    base_url, key_env = values.get("base_url", ""), values.get("key_env")
    if not isinstance(base_url, str) or not isinstance(key_env, str | None):
        raise SettingsError(f"endpoint {name}: base_url and key_env must be text in quotes.")
    return SavedEndpoint(
        name=name,
        base_url=check_url(base_url, f"endpoint {name}"),
        key_env=_check_variable(name, key_env),
    )


def _check_variable(name: str, key_env: str | None) -> str | None:
    """The variable's name, or SettingsError that does not repeat it: it may be a key pasted in the wrong place."""
    if key_env is not None and not VARIABLE.fullmatch(key_env):
        raise SettingsError(
            f"key_env of endpoint {name} must be the name of an environment variable"
            " (letters, digits and _), not the key itself."
        )
    return key_env


def _text(env: Mapping[str, str]) -> str:
    """The file's text, empty where there is no file."""
    path = endpoints_file(env)
    try:
        return read_text(path)
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise SettingsError(f"{path} cannot be read: {reason}.") from None


def _write(env: Mapping[str, str], text: str) -> None:
    path = endpoints_file(env)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(path.name + ".new")
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        raise SettingsError(f"{path} cannot be written: {error.strerror}.") from None


def _without(text: str, name: str) -> str:
    """The file's text without the section of this name; comments and order of the rest stay."""
    section = rf"^\[\s*(?:{re.escape(name)}|\"{re.escape(name)}\"|'{re.escape(name)}')\s*\][^\n]*\n(?:(?!\[)[^\n]*\n?)*"
    return (
        re.sub(section, "", text + ("" if text.endswith("\n") else "\n"), flags=re.MULTILINE)
        if text
        else text
    )
