"""Compare: one prompt, several models, side by side."""

import streamlit as st

from playground.ui.compare import (
    bar,
    blind,
    lane,
    parts,
    presets,
    prompt,
    reading,
    result,
    saving,
    shown,
)
from playground.ui.session import compose
from playground.ui.session.looking import looked_at
from playground.ui.session.rooms import asked_in
from playground.ui.session.top_bar import top_bar

top_bar()
with st.container(key="title"):
    st.title("Compare", anchor=False)

where = asked_in("compare")
run = looked_at(compose.PLACE)
parts.drawn(parts.ASK, prompt.ask, (presets.presets, saving.saving, blind.toggle, reading.together))
run, said = bar.bar(run, where)
done = run is not None and shown.all_done(run)
parts.drawn(parts.VERDICT, result.above, run)
parts.drawn(parts.ANSWERS, lane.row, run, where)
bar.say(said, run, where)
result.below(run, done)
