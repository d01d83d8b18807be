"""The names under which a tab's session state holds things: all that more than one place reads or writes.

A widget's key that nobody but the widget needs stays where the widget is drawn.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

SESSION = "session"

LIVE_BLOCKED = "live_blocked"
"""True where event streams don't get through and the script has to show the text."""
LIVE_GRANTS = "live_grants"
LIVE_SLOTS = "live_slots"
"""Boxes that the script fills, with their lanes; None in place of a box for a lane that is only waited for."""


def live(key: str) -> str:
    """The live component's key: Streamlit keeps `__` in a component's key for itself."""
    return key.replace("__", "--")


CLASS_CODE = "class_code"
CLASS_NAME = "class_name"
CLASS_TITLE = "class_title"
CLASS_MODELS = "class_models"
CLASS_BUDGET = "class_budget"
CLASS_TOTAL = "class_total"
CLASS_LONGEST = "class_longest"
CLASS_ENDS = "class_ends"
CLASS_PROBLEM = "class_problem"
"""Why one could not join."""
CLASS_WRONG = "class_wrong"
"""Why a class could not be made."""
CLASS_SAID = "class_said"
"""Why a class was not changed."""
CLASS_SHOWN = "class_shown"
"""The class that the page Class shows."""
CLASS_NEW_CODES = "class_new_codes"
"""Codes that were just made, which nobody can show again."""


def class_member(what: str, member: int) -> str:
    """A field of the class's member: budget, models or role."""
    return f"class_{what}_{member}"


KEYS_OPEN = "keys"
"""Whether the keys are looked at: what is behind the button is drawn only then."""
SIMULATE_ALL = "simulate_all"
ENDPOINT_PRESET = "endpoint_preset"
ENDPOINT_KEY = "endpoint_key"
ENDPOINT_KEEP = "endpoint_keep"
ENDPOINT_PROBLEM = "endpoint_problem"
RECORDED = "recorded_answer"
RECORDED_WHAT = "recorded_what"
RECORDED_PROMPT = "recorded_prompt"
HERE_PROBLEM = "here_problem"
HERE_AWAITED = "here_awaited"
"""True while this tab waits for the model on this computer."""
HERE_FOUND = "here_found"
TEST_NOW = "test_now"
"""The endpoint that has just been added and is to be tested."""


def provider_key(provider: str) -> str:
    """The field for a provider's API key."""
    return f"key_{provider}"


def endpoint_name(preset: str) -> str:
    """The new endpoint's name, as this preset begins it."""
    return f"endpoint_name_{preset}"


def endpoint_url(preset: str) -> str:
    """The new endpoint's address, as this preset begins it."""
    return f"endpoint_url_{preset}"


def followed(spot: str) -> str:
    """What the address named of this spot when it was looked at last."""
    return f"followed_{spot}"


def gone(spot: str) -> str:
    """True where the address named what is not here."""
    return f"gone_{spot}"


PRESSES = "presses"
"""What each place's button has started last."""

KEEP_RUNS = "keep_runs"
KEEP_DEPARTMENT = "keep_department"
KEEP_TAGS = "keep_tags"

PROMPT = "prompt"
SYSTEM = "system"
EXAMPLE = "example"
FILES = "files"
TOGETHER = "together"
"""Whether a scrolled answer takes the others along: the browser reads it off the page."""
PRESET = "preset"
PRESET_NAME = "preset_name"
PRESET_SAID = "preset_said"
"""What became of the last set of lanes that was kept or deleted."""
PROMPT_NAME = "prompt_name"
PROMPT_NOTE = "prompt_note"
PROMPT_LANES = "prompt_lanes"
PROMPT_SAID = "prompt_said"
"""What became of the last prompt that was saved from Compare."""
BLIND = "blind"
"""True when the next run hides which model wrote which answer."""
TOUR_SEEN = "tour_seen"
"""True when the short tour was skipped, or a run was started."""
NOT_SENT = "not_sent"
"""True when Run was pressed and something could not be sent, until it can."""
LANES = "lanes"
"""The lanes' numbers, in the order in which they stand."""


def lane(lane: int) -> str:
    """The part of the page that is the lane, and its card."""
    return f"lane_{lane}"


def lane_unnamed(place: int) -> str:
    """The card of an answer whose model is hidden, by its place in the row."""
    return f"lane_unnamed_{place}"


def lane_model(lane: int) -> str:
    """The lane's model, as spelled."""
    return f"model_{lane}"


def lane_api(lane: int, provider: str) -> str:
    """The door through which the lane calls this provider."""
    return f"api_{lane}_{provider}"


def lane_before(lane: int) -> str:
    """The lane's model before it was changed."""
    return f"before_{lane}"


def lane_menu(lane: int) -> str:
    """What is to be done with the lane."""
    return f"menu_{lane}"


def lane_settings(lane: int) -> str:
    """Whether a lane's settings are looked at: they are drawn only then."""
    return f"settings_{lane}"


def lane_fault(lane: int) -> str:
    """How the lane's simulated model is to fail."""
    return f"fault_{lane}"


def lane_prompt(lane: int) -> str:
    """The lane's own prompt."""
    return f"ownprompt_{lane}"


def lane_system(lane: int) -> str:
    """The lane's own system prompt."""
    return f"ownsystem_{lane}"


def lane_version(lane: int) -> str:
    """The version of a prompt out of the library that is chosen for the lane."""
    return f"ownversion_{lane}"


def lane_value(lane: int, variable: str) -> str:
    """What stands in the place of a variable of that version."""
    return f"ownvalue_{lane}_{variable}"


def lane_taken(lane: int) -> str:
    """What the lane has taken out of the library: its name with its version, prompt, system prompt."""
    return f"owntaken_{lane}"


def lane_setting(setting: str, lane: int, model: str = "") -> str:
    """One of the lane's settings, of each model its own where a model is named."""
    return f"{setting}_{lane}_{model}" if model else f"{setting}_{lane}"


TAB = "tab"
SIGNED_OUT = "signed_out"
"""True from Sign out until the browser has left the page."""
WENT_AHEAD = "went_ahead"
"""True where this tab's browser was sent an element of each kind before the page."""
DRAFT_ASKED = "draft_asked"
"""True when the browser was asked for a draft from before the reload."""
DRAFT_BEFORE = "draft_before"
"""What the fields held before the reload, where they now hold a run's."""
FOCUS = "focus"
"""What the keyboard goes to once the page is drawn: the key of a widget, and how many were named before."""
VIEW = "view"
"""How the lanes' answers are looked at."""
ANSWERED = "answered"
"""Which lanes show an answer now."""
RETRIES = "retries"
"""A run, and those out of the history that repeat a lane of it."""
SHOWN_LANES = "shown_lanes"
"""The run that Compare shows last, and the lanes that its answers stand in."""

CHAT_VIEW = "chat_view"
"""The open section of Chat vs API."""
CHAT_CONVERSATION = "Conversation"
"""The section that the link of a conversation opens."""
PRESENT = "present"
"""True while the page is shown to a class."""
START_HIDDEN = "start_hidden"
PAY_SOURCE = "pay_source"
QUESTION_WORDS = "question_words"
"""What is typed to find a question."""


def choose(question: str) -> str:
    """The answer to one of the six questions."""
    return f"choose_{question}"


LADDER_PROMPT = "ladder_prompt"
LADDER_MODELS = "ladder_models"
LADDER_CHOICE = "ladder_choice"
LADDER_PROFILE = "ladder_profile"
LADDER_GENERATION = "ladder_generation"
"""Grows with every profile that is taken, so that its fields begin anew."""


def ladder_step(generation: int, index: int, name: str) -> str:
    """What the keys of one step's widgets begin with."""
    return f"step_{generation}_{index}_{name}"


def ladder_field(step: str, field: str) -> str:
    """One of a step's widgets."""
    return f"{step}_{field}"


CONVERSATION = "conversation"
"""The turns of the conversation that this tab looks at."""
CONVERSATION_MODELS = "conversation_models"
CONVERSATION_HISTORY = "conversation_history"
CONVERSATION_SYSTEM = "conversation_system"
CONVERSATION_SYSTEM_TEXT = "conversation_system_text"
CONVERSATION_CACHE = "conversation_cache"
CONVERSATION_KEPT = "conversation_kept"
CONVERSATION_POLICY = "conversation_policy"
CONVERSATION_WINDOW = "conversation_window"
CONVERSATION_PLAY = "conversation_play"
"""True when the example's turns are to be played."""
CONVERSATION_FULL = "conversation_full"
"""A question that does not fit the window, and the turn that it was asked behind."""

PASTE_PROMPT = "paste_prompt"
PASTE_BEGUN = "paste_begun"
"""True once the question was Compare's."""
PASTE_TEXT = "paste_text"
PASTE_PRODUCT = "paste_product"
PASTE_SECONDS = "paste_seconds"
PASTE_MODELS = "paste_models"
PASTE_CLOCK = "paste_clock"
"""When the stopwatch was started, seconds of a monotonic clock."""

LAB_PANEL = "lab_panel"
"""The open panel of the API lab."""


def lab_group(group: str) -> str:
    """The choice among the panels of one group."""
    return f"lab_group_{group}"


def lab(panel: str, field: str) -> str:
    """What a panel of the API lab holds under this name, and its widgets."""
    return f"lab_{panel}_{field}"


TOKENS_TEXT = "tokens_text"
TOKENS_BOX = "tokens_box"
TOKENS_EDITOR = "tokens_editor"
TOKENS_EXAMPLE = "tokens_example"
COUNTS_ASKED = "counts_asked"
KEYS_FOUND = "keys_found"

CALC_MODELS = "calc_models"


def calc(number: str) -> str:
    """One of the calculator's numbers."""
    return f"calc_{number}"


SAME_TEXT = "same_text"
SAME_COUNTS = "same_counts"
PRICES_TABLE = "prices_table"
PRICES_OPEN = "prices_open"
OWN_REMOVE = "own_remove"
OWN_SAID = "own_said"


def own_price(field: str) -> str:
    """One field of a price of one's own."""
    return f"own_{field}"


HISTORY_PAGE = "history_page"
HISTORY_SELECTED = "history_selected"
"""The runs that were selected when the page was drawn last."""
HISTORY_DRAWN = "history_drawn"
"""How often the address has opened a run, so that the list's ticks begin anew, and which one last."""


def history_table(first: str, rows: int, drawn: int) -> str:
    """The list that begins with this run."""
    return f"history_table_{first}_{rows}_{drawn}"


HISTORY_HELD = "history_held"
"""The id of a run that waits to be compared with another."""


def history_filter(name: str) -> str:
    """One of the history's filters."""
    return f"history_{name}"


LIBRARY_NAME = "library_name"
LIBRARY_SAVED = "library_saved"
"""The name of the prompt that has just been saved."""


def new_prompt(field: str) -> str:
    """A field of a new prompt: its name, system or text."""
    return "library_new_name_new" if field == "name" else f"library_{field}_new"


CHATS_ROUND = "chats_round"
"""How often the files were let go: an uploader forgets its files only under another key."""
CHATS_SAMPLE = "chats_sample_taken"
"""True while the sample stands in for an export."""
CHATS_MODELS = "chats_models"
CHATS_READ = "chats_read"
"""What was asked of which files, and what was found."""

CHATS_COUNTED = "chats_counted"
CHATS_EXACTLY = "chats_exactly"
"""Which conversation was counted by which provider, and what it counted."""

CHATS_TALK = "chats_talk"
"""A conversation that another page handed over, to become a request."""
CHATS_FROM = "chats_from"
CHATS_HANDED = "The conversation from Chat vs API"
"""The choice in CHATS_FROM that stands for it."""
CHATS_PASTED = "chats_pasted"
CHATS_TO = "chats_to"
CHATS_PROPOSED = "chats_proposed"
"""What was proposed last: a new proposal fills the fields, a change of them stays."""
CHATS_SYSTEM = "chats_request_system"
CHATS_SCHEMA = "chats_request_schema"


def chats_files(round_: int) -> str:
    """The uploader of Your chats."""
    return f"chats_files_{round_}"


EXPERIMENT_SPEC = "experiment_spec"
EXPERIMENT_PAGE = "experiment_page"
EXPERIMENT_ONLY = "experiment_only"
EXPERIMENT_READING = "experiment_reading"
"""What was read of which spec with which files."""
EXPERIMENT_LATENCY = "experiment_latency"
EXPERIMENT_BEFORE = "experiment_before"
EXPERIMENT_VOTED = "experiment_voted"
"""The last ballot with what was chosen, until it is taken back."""
EXPERIMENT_IMPORTED = "experiment_imported"
"""What an import could not take, until something else is written."""
EXPERIMENT_READ = "experiment_read"
"""The uploaded spec that stands in the editor, with its files, by their names and numbers."""
BILL_KEY = "bill_key"
"""The field for an admin key; empty again as soon as the key is taken out of it."""
BILL_READ = "bill_read"
"""The bills of the files given, by upload: each is read once."""
BILL_FETCHED = "bill_fetched"
"""Bills that were fetched in this tab, by provider."""
BILL_SAID = "bill_said"
"""Why the last fetch brought nothing."""


MEMORY_MODELS = "memory_models"
"""The model whose talk is carried four ways: one, as a list."""
WALLETS_TRIED = "wallets_tried"
"""What the simulation answered by key and by plan."""
WALLETS_SIGN_IN = "wallets_sign_in"
"""The sign-in that is under way."""
WALLETS_ASKED = "wallets_asked"
WALLETS_MODELS = "wallets_models"
"""Whose plan has which models."""


LEARN_VIEW = "learn_view"
"""What is looked at on Learn: lessons, glossary or questions."""
LEARN_LESSON = "learn_lesson"
"""The open lesson's name; empty for the list of all."""
LEARN_DONE = "learn_done"
"""The lessons whose question was answered rightly, as this tab knows."""
GLOSSARY_WORDS = "glossary_words"
"""What is typed to find a word."""


def learn(lesson: str, field: str) -> str:
    """What a lesson holds under this name, and its widgets."""
    return f"learn_{lesson}_{field}"


def held() -> dict[str, Any]:
    """What is written and chosen in the page's fields: all that is held in plain values."""
    plain = (str, int, float, type(None))
    return {
        key: value
        for key, value in st.session_state.to_dict().items()
        if all(isinstance(one, plain) for one in (value if isinstance(value, list) else [value]))
    }
