"""Prompts keep every version; variables are filled when they are used."""

from __future__ import annotations

import threading
from functools import partial

import pytest

from playground import library
from playground.store.store import Store

all_prompts = partial(library.all_prompts, owner="")
save = partial(library.save, owner="")
rename = partial(library.rename, owner="")
delete = partial(library.delete, owner="")


def test_saving_again_under_a_name_adds_a_version_and_changes_none(store: Store) -> None:
    assert save(store, "Greeting", "Hello") == 1
    assert save(store, " Greeting ", "Hello {{name}}", system="Be kind.", note="a name") == 2
    assert save(store, "Greeting", "Hello {{name}}", system="Be kind.") == 2
    assert save(store, "Other", "x") == 1
    greeting, other = all_prompts(store)
    assert [(v.version, v.text) for v in greeting.versions] == [(1, "Hello"), (2, "Hello {{name}}")]
    assert (greeting.newest.system, greeting.newest.note) == ("Be kind.", "a name")
    assert other.name == "Other"


@pytest.mark.parametrize(
    ("template", "sent", "values"),
    [
        ("Hello", "Hello", {}),
        ("Hello", "Hello!", None),
        ("Hello {{name}}!", "Hello Ana!", {"name": "Ana"}),
        ("Hello {{name}}!", "Hello !", {"name": ""}),
        ("{{a}} and {{b}}", "x and y and z", {"a": "x", "b": "y and z"}),
        ("{{a}}, {{a}}", "x, x", {"a": "x"}),
        ("{{a}}, {{a}}", "x, y", None),
        (r"\{{x}} {{ a }}", "{{x}} 1", {"a": "1"}),
        ("{{?}} {{a}}", "{{?}} 1", {"a": "1"}),
        ("{{a}}-end", "x-end-end", {"a": "x-end"}),
        ("begin {{a}}", "begun x", None),
    ],
)
def test_a_templates_values_are_found_in_what_was_sent(
    template: str, sent: str, values: dict[str, str] | None
) -> None:
    assert library.values_in(template, sent) == values
    if values is not None:
        assert library.filled(template, values) == sent


def test_two_who_save_at_once_get_two_versions(store: Store) -> None:
    save(store, "p", "0")
    threads = [threading.Thread(target=save, args=(store, "p", str(i))) for i in range(1, 6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    versions = all_prompts(store)[0].versions
    assert [v.version for v in versions] == [1, 2, 3, 4, 5, 6]
    assert {v.text for v in versions} == set("012345")


def test_variables_are_named_once_in_their_order(store: Store) -> None:
    save(store, "p", "{{b}} {{ a }} {{b}} {{two  words}} {x}", system="{{s}}")
    assert all_prompts(store)[0].newest.variables == ("s", "b", "a", "two words")


def version(text: str) -> library.Version:
    return library.Version(version=1, created_at="", text=text)


@pytest.mark.parametrize(
    "name",
    [
        "first name",
        "first-name",
        "größe",
        "客户",
        "user.name",
        "1st",
        "नाम",
        "ชื่อ",
        "_",
        "a_1",
        "имя",
    ],
)
def test_a_name_has_letters_of_any_script_spaces_dots_and_hyphens(name: str) -> None:
    text = f"{{{{{name}}}}} and {{{{  {name} }}}}"
    assert (version(text).variables, version(text).no_variables) == ((name,), ())
    assert library.filled(text, {name: "x"}) == "x and x"


@pytest.mark.parametrize("inside", ["#if x", "'a'", "a|b", "", " ", "-", "a\tb|", "$y", "x()"])
def test_what_is_no_name_is_named_as_none_and_stays(inside: str) -> None:
    text = f"{{{{{inside}}}}} {{{{#if x}}}}"
    assert version(text).variables == ()
    assert version(text).no_variables == tuple(dict.fromkeys([inside, "#if x"]))
    assert library.filled(text, {"": "x", inside: "x"}) == text


def test_braces_themselves_are_written_with_a_backslash() -> None:
    text = r"\{{a}} {{a}} \{{ {{{a}}} \a"
    assert version(text).variables == ("a",)
    assert library.filled(text, {"a": "1"}) == r"{{a}} 1 {{ {1} \a"


def test_variables_are_filled_by_nothing_where_the_value_is_empty_and_stay_where_there_is_none() -> (
    None
):
    assert (
        library.filled("{{a}} and {{ b }} and {{c}}", {"a": "{{b}}", "b": r"\1", "c": ""})
        == r"{{b}} and \1 and "
    )
    assert library.filled("{{a}} and {{b}}", {"a": "1"}) == "1 and {{b}}"


@pytest.mark.parametrize(("name", "text"), [("", "x"), ("  ", "x"), ("n" * 121, "x"), ("n", " \n")])
def test_a_prompt_needs_a_name_and_a_text(store: Store, name: str, text: str) -> None:
    with pytest.raises(library.PromptError):
        save(store, name, text)
    assert all_prompts(store) == []


def test_a_prompt_is_renamed_unless_the_name_is_taken_and_deleted_with_its_versions(
    store: Store,
) -> None:
    save(store, "a", "1")
    save(store, "b", "2")
    first = all_prompts(store)[0]
    with pytest.raises(library.PromptError, match="Another prompt"):
        rename(store, first.id, "b")
    rename(store, first.id, "c")
    assert [p.name for p in all_prompts(store)] == ["b", "c"]
    delete(store, first.id)
    assert [p.name for p in all_prompts(store)] == ["b"]


def test_owners_have_libraries_of_their_own(store: Store) -> None:
    assert library.save(store, "Greeting", "mine", owner="a") == 1
    assert library.save(store, "Greeting", "theirs", owner="b") == 1
    assert library.save(store, "Greeting", "theirs, better", owner="b") == 2
    (mine,), (theirs,) = (library.all_prompts(store, owner=o) for o in "ab")
    assert (mine.newest.text, theirs.newest.text) == ("mine", "theirs, better")
    assert library.all_prompts(store, owner="") == []
    library.rename(store, theirs.id, "Stolen", owner="a")
    library.delete(store, theirs.id, owner="a")
    assert library.all_prompts(store, owner="b") == [theirs]
    library.rename(store, theirs.id, "Hello", owner="b")
    library.delete(store, theirs.id, owner="b")
    assert (library.all_prompts(store, owner="a"), library.all_prompts(store, owner="b")) == (
        [mine],
        [],
    )


def test_a_version_keeps_the_lanes_it_was_saved_with(store: Store) -> None:
    assert save(store, "p", "x", lanes='[{"model": "a:b"}]') == 1
    assert save(store, "p", "x", lanes='[{"model": "a:b"}]') == 1
    assert save(store, "p", "x") == 2
    assert [v.lanes for v in all_prompts(store)[0].versions] == ['[{"model": "a:b"}]', ""]
