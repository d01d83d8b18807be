"""The software bill of materials as CycloneDX JSON, out of the lock files alone: `python -m scripts.sbom > sbom.cdx.json`.

The same lock files give the same document, byte for byte: it names no time and no machine.
"""

from __future__ import annotations

import json
import re
import tomllib
import uuid
from typing import Any

from scripts.locked import APP, DEV, ROOT, SERVER, Locked, locked

SPEC = "1.6"
SCOPES = ((APP, "required"), (SERVER, "optional"), (DEV, "excluded"))
"""Lock file → CycloneDX's scope of what is in it and in none above: excluded never runs in the app."""
OURS = "ai-api-playground"


def document() -> dict[str, Any]:
    """All releases of the lock files with their hashes, and what the app itself asks for."""
    scoped: dict[
        Locked, str
    ] = {}  # a name may stand twice: one release for older Pythons, one for newer
    for file, scope in SCOPES:
        for release in locked(file):
            scoped.setdefault(release, scope)
    components = [_component(release, scoped[release]) for release in sorted(scoped)]
    ours = _ours()
    asked = set(_asked_for())
    direct = [each["bom-ref"] for each in components if each["name"] in asked]
    bom: dict[str, Any] = {
        "bomFormat": "CycloneDX",
        "specVersion": SPEC,
        "version": 1,
        "metadata": {"component": ours},
        "components": components,
        "dependencies": [{"ref": ours["bom-ref"], "dependsOn": direct}],
    }
    content = json.dumps(bom, sort_keys=True)
    return {**bom, "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, content)}"}


def _component(release: Locked, scope: str) -> dict[str, Any]:
    purl = f"pkg:pypi/{release.name}@{release.version}"
    marker = [{"name": "python:marker", "value": release.marker}] if release.marker else []
    return {
        "type": "library",
        "bom-ref": purl,
        "name": release.name,
        "version": release.version,
        "scope": scope,
        "purl": purl,
        "hashes": [{"alg": "SHA-256", "content": digest} for digest in release.hashes],
        **({"properties": marker} if marker else {}),
    }


def _ours() -> dict[str, Any]:
    text = (ROOT / "playground" / "__init__.py").read_text("utf-8")
    version = re.search(r'__version__ = "([^"]+)"', text)
    assert version is not None
    ref = f"{OURS}@{version[1]}"
    return {"type": "application", "bom-ref": ref, "name": OURS, "version": version[1]}


def _asked_for() -> list[str]:
    """The names in pyproject.toml's dependencies, without those of extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return [re.split(r"[^A-Za-z0-9._-]", line)[0].lower() for line in project["dependencies"]]


if __name__ == "__main__":
    print(json.dumps(document(), indent=1))
