"""A small project that runs: for a request, a tool loop, a schema, a conversation or a batch, in a language and a way."""

from playground.export.projects.making import Project, project, write, zipped
from playground.export.projects.table import KINDS, LANGUAGES, WAYS, Kind, Language, offered

__all__ = [
    "KINDS",
    "LANGUAGES",
    "WAYS",
    "Kind",
    "Language",
    "Project",
    "offered",
    "project",
    "write",
    "zipped",
]
