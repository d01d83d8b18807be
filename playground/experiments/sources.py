"""The files that a spec or a configuration names: on this computer beside it, or those that were uploaded with it."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from playground.files import decoded

LARGEST = 50_000_000
"""Bytes of one file."""
MOST_FOUND = 10_000
"""Files that one pattern may find."""


class SourceError(ValueError):
    """A file that can't be read: what, and what to do."""

    def __init__(self, what: str, advice: str = "") -> None:
        super().__init__(f"{what} {advice}".strip())
        self.what, self.advice = what, advice


@dataclass(frozen=True, slots=True)
class Sources:
    """Where files are looked for."""

    folder: Path | None = None
    """Paths are relative to it; None where only what was uploaded may be read."""
    uploaded: Mapping[str, bytes] = field(default_factory=dict)
    """Files by the name that is written in the spec."""

    def read(self, written: str) -> bytes:
        """What is in the file of this name; SourceError says why it can't be had."""
        for name in (written, PurePosixPath(written).name):  # what is uploaded has no folder
            if name in self.uploaded:
                return self.uploaded[name]
        return _read(self.path(written), written)

    def has(self, written: str) -> bool:
        """Whether there is a file of this name."""
        return written in self.uploaded or (self.folder is not None and self.path(written).exists())

    def looked(self, written: str) -> str:
        """Where this name was looked for, in a sentence."""
        if self.folder is not None:
            return f"Looked for {self.path(written)}."
        return f"Uploaded: {', '.join(sorted(self.uploaded)) or 'none'}."

    def text(self, written: str) -> str:
        """The text in it; SourceError also when it is none."""
        try:
            return decoded(self.read(written))
        except UnicodeDecodeError:
            raise SourceError(f"`{written}` is not UTF-8 text.", "Save it as UTF-8.") from None

    def path(self, written: str) -> Path:
        """Where this name is on this computer, whether there is something or not."""
        if self.folder is None:
            raise SourceError(f"`{written}` was not uploaded with it.", self.looked(written))
        if "\0" in written:
            raise SourceError("A file's name holds a null character.")
        return Path(os.path.normpath(self.folder / written))

    def found(self, pattern: str) -> Sequence[str]:
        """The files that a pattern with `*` finds, in order, as written from the same place; a folder finds what is in it."""
        if self.folder is None:
            last = PurePosixPath(pattern).name
            return [name for name in sorted(self.uploaded) if PurePosixPath(name).match(last)]
        where = self.path(pattern)
        if where.is_dir():
            pattern, where = f"{pattern.rstrip('/')}/*", where / "*"
        anchor = Path(where.anchor)
        names: list[str] = []
        try:
            for path in anchor.glob(str(where.relative_to(anchor))):
                if path.is_file():
                    names.append(str(path))
                if len(names) > MOST_FOUND:
                    raise SourceError(f"`{pattern}` finds more than {MOST_FOUND:,} files.")
        except (OSError, ValueError, NotImplementedError) as error:
            raise SourceError(f"`{pattern}` can't be looked for: {error}.") from None
        begin = self.folder.resolve()
        return sorted(_from(begin, self.folder, name) for name in names)


def _from(begin: Path, folder: Path, name: str) -> str:
    """A path from the folder where it is inside of it, else the whole path."""
    for base in (folder, begin):
        if Path(name).is_relative_to(base):
            return str(Path(name).relative_to(base))
    return name


def _read(path: Path, written: str) -> bytes:
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(descriptor, "rb") as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode):
                raise SourceError(f"`{written}` is no file.")
            data = file.read(LARGEST + 1)
    except SourceError:
        raise
    except (FileNotFoundError, NotADirectoryError):
        raise SourceError(f"`{written}` is not there.", f"Looked for {path}.") from None
    except IsADirectoryError:
        raise SourceError(f"`{written}` is a folder.", "Name a file in it.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SourceError(f"`{written}` can't be read: {reason}.", f"Looked for {path}.") from None
    if len(data) > LARGEST:
        raise SourceError(f"`{written}` is larger than {LARGEST // 1_000_000} MB.", "Split it.")
    return data
