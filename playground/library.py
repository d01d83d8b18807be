"""The prompt library: named prompts with versions and variables. A version is never changed, a new one is added."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from unicodedata import category

import sqlalchemy as sa

from playground.domain import clock
from playground.store.database import reading, writing
from playground.store.packing import storable
from playground.store.schema import prompt_versions, prompts
from playground.store.shrinking import shrink
from playground.store.store import Store

BRACES = re.compile(r"\\(\{\{)|\{\{([^{}\n]*)\}\}")
"""`{{name}}` in a prompt stands for a value, `\\{{` for the two braces themselves."""
IN_NAMES = " _.-"
"""What a variable's name holds beside letters and digits of any script."""
LONGEST_NAME = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of a prompt."""

    version: int
    created_at: str
    text: str
    system: str = ""
    note: str = ""
    """What was changed, in the author's words."""
    lanes: str = ""
    """The models and settings it was kept with, as JSON; empty where none were."""

    @property
    def variables(self) -> tuple[str, ...]:
        """The names in `{{…}}`, each once, in the order of their first use."""
        return tuple(dict.fromkeys(name for name in map(_name, self._braces()) if name))

    @property
    def no_variables(self) -> tuple[str, ...]:
        """What stands in double braces and is no name, as written, each once."""
        return tuple(dict.fromkeys(inside for inside in self._braces() if not _name(inside)))

    def _braces(self) -> list[str]:
        found = BRACES.finditer(f"{self.system}\n{self.text}")
        return [match[2] for match in found if match[2] is not None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A named prompt and all its versions, the newest last."""

    id: int
    name: str
    versions: tuple[Version, ...]

    @property
    def newest(self) -> Version:
        return self.versions[-1]


class PromptError(ValueError):
    """A prompt that can't be kept as given; the message says why."""


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its variables replaced, by nothing where a value is empty; one that is not among the values stays as it is."""

    def put(found: re.Match[str]) -> str:
        name = _name(found[2] or "")
        return found[1] or (values[name] if name and name in values else found[0])

    return BRACES.sub(put, text)


def pieces(text: str) -> tuple[list[str], list[str]]:
    """The template's fixed texts as they are sent, and between each two of them the variable that stands there."""
    fixed, names, end = [""], list[str](), 0
    for found in BRACES.finditer(text):
        fixed[-1] += text[end : found.start()]
        end = found.end()
        if name := _name(found[2] or ""):
            names.append(name)
            fixed.append("")
        else:
            fixed[-1] += found[1] or found[0]
    fixed[-1] += text[end:]
    return fixed, names


def values_in(text: str, sent: str) -> dict[str, str] | None:
    """The values with which this template gives what was sent, each as short as can be; None where it does not give it."""
    fixed, names = pieces(text)
    if not sent.startswith(fixed[0]):
        return None
    found, place = dict[str, str](), len(fixed[0])
    for name, following, last in zip(names, fixed[1:], _lasts(names), strict=True):
        end = len(sent) - len(following) if last else sent.find(following, place)
        if end < place or not sent.startswith(following, end):
            return None
        if found.setdefault(name, sent[place:end]) != sent[place:end]:
            return None
        place = end + len(following)
    return found if place == len(sent) else None


def _lasts(names: list[str]) -> list[bool]:
    return [number == len(names) for number, _ in enumerate(names, 1)]


def _name(inside: str) -> str:
    """The variable that is named between double braces; empty when that is no name."""
    name = " ".join(inside.split())
    fits = all(c.isalnum() or c in IN_NAMES or category(c).startswith("M") for c in name)
    return name if fits and any(c.isalnum() or c == "_" for c in name) else ""


def all_prompts(store: Store, *, owner: str) -> list[Prompt]:
    """Every prompt of one owner by name: a visitor's digest, or empty for the installation's own."""
    mine = sa.select(prompts).where(prompts.c.owner == owner).order_by(prompts.c.name)
    with reading(store.engine) as connection:
        names = connection.execute(mine).all()
        rows = connection.execute(
            sa.select(prompt_versions)
            .where(prompt_versions.c.prompt_id.in_(_of(owner)))
            .order_by(prompt_versions.c.prompt_id, prompt_versions.c.version)
        ).all()
    versions: dict[int, list[Version]] = {}
    for row in rows:
        made = Version(
            version=row.version,
            created_at=row.created_at,
            text=row.text,
            system=row.system,
            note=row.note,
            lanes=row.lanes,
        )
        versions.setdefault(row.prompt_id, []).append(made)
    return [
        Prompt(id=row.id, name=row.name, versions=tuple(versions[row.id]))
        for row in names
        if row.id in versions
    ]


def _of(owner: str) -> Any:
    return sa.select(prompts.c.id).where(prompts.c.owner == owner)


def save(
    store: Store,
    name: str,
    text: str,
    *,
    owner: str,
    system: str = "",
    note: str = "",
    lanes: str = "",
) -> int:
    """Keep a prompt: a new one, or a new version of the owner's with this name; its version. The same text again adds none."""
    name = _clean(name)
    if not text.strip():
        raise PromptError("The prompt is empty: write something first.")
    text, system, note = storable(text), storable(system), storable(note)
    with writing(store.engine) as connection:
        insert = store.insert(prompts).values(owner=owner, name=name).on_conflict_do_nothing()
        connection.execute(insert)
        # Locked, so that two who save at once get two versions.
        mine = _of(owner).where(prompts.c.name == name).with_for_update()
        prompt_id = connection.scalar(mine)
        last = connection.execute(
            sa.select(prompt_versions)
            .where(prompt_versions.c.prompt_id == prompt_id)
            .order_by(prompt_versions.c.version.desc())
            .limit(1)
        ).one_or_none()
        if last is not None and (last.text, last.system, last.lanes) == (text, system, lanes):
            return int(last.version)
        version = 1 if last is None else last.version + 1
        row = {
            "prompt_id": prompt_id,
            "version": version,
            "created_at": clock.now(),
            "lanes": lanes,
        }
        connection.execute(
            prompt_versions.insert(), {**row, "text": text, "system": system, "note": note}
        )
    return int(version)


def _clean(name: str) -> str:
    """The name on one line; PromptError when it is none."""
    name = " ".join(storable(name).split())
    if not name or len(name) > LONGEST_NAME:
        raise PromptError(f"A prompt needs a name of at most {LONGEST_NAME} characters.")
    return name


def rename(store: Store, prompt_id: int, name: str, *, owner: str) -> None:
    """Give a prompt of the owner's another name; PromptError when another prompt has it."""
    name = _clean(name)
    with writing(store.engine) as connection:
        taken = _of(owner).where(prompts.c.name == name, prompts.c.id != prompt_id)
        if connection.scalar(taken) is not None:
            raise PromptError(f"Another prompt is named {name!r}: choose another name.")
        mine = prompts.c.id.in_(_of(owner).where(prompts.c.id == prompt_id))
        connection.execute(prompts.update().where(mine).values(name=name))


def delete(store: Store, prompt_id: int, *, owner: str) -> None:
    """Delete a prompt of the owner's and its versions for good."""
    mine = _of(owner).where(prompts.c.id == prompt_id)
    with writing(store.engine) as connection:
        connection.execute(prompt_versions.delete().where(prompt_versions.c.prompt_id.in_(mine)))
        connection.execute(prompts.delete().where(prompts.c.id.in_(mine)))
    shrink(store)
