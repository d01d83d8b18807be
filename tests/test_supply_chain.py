"""What is installed is locked by hash, compared with the index, and named in the bill of materials."""

from __future__ import annotations

import hashlib
import json
from typing import Any
from urllib.error import URLError

import pytest

from scripts import audit, sbom
from scripts.locked import APP, DEV, ROOT, SERVER, Locked, locked, read

HASH = hashlib.sha256(b"a file").hexdigest()
OTHER = hashlib.sha256(b"another").hexdigest()


@pytest.mark.parametrize("name", [APP, SERVER, DEV])
def test_every_package_is_pinned_by_hash_and_no_host_or_path_is_named(name: str) -> None:
    releases = locked(name)
    assert len(releases) > 60
    assert [each.name for each in releases if not each.hashes] == []
    lines = (ROOT / name).read_text("utf-8").splitlines()
    assert [line for line in lines if "/" in line or line.startswith("-")] == []


def test_each_lock_file_has_all_of_the_one_before_at_the_same_version() -> None:
    """The server's and the tests' packages are the app's and more: what is tested is what runs."""
    for smaller, larger in ((APP, SERVER), (SERVER, DEV)):
        assert set(locked(smaller)) < set(locked(larger))


def test_what_only_a_server_needs_is_no_part_of_the_app() -> None:
    app, server = ({each.name for each in locked(name)} for name in (APP, SERVER))
    extras = {"psycopg", "psycopg-binary", "opentelemetry-sdk", "authlib"}
    assert not app & extras
    assert extras <= server


def test_a_line_that_pins_nothing_is_named() -> None:
    with pytest.raises(ValueError, match="requests>=2"):
        read("requests>=2\n")


def file(version: str, digest: str = HASH, **more: Any) -> dict[str, Any]:
    return {"filename": f"some-{version}.tar.gz", "hashes": {"sha256": digest}, **more}


def said(project: dict[str, Any], *hashes: str) -> list[tuple[str, bool]]:
    release = Locked("some", "1.0", "", hashes or (HASH,))
    return [(found.said, found.wrong) for found in audit.audit([release], lambda _: project)]


CASES: dict[str, tuple[dict[str, Any], tuple[str, ...], list[tuple[str, bool]]]] = {
    "as it was": ({"files": [file("1.0")]}, (HASH,), []),
    "newer": ({"files": [file("1.0"), file("1.1")]}, (HASH,), [("newest is 1.1", False)]),
    "a preview": ({"files": [file("1.0"), file("2.0rc1")]}, (HASH,), []),
    "newer but yanked": ({"files": [file("1.0"), file("1.1", yanked=True)]}, (HASH,), []),
    "yanked": ({"files": [file("1.0", yanked="broken")]}, (HASH,), [("yanked: broken", True)]),
    "gone": (
        {"files": [file("0.9")]},
        (HASH,),
        [("the index no longer has this release", True)],
    ),
    "another file": (
        {"files": [file("1.0", OTHER)]},
        (HASH, OTHER),
        [("1 of 2 locked hashes are not the index's", True)],
    ),
    "quarantined": (
        {"files": [file("1.0")], "project-status": {"status": "quarantined", "reason": "malware"}},
        (HASH,),
        [("the project is quarantined: malware", True)],
    ),
    "archived": (
        {"files": [file("1.0")], "project-status": {"status": "archived"}},
        (HASH,),
        [("the project is archived", False)],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_audit_says_what_the_index_has_against_a_release(name: str) -> None:
    project, hashes, expected = CASES[name]
    assert said(project, *hashes) == expected


def test_a_release_without_hashes_is_wrong() -> None:
    release = Locked("some", "1.0", "", ())
    (found,) = audit.audit([release], lambda _: {"files": [file("1.0")]})
    assert found.wrong


def test_an_index_that_cannot_be_reached_is_a_warning_without_its_address() -> None:
    def ask(name: str) -> dict[str, Any]:
        raise URLError(ConnectionRefusedError("http://user:pw-canary@index"))

    (found,) = audit.audit([Locked("some", "1.0", "", (HASH,))], ask)
    assert not found.wrong
    assert "ConnectionRefusedError" in found.said
    assert "canary" not in found.said


def test_the_bill_of_materials_has_every_locked_release_with_its_hashes() -> None:
    bom = sbom.document()
    assert (bom["bomFormat"], bom["specVersion"]) == ("CycloneDX", "1.6")
    listed = {each["purl"]: each for each in bom["components"]}
    assert len(listed) == len(bom["components"])
    for release in locked(DEV):
        component = listed.pop(f"pkg:pypi/{release.name}@{release.version}")
        assert [each["content"] for each in component["hashes"]] == list(release.hashes)
    assert listed == {}


def test_the_bill_says_what_runs_and_what_the_app_asks_for_itself() -> None:
    bom = sbom.document()
    scopes = {each["name"]: each["scope"] for each in bom["components"]}
    assert (scopes["streamlit"], scopes["psycopg"], scopes["pytest"]) == (
        "required",
        "optional",
        "excluded",
    )
    refs = {each["bom-ref"] for each in bom["components"]}
    (ours,) = bom["dependencies"]
    assert ours["ref"] == bom["metadata"]["component"]["bom-ref"]
    assert len(ours["dependsOn"]) > 20
    assert set(ours["dependsOn"]) <= refs


def test_the_same_lock_files_make_the_same_bill() -> None:
    assert json.dumps(sbom.document()) == json.dumps(sbom.document())
