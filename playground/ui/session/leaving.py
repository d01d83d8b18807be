"""When a session ends: its keys are forgotten, what it pays for is stopped, what it has connected is let go of.

A tab that is gone may come back for a while, after a slip of the network or a reload: nothing is lost until then. Streamlit
itself drops a session that was left only when others come (its storage is a cache that looks at its clock when it is used).
"""

from __future__ import annotations

import sys
import threading
import time

from streamlit import config, runtime

from playground import garbage, settings, visitors
from playground.domain import Failure
from playground.engine import get_engine
from playground.ui.session.state import Session, open_sessions

GRACE = "PLAYGROUND_GRACE_SECONDS"
GRACE_SECONDS = 60.0
"""How long a tab may be gone until its session ends, where that variable says nothing else."""
_BEFORE_STREAMLIT = 5.0
"""Seconds before Streamlit would no longer know a session that was left, and so could not be told to close it."""
HOLDING = (
    "playground.lab.hops",
    "playground.lab.driving",
    "playground.lab.servers",
    "playground.lab.realtime",
)
"""Modules that hold something for an owner, if they are used at all; each has a `leave`."""
LEFT = Failure(
    type="cancelled",
    message="Stopped: the tab that had asked was closed.",
    meaning="Nobody was there to see the answer, so it was not paid for any longer; the text so far is kept.",
    next_step="Run again when you like. The provider may bill what it had produced by then.",
)


def look() -> None:
    """End the sessions whose tabs have been gone for too long; on the server's event loop, a few times a minute or more."""
    if not runtime.exists():
        return
    server, now = runtime.get_instance(), time.monotonic()
    for id, session in list(open_sessions.items()):
        if server.is_active_session(id):
            session.away = None
        elif session.away is None:
            session.away = now
        elif now - session.away >= grace():
            server.close_session(id)
            end(id, session)


def grace() -> float:
    """How many seconds a tab may be gone until its session ends."""
    known = float(config.get_option("server.disconnectedSessionTTL")) - _BEFORE_STREAMLIT
    return max(0.0, min(settings.seconds(GRACE, GRACE_SECONDS), known))


def end(id: str, session: Session) -> None:
    """Forget its keys at once; unless the same browser has another tab open, stop what it pays for."""
    open_sessions.pop(id, None)
    visitors.left(session.id)
    for held in (
        session.keys,
        session.custom,
        session.listed,
        session.tests,
        session.opened,
        session.filled,
    ):
        held.clear()
    session.plan = None
    owner = session.owner or session.id
    if all((other.owner or other.id) != owner for other in open_sessions.values()):
        threading.Thread(target=_stop, args=(owner, session.id), name="left", daemon=True).start()
    garbage.wanted(session.began)


def _stop(owner: str, session: str) -> None:
    for name in HOLDING:
        if module := sys.modules.get(name):
            module.leave(owner)
    experiments = sys.modules.get("playground.experiments.background")
    if experiments and settings.hosted():  # on one's own computer they go on, within their budget
        experiments.leave(session)
    for run in get_engine().under_way(owner):
        if not all(run.simulations):
            run.stop(why=LEFT)
