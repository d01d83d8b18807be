"""The files in what somebody gives: single files, folders, zips; only what may hold chats is opened, and never unpacked."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO

from playground.chats.nouns import Said

MOST_BYTES = 8 << 30
"""Of one file in a zip, unpacked."""
MOST_RATIO = 200
"""How many times larger than packed a file of more than 64 MB may be: chats shrink to a tenth, bombs to a thousandth."""
SMALL = 64 << 20
PERSONAL = ("user.json", "users.json", "login_history.json", "user_settings.json", "ads.json")
"""Files of an export that say who somebody is: never opened."""
BESIDE = (
    "chat.html", "message_feedback.json", "model_comparisons.json", "shared_conversations.json",
    "conversation_asset_file_names.json", "library_files.json", "group_chats.json", "shopping.json", "sora.json",
)  # fmt: skip
"""What lies beside the conversations and repeats them or is none."""
MANIFEST = "export_manifest.json"
_BATCH = re.compile(r"batch-(\d{4})|conversations-(\d{3})\.json|takeout-\S+-(\d{3})\.zip")


@dataclass(frozen=True, slots=True)
class Source:
    """A file that may hold chats."""

    name: str
    """As it is told to people: the zip and the file in it."""
    open: Callable[[], AbstractContextManager[IO[bytes]]]

    @property
    def file(self) -> str:
        """Its own name, without folders."""
        return PurePosixPath(self.name.replace("\\", "/")).name


@dataclass(frozen=True, slots=True)
class Given:
    """A file that is open already, and how it is called."""

    name: str
    file: IO[bytes]


def sources(
    paths: Sequence[Path | Given], said: Said
) -> tuple[list[Source], list[zipfile.ZipFile]]:
    """What to read, in the order of names, and the zips to close afterwards."""
    found: list[Source] = []
    opened: list[zipfile.ZipFile] = []
    for name, file in _files(paths):
        opened_file = file.file if isinstance(file, Given) else file
        if zipfile.is_zipfile(opened_file):
            archive = zipfile.ZipFile(opened_file)
            opened.append(archive)
            found += _inside(name, archive, said)
        elif name.lower().endswith(".zip"):
            said.add(name, "not a whole zip: download it again")
        else:
            found.append(Source(name, _opener(file)))
    _missing([name for name, _ in _files(paths)] + [source.name for source in found], said)
    return found, opened


def _files(paths: Sequence[Path | Given]) -> Iterator[tuple[str, Path | Given]]:
    for path in paths:
        if isinstance(path, Given) or not path.is_dir():
            yield path.name, path
        else:
            yield from (
                (file.name, file)
                for file in sorted(path.rglob("*"))
                if file.is_file() and _may_hold(file.name)
            )


def _opener(file: Path | Given) -> Callable[[], AbstractContextManager[IO[bytes]]]:
    return (lambda: _again(file.file)) if isinstance(file, Given) else lambda: file.open("rb")


@contextmanager
def _again(file: IO[bytes]) -> Iterator[IO[bytes]]:
    """An open file from its beginning; whoever gave it closes it."""
    file.seek(0)
    yield file


def _inside(name: str, archive: zipfile.ZipFile, said: Said) -> Iterator[Source]:
    for info in sorted(archive.infolist(), key=lambda info: info.filename):
        file = PurePosixPath(info.filename.replace("\\", "/"))
        where = f"{name}: {info.filename}"
        if info.is_dir() or not _may_hold(file.name):
            continue
        problem = _unsafe(info, file)
        if problem:
            said.add(where, problem)
        else:
            yield Source(where, partial(archive.open, info))


def _may_hold(name: str) -> bool:
    low = name.lower()
    kind = low.endswith((".json", ".html", ".htm", ".jsonl", ".zip")) or "." not in low
    return kind and low not in PERSONAL and low not in BESIDE


def _unsafe(info: zipfile.ZipInfo, file: PurePosixPath) -> str | None:
    if ".." in file.parts or file.is_absolute() or re.match(r"[A-Za-z]:", info.filename):
        return "a name that leads out of the zip: not opened"
    if info.external_attr >> 16 & 0o170000 == 0o120000:
        return "a link: not followed"
    if info.flag_bits & 1:
        return "encrypted: unpack it first"
    if file.suffix.lower() == ".zip":
        return "a zip in a zip: give it by itself"
    packed = max(info.compress_size, 1)
    if info.file_size > MOST_BYTES or (
        info.file_size > SMALL and info.file_size > packed * MOST_RATIO
    ):
        return f"{info.file_size:,} bytes out of {packed:,}: not opened"
    return None


def _missing(names: Iterable[str], said: Said) -> None:
    """Say which parts of an export are not there: the numbers between those that are."""
    kinds: dict[str, set[int]] = {}
    for name in names:
        for found in _BATCH.finditer(name):
            number = next(filter(None, found.groups()))
            kinds.setdefault(name[: found.start(found.lastindex or 0)][-40:], set()).add(
                int(number)
            )
    for kind, numbers in kinds.items():
        first = 1 if "takeout" in kind else 0
        for number in sorted(set(range(first, max(numbers))) - numbers):
            said.add(
                f"{kind}{number:0{3 if 'batch' not in kind else 4}d}",
                "a part of the export that is not here",
            )
