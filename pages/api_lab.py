"""API lab: each part of the APIs at work, with the HTTP open beside it."""

from playground.ui.api_lab import frame
from playground.ui.api_lab.panels import DRAW
from playground.ui.session.rooms import asked_in
from playground.ui.session.top_bar import top_bar

top_bar()
panel = frame.chosen()
frame.head(panel)
DRAW[panel.name](asked_in(f"api_lab/{panel.name}"))
