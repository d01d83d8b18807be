"""Learn: short lessons with an experiment and a question each, a glossary, and what people ask."""

from playground.ui.learn.school import school
from playground.ui.session.rooms import asked_in
from playground.ui.session.top_bar import top_bar

top_bar()
school(asked_in("learn"))
