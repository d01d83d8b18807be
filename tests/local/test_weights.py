"""Which model is served, and where others are found."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from playground import catalog, pricing
from playground.domain.provider import PROVIDERS, addable
from playground.local import weights
from playground.local.server import NAME

ROOT = Path(__file__).parents[2]


@pytest.fixture
def own(tmp_path: Path) -> Path:
    file = tmp_path / "My Model.Q4_K_M.gguf"
    file.write_bytes(b"GGUF and weights")
    return file


def test_the_small_model_is_served_until_a_file_is_chosen(own: Path) -> None:
    assert weights.chosen().id == "smollm2-135m-instruct"
    weights.choose(own)
    found = weights.chosen()
    assert (found.id, found.file, found.template) == ("my-model.q4_k_m", own, "")
    weights.choose(None)
    assert weights.chosen().id == "smollm2-135m-instruct"


def test_a_chosen_file_that_is_gone_is_not_served(own: Path) -> None:
    weights.choose(own)
    own.unlink()
    assert weights.chosen().id == "smollm2-135m-instruct"


def test_what_is_no_gguf_file_is_said(tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("not weights")
    for file, why in ((text, "no GGUF file"), (tmp_path / "none.gguf", "can't be read")):
        with pytest.raises(ValueError, match=why):
            weights.choose(file)


def test_files_of_other_programs_are_found_each_model_once(tmp_path: Path) -> None:
    for name in (
        ".lmstudio/models/maker/model/model.gguf",
        ".cache/llama.cpp/big-00001-of-00002.gguf",
        ".cache/llama.cpp/big-00002-of-00002.gguf",
        ".cache/llama.cpp/mmproj-big.gguf",
        "elsewhere/other.gguf",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    found = [(owner, file.name) for owner, file in weights.files(tmp_path)]
    assert found == [("LM Studio", "model.gguf"), ("llama.cpp", "big-00001-of-00002.gguf")]


def test_the_template_is_shipped_and_the_extra_names_the_same_runtime() -> None:
    assert (Path(weights.__file__).parent / weights.SMOLLM2.template).is_file()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["optional-dependencies"]["local"] == [weights.RUNTIME]


def test_it_is_no_default_and_not_added_by_name_and_costs_nothing_whatever_its_name() -> None:
    assert PROVIDERS[NAME].here
    assert NAME not in {row.name for row in addable()}
    assert NAME not in {ref.provider for ref in (*catalog.defaults(), *catalog.current())}
    book = pricing.load()
    for model in ("smollm2-135m-instruct", "my-model.q4_k_m"):
        row = book.find(NAME, model, book.prices[0].as_of)
        assert row is not None
        assert set(row.rates.values()) == {0}
