"""A browser's tab without the browser: Streamlit's WebSocket, its widgets, and the event streams of live runs.

What the page would do, this does: it sends what was typed with each click, follows a run's stream from where it broke off, and
says when lanes have ended, so that the page draws them. Many of them fit on a computer that has no room for many browsers.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx2
import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import BackendOperationResponse, ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

LIVE = "playground_live"
GATHER_SECONDS = 0.1
"""Ends that come so close together are told at once, as live.js does."""
RETRY_SECONDS = 0.5
ANSWER_SECONDS = 5.0
BROKEN = re.compile(r"stopped on an unexpected|not here: it was deleted")
"""What a page says where it failed."""

Text = Callable[[int, str], None]
Bytes = Callable[[bytes], None]


@dataclass
class Widget:
    """A widget as it was last drawn."""

    id: str
    fragment: str
    drawn: Any


@dataclass(eq=False)
class Tab:
    """One tab of one browser; `on_text(lane, text)` is called for every piece of an answer that would be shown."""

    address: str
    on_text: Text = lambda lane, text: None
    on_bytes: Bytes = lambda data: None
    """Called with each message of the WebSocket, each line of a stream and each file, as they came."""
    errors: list[str] = field(default_factory=list)
    """What a person would have seen go wrong."""
    widgets: dict[str, Widget] = field(default_factory=dict)
    """By key, or by type where it has none."""
    finished: int = 0
    """Runs of the script that have ended."""
    ended: set[tuple[str, int]] = field(default_factory=set)
    """Lanes that a stream said have ended, by run."""
    pieces: int = 0
    """Pieces of answers that have come."""
    reconnects: int = 0
    page: list[bytes] = field(default_factory=list)
    """What has been drawn since it last connected, as it came."""
    keeps_page: bool = False
    query: str = ""
    """What the address names."""
    page_name: str = ""
    """Of the page that is open; empty = the first."""
    cookies: dict[str, str] = field(default_factory=dict)
    """What the browser has from before."""

    def __post_init__(self) -> None:
        self._http = httpx2.AsyncClient(
            base_url=self.address, timeout=30, trust_env=False, cookies=self.cookies
        )
        self._values: dict[str, dict[str, Any]] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._feeds: dict[str, dict[str, Widget]] = {}
        self._changed = asyncio.Event()
        self._answers: dict[str, Any] = {}
        self._session = ""
        self._socket: websockets.ClientConnection | None = None
        self._closing = False

    async def __aenter__(self) -> Tab:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()

    async def open(self, query: str = "") -> None:
        """Load the page and wait until it is drawn."""
        self.query = query
        (await self._http.get("/")).raise_for_status()
        await self._connect()
        await self.draw()

    async def _connect(self) -> None:
        self.page = []
        cookies = "; ".join(f"{name}={value}" for name, value in self._http.cookies.items())
        protocols = ["streamlit", "none", *([self._session] if self._session else [])]
        self._socket = await websockets.connect(
            self.address.replace("http", "ws", 1) + "/_stcore/stream",
            subprotocols=[websockets.Subprotocol(each) for each in protocols],
            origin=websockets.Origin(self.address),
            additional_headers={"Cookie": cookies},
            max_size=None,
            compression=None,
            proxy=None,
        )
        self._tasks.append(asyncio.create_task(self._read(self._socket)))

    async def draw(self) -> None:
        """Send what was typed, and wait until the page is drawn."""
        before = self.finished
        await self._send([])
        await self.until(lambda: self.finished > before)

    async def close(self) -> None:
        """Close the tab."""
        self._closing = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._socket is not None:
            await self._socket.close()
        await self._http.aclose()

    def fill(self, key: str, text: str) -> None:
        """Type into a field; it is sent with the next click."""
        self._values[key] = {"string_value": text}

    def open_box(self, key: str, *, opened: bool = True) -> None:
        """Open a popover, or close it; it is sent with the next click."""
        self._values[key] = {"bool_value": opened}

    def cut(self) -> None:
        """Let the connection break, as a network does: without a word to either side."""
        assert self._socket is not None
        self._socket.transport.abort()

    async def say(self, message: bytes) -> None:
        """Send a message as it is."""
        assert self._socket is not None, "open the tab first"
        await self._socket.send(message)

    async def get(self, path: str) -> httpx2.Response:
        """Ask for something by this tab's cookies."""
        answer = await self._http.get(path)
        self.on_bytes(answer.content)
        return answer

    async def save(self, key: str) -> bytes:
        """Press a button that makes a file, and fetch it; again where the page was drawn anew meanwhile, and the file went."""
        for _ in range(10):
            url = await self._file(self.widgets[key].drawn)
            answer = await self.get(url) if url else None
            if answer is not None and answer.status_code == 200:
                return answer.content
            await asyncio.sleep(RETRY_SECONDS)
        self.errors.append(f"{key} could not be saved")
        return b""

    async def _file(self, button: Any) -> str:
        """Where the file of this button is, made now where it is made when it is asked for; empty where it is gone."""
        if not button.HasField("deferred_file_id"):
            return str(button.url)
        message = BackMsg()
        asked = message.backend_operation_request
        asked.request_id, asked.session_id = secrets.token_hex(8), self._session
        asked.deferred_file.file_id = button.deferred_file_id
        await self.say(message.SerializeToString())
        # Streamlit drops an answer that waits to be sent when the page is drawn anew.
        if not await self._comes(lambda: asked.request_id in self._answers, ANSWER_SECONDS):
            return ""
        return str(self._answers.pop(asked.request_id).deferred_file.url)

    async def click(self, key: str) -> None:
        """Press a button and wait until the page has answered."""
        before, widget = self.finished, self.widgets[key]
        await self._send([WidgetState(id=widget.id, trigger_value=True)], widget.fragment)
        await self.until(lambda: self.finished > before)

    async def until(self, true: Callable[[], bool], seconds: float = 60.0) -> None:
        """Wait for something to be so; what did not come in time is an error of this tab."""
        if not await self._comes(true, seconds):
            self.errors.append(f"nothing came for {seconds:.0f} s")

    async def quiet(self, seconds: float = 1.0) -> None:
        """Wait until nothing has come for so long: a click that comes while the page is drawn may be lost with a part of it."""
        with contextlib.suppress(TimeoutError):
            while True:
                self._changed.clear()
                await asyncio.wait_for(self._changed.wait(), seconds)

    async def _comes(self, true: Callable[[], bool], seconds: float) -> bool:
        """Whether something is so in time."""
        try:
            async with asyncio.timeout(seconds):
                while not true():
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            return False
        return True

    async def _send(self, triggers: list[WidgetState], fragment: str = "") -> None:
        message = BackMsg()
        asked = message.rerun_script
        asked.query_string, asked.fragment_id = self.query, fragment
        asked.page_name = self.page_name
        asked.context_info.url = f"{self.address}/{self.page_name}"
        asked.context_info.timezone = "UTC"
        for key, value in self._values.items():
            if key in self.widgets:
                asked.widget_states.widgets.append(WidgetState(id=self.widgets[key].id, **value))
        asked.widget_states.widgets.extend(triggers)
        await self.say(message.SerializeToString())

    async def _read(self, socket: websockets.ClientConnection) -> None:
        message = ForwardMsg()
        with contextlib.suppress(websockets.ConnectionClosed):
            async for data in socket:
                raw = data if isinstance(data, bytes) else data.encode()
                self.on_bytes(raw)
                message.ParseFromString(raw)
                self._receive(message)
                self._changed.set()
        if not self._closing:
            self._tasks.append(asyncio.create_task(self._again()))

    async def _again(self) -> None:
        """Connect again until the server is there, to the same session if it still knows it."""
        self.reconnects += 1
        while not self._closing:
            await asyncio.sleep(RETRY_SECONDS)
            with contextlib.suppress(OSError, httpx2.HTTPError, websockets.WebSocketException):
                (await self._http.get("/_stcore/health")).raise_for_status()
                await self._connect()
                await self.draw()
                return

    def _receive(self, message: ForwardMsg) -> None:
        match message.WhichOneof("type"):
            case "new_session":
                self._session = message.new_session.initialize.session_id or self._session
            case "page_info_changed":
                self.query = message.page_info_changed.query_string
            case "delta" if message.delta.WhichOneof("type") == "new_element":
                self._drawn(message.delta.new_element, message.delta.fragment_id)
            case "delta" if message.delta.add_block.popover.id:
                block = message.delta.add_block.popover
                self._named(block.id, "popover", message.delta.fragment_id, block)
            case "backend_operation_response":
                told = BackendOperationResponse()
                told.CopyFrom(message.backend_operation_response)
                self._answers[told.request_id] = told
            case "script_finished":
                self.finished += 1
            case "session_event" if message.session_event.HasField("script_compilation_exception"):
                self.errors.append("a page could not be compiled")
            case "ref_hash":
                self.errors.append("the server believes that this tab has kept something")

    def _drawn(self, element: Any, fragment: str) -> None:
        kind = element.WhichOneof("type")
        drawn = getattr(element, kind)
        if self.keeps_page:
            self.page.append(element.SerializeToString())
        if kind == "exception" or (kind == "alert" and BROKEN.search(drawn.body)):
            self.errors.append(getattr(drawn, "body", "") or drawn.message)
        if identity := getattr(drawn, "id", ""):
            self._named(identity, kind, fragment, drawn)
        if kind == "bidi_component" and drawn.component_name == LIVE:
            self._follow(Widget(identity, fragment, json.loads(drawn.json or drawn.mixed.json)))

    def _named(self, identity: str, kind: str, fragment: str, drawn: Any) -> None:
        key = re.sub(r"^\$\$ID-[0-9a-f]+-", "", identity)
        self.widgets[kind if key == "None" else key] = Widget(identity, fragment, drawn)

    def _follow(self, component: Widget) -> None:
        path = component.drawn["path"]
        if path not in self._feeds:
            self._feeds[path] = {}
            self._tasks.append(asyncio.create_task(self._feed(path)))
        self._feeds[path][component.id] = component

    async def _feed(self, path: str) -> None:
        """Follow a run's stream until it is over; after it broke off, from where it was."""
        last: dict[str, str] = {}
        while True:
            try:
                async with self._http.stream("GET", f"/{path}", headers=last) as answer:
                    if answer.status_code != 200:
                        return
                    if await self._events(path, answer, last):
                        return
            except httpx2.HTTPError:
                pass
            await asyncio.sleep(RETRY_SECONDS)

    async def _events(self, path: str, answer: httpx2.Response, last: dict[str, str]) -> bool:
        """Read one connection's events; True where the run is over."""
        async for line in answer.aiter_lines():
            self.on_bytes(line.encode())
            name, _, value = line.partition(": ")
            if name == "id":
                last["Last-Event-ID"] = value
            elif name == "event" and value == "done":
                return True
            elif name == "data":
                self._told(path, json.loads(value))
        return False

    def _told(self, path: str, news: dict[str, Any]) -> None:
        for lane, _kind, text in news.get("texts", ()):
            self.pieces += 1
            self.on_text(lane, text)
        over = [state["lane"] for state in news.get("states", ()) if state["ended"]]
        if over:
            self.ended |= {(path, lane) for lane in over}
            self._tasks.append(asyncio.create_task(self._tell_ended(path, over)))
        self._changed.set()

    async def _tell_ended(self, path: str, over: list[int]) -> None:
        """What the components of these lanes tell the page."""
        await asyncio.sleep(GATHER_SECONDS)
        for component in list(self._feeds[path].values()):
            lanes = {each["index"] for each in component.drawn["lanes"]}
            told = [
                n for n in over if (n in lanes or not lanes) and n not in component.drawn["known"]
            ]
            if told:
                event = json.dumps([{"event": "ended", "value": told}])
                identity = f"$$STREAMLIT_INTERNAL_KEY_{component.id}__events"
                state = WidgetState(id=identity, json_trigger_value=event)
                with contextlib.suppress(websockets.ConnectionClosed):
                    await self._send([state], component.fragment)


def stamp() -> str:
    """A token that says when it was made: the monotonic clock is one for all processes of a computer."""
    return f"{time.monotonic_ns()} "
