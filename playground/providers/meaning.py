"""What an error means: a table of codes, one of words, one of statuses.

A code that can only mean one thing decides first, then what is said, then a code that could mean many things, then a
number, wherever it stands. So the same trouble has the same type whether it comes as a status, in a body, or in words.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from typing import Literal

from playground.domain import FailureType
from playground.providers.complaint import Complaint

Case = (
    FailureType
    | Literal[
        "no_api",
        "no_model",
        "redirect",
        "web_page",
        "blocked",
        "sign_in",
        "key_wanted",
        "hung_up",
        "not_http",
        "tls_trust",
        "tls_name",
        "tls_date",
        "tls_broken",
        "speaks_http",
        "wants_https",
    ]
)
"""A type, or a case of one that has sentences of its own."""

TELLING: dict[str, FailureType] = {
    # OpenAI and compatible servers
    "invalid_api_key": "authentication",
    "invalid_authentication": "authentication",
    "incorrect_api_key": "authentication",
    "incorrect_api_key_provided": "authentication",
    "no_api_key_provided": "authentication",
    "invalid_token": "authentication",
    "missing_scope": "permission",
    "unsupported_country_region_territory": "permission",
    "account_deactivated": "permission",
    "organization_deactivated": "permission",
    "model_not_found": "not_found",
    "model_not_available": "not_found",
    "model_not_exist": "not_found",
    "model_not_supported": "not_found",
    "model_decommissioned": "not_found",
    "previous_response_not_found": "not_found",
    "context_length_exceeded": "context_length",
    "string_above_max_length": "context_length",
    "unsupported_parameter": "unsupported_parameter",
    "unsupported_value": "unsupported_parameter",
    "unknown_parameter": "unsupported_parameter",
    "insufficient_quota": "quota_exceeded",
    "billing_hard_limit_reached": "quota_exceeded",
    "billing_not_active": "quota_exceeded",
    "insufficient_balance": "quota_exceeded",
    "rate_limit_exceeded": "rate_limited",
    "tokens_per_min_limit_exceeded": "rate_limited",
    "content_policy_violation": "refused",
    "content_filter": "refused",
    "invalid_prompt": "refused",
    "bio_policy": "refused",
    "cyber_policy": "refused",
    "server_is_overloaded": "overloaded",
    "slow_down": "overloaded",
    "engine_overloaded": "overloaded",
    "vector_store_timeout": "timeout",
    # Anthropic
    "request_too_large": "context_length",
    "billing_error": "quota_exceeded",
    "overloaded_error": "overloaded",
    # Google
    "API_KEY_INVALID": "authentication",
    "API_KEY_EXPIRED": "authentication",
    "ACCESS_TOKEN_EXPIRED": "authentication",
    "CREDENTIALS_MISSING": "authentication",
    "API_KEY_SERVICE_BLOCKED": "permission",
    "API_KEY_HTTP_REFERRER_BLOCKED": "permission",
    "API_KEY_IP_ADDRESS_BLOCKED": "permission",
    "SERVICE_DISABLED": "permission",
    "BILLING_DISABLED": "quota_exceeded",
    # llama.cpp, Azure
    "exceed_context_size_error": "context_length",
    "tokens_limit_reached": "context_length",
    "DeploymentNotFound": "not_found",
    "ResponsibleAIPolicyViolation": "refused",
    # LiteLLM, OpenRouter, OpenCode, Moonshot, Alibaba, MiniMax, Zhipu
    "ContextWindowExceededError": "context_length",
    "budget_exceeded": "quota_exceeded",
    "CreditsError": "quota_exceeded",
    "exceeded_current_quota_error": "quota_exceeded",
    "engine_overloaded_error": "overloaded",
    "rate_limit_reached_error": "rate_limited",
    "Arrearage": "quota_exceeded",
    "AllocationQuota.FreeTierOnly": "quota_exceeded",
    "DataInspectionFailed": "refused",
    "authorized_error": "authentication",
    "1008": "quota_exceeded",
    "1039": "context_length",
    "1113": "quota_exceeded",
    "1211": "not_found",
    "1261": "context_length",
    "1301": "refused",
    "1302": "rate_limited",
    "1303": "rate_limited",
    "1305": "overloaded",
    # AWS
    "ThrottlingException": "rate_limited",
    "UnrecognizedClientException": "authentication",
    "ExpiredTokenException": "authentication",
    "ModelNotReadyException": "overloaded",
    "ModelTimeoutException": "timeout",
}
"""The provider's code or error type → our type, where it can mean nothing else."""

BROAD: dict[str, FailureType] = {
    "authentication_error": "authentication",
    "UNAUTHENTICATED": "authentication",
    "permission_error": "permission",
    "PERMISSION_DENIED": "permission",
    "AccessDeniedException": "permission",
    "not_found_error": "not_found",
    "rate_limit_error": "rate_limited",
    "RESOURCE_EXHAUSTED": "rate_limited",
    "UNAVAILABLE": "overloaded",
    "timeout_error": "timeout",
    "DEADLINE_EXCEEDED": "timeout",
    "server_error": "server",
    "INTERNAL": "server",
    "InternalServerError": "server",
    "service_unavailable": "overloaded",
    "too_many_requests": "rate_limited",
    "unauthorized": "authentication",
    "forbidden": "permission",
    "DATA_LOSS": "server",
    "CANCELLED": "server",
}
"""Codes that are used for more than what they say: words are believed before them."""

WEAK: dict[str, FailureType] = {
    "invalid_request_error": "invalid_request",
    "bad_request_error": "invalid_request",
    "UNKNOWN": "server",
    "INVALID_ARGUMENT": "invalid_request",
    "ValidationException": "invalid_request",
    "invalid_parameter_error": "invalid_request",
}
"""Codes that are believed where no status says anything."""

_BY_STATUS: dict[int, FailureType] = {
    400: "invalid_request",
    401: "authentication",
    402: "quota_exceeded",
    403: "permission",
    404: "not_found",
    405: "not_found",
    407: "connection",
    408: "timeout",
    410: "not_found",
    413: "context_length",
    422: "invalid_request",
    424: "server",
    429: "rate_limited",
    498: "authentication",
    500: "server",
    502: "server",
    503: "overloaded",
    504: "timeout",
    511: "connection",
    522: "connection",
    524: "timeout",
    529: "overloaded",
}
_VAGUE = frozenset({400, 422, 500, 502})
"""Statuses that are given for anything: any other number that stands in the body says more."""

_NOT = r"(not (be )?found|(does|do) ?(not|n't) exist|not exist|is(n't| not)( currently)? (available|loaded|deployed)|no longer (available|supported)|decommissioned|has been (deprecated|retired|removed))"
_KEY = r"(api[ _-]?key|x-api-key|access[ _-]token|bearer token|auth(entication|orization)?[ _-]?(token|header|credential|key)?s?|credentials?|security token)"
_BY_WORDS: tuple[tuple[Case, str], ...] = (
    (
        "wants_https",
        r"plain http request was sent to https|http request to an https server|speaking plain http to an ssl|requires tls",
    ),
    (
        "no_api",
        r"unexpected endpoint or method|no route matched|could not route to|no route for that|invalid url \(|missing authentication token"
        r"|cannot (get|post) /|(unknown|unsupported|no such) (request )?(endpoint|path|route|url)|method not allowed"
        r"|(endpoint|path|route|url|resource|file|page) (was |is |requested )?not found|^\W*(404\W*)?not found\W*$",
    ),
    ("quota_exceeded", r"per ?day.*free ?tier"),
    (
        "rate_limited",
        r"(try again|retry)( in| after) \d|please wait before|tokens? per (min|sec|hour|day)|requests? per (min|sec|hour|day)",
    ),
    (
        "context_length",
        r"(prompt|input|request|message)s? (is |are |was )?too (long|large for (the |this )?(model|context))|exceeds? (the |this model's |model )?(max(imum)? |available )?(input |token |prompt )?context"
        r"|context[ _-]?(window|length|size|limit) ?(is |was |has been )?(exceeded|of)|max(imum)? (context|prompt) length|input token count.*exceeds"
        r"|exceeds? (the )?context|requested tokens? .*context|context (the )?overflow|loaded with context length of only"
        r"|too (long|large) (to fit into|for) (the )?model|longer than the (maximum model|model's context) length|(max|maximum) (context )?length exceeded|exceeded (model )?(token|max(imum)? context) l"
        r"|range of input length|must have less than \d+ tokens|tokens? \+ .?max_new_tokens.? must be|too many (input )?tokens(:| in)|maximum number of (input )?tokens allowed|reduce the length of (the|your)"
        r"|prompt exceeds|max(imum)? input (characters|tokens) (is|are)|上下文|超长|输入.{0,8}(过长|超过)",
    ),
    (
        "quota_exceeded",
        r"(credit )?balance (is |was )?(too low|insufficient|not enough)|insufficient[ _-]?(account[ _-])?(balance|credits?|funds|quota)|(out of|not enough|no|more) credits?\b|prepayment credits"
        r"|exceeded (your |the )?(current |monthly )?(quota|budget)|quota (has been |was |is )?(exceeded|exhausted|used up)|budget (has been )?exceeded|exceeded ?budget|over budget|crossed budget"
        r"|(key|spend(ing)?|billing|usage|credit|monthly) (hard )?limit (has been |was )?(exceeded|reached)|(reach(ed|ing)?|exceed(ed|ing)?|hit) (the |your |its )?(monthly |daily )?(spend(ing)?|usage|billing|credit) limit"
        r"|failure to pay|used up (your|the|all)|(have|has) any credits?\b|payment required|arrear|overdue|余额|欠费|额度",
    ),
    (
        "rate_limited",
        r"rate[ _-]?limit|requests? limit (has been |was )?(reached|exceeded)|too many (concurrent )?requests|too many tokens|throttl|max(imum)? (organization )?(request|concurrency)|concurren(t|cy) (request )?limit|请求过于频繁|请求过多|速率|并发|频率",
    ),
    (
        "authentication",
        rf"(invalid|incorrect|wrong|bad|missing|expired|malformed|no) (or (missing|invalid|expired) )?{_KEY}|{_KEY} (is |was |provided is )?(not valid|invalid|incorrect|expired|missing|required|disabled|not provided)"
        r"|no (cookie )?auth credentials|provide an? (valid )?api key|(^|\W)unauthori[sz]ed|authentication (fails?|failed|error|required)|(not |un)authenticated|could not validate credentials|login fail"
        r"|令牌|身份验证|鉴权|认证失败|api ?key 无效|无效的 ?(令牌|api)",
    ),
    (
        "unsupported_parameter",
        r"(unsupported|unknown|unrecognized|unexpected) (request )?(parameter|argument|keyword|field name|option)s?\b|extra (inputs|fields) (are )?not permitted|unknown name .{0,80}cannot find field"
        r"|does not support (tools|functions?|images?|audio|vision|thinking|reasoning|streaming|(the )?[\w`'\".-]+ (parameter|setting)|parameter)|not supported (with|by) this model|endpoints found that support",
    ),
    (
        "not_found",
        rf"\b(model|deployment)s?\b[^\n]{{0,160}}?\b{_NOT}|(unknown|invalid|no such|unrecognized) model\b|not a valid model|no endpoints found for|no (available )?models? (is |are )?loaded|failed to load model"
        r"|unable to access model|model identifier is invalid|model_not_(found|available|supported|exist)|\bmodel\b[^\n]{0,160}? not supported by any"
        r"|try pulling it|model not exist|no available channel|模型不存在|无可用渠道",
    ),
    (
        "refused",
        r"content (filter|management|policy|moderation|audit)|content exists risk|inappropriate content|flagged (as|by|for)|requires moderation|敏感|违规",
    ),
    (
        "overloaded",
        r"overloaded|at (full )?capacity|over capacity|(server|service) is (too )?busy|currently loading|loading model|no (healthy|available) (upstream|backend|server|instance|replica|worker)|temporarily unavailable|负载|繁忙",
    ),
    (
        "timeout",
        r"(request|upstream|gateway|response|connection) (request )?time(d )?-?out|timed out",
    ),
)
"""What is said → what it means, the first row that fits. Each was seen in a provider's, a server's or a gateway's answer."""
_LINK = re.compile(r"https?://\S+")
_LONGEST = 4_000
"""Characters of a message that are looked through."""


def _plain(code: str) -> str:
    """A code without what differs between spellings of it: `InvalidApiKey` and `invalid_api_key` are one."""
    name = re.sub(r"[^0-9a-z]", "", code.rpartition("#")[2].lower())
    return name.removesuffix("exception").removesuffix("error") or name


_TELLING, _BROAD, _WEAK = ({_plain(c): t for c, t in t.items()} for t in (TELLING, BROAD, WEAK))


def classify(status: int | None, complaint: Complaint) -> Case:
    """What a provider's error means, by its codes, its words and its numbers; a status of None or 200 says nothing."""
    given = [c for c in (complaint.reason, *complaint.codes, complaint.code, complaint.type) if c]
    codes = [_plain(code) for code in given]
    wait = f"\nretry in {complaint.retry_after}" if complaint.retry_after else ""
    return (
        _first(_TELLING, codes)
        or by_words(f"{complaint.message}{wait}", given)
        or _first(_BROAD, codes)
        or _by_number(status, codes)
        or _first(_WEAK, codes)
        or "server"
    )


def by_words(message: str, codes: Iterable[str] = ()) -> Case | None:
    """What a message means, addresses in it left out; None when its words do not tell."""
    text = _LINK.sub("", message[:_LONGEST])
    text = "\n".join((text, *codes))
    return next((case for case, words in _words() if words.search(text)), None)


@functools.cache
def _words() -> tuple[tuple[Case, re.Pattern[str]], ...]:
    """_BY_WORDS, compiled when something has failed."""
    return tuple((c, re.compile(words, re.IGNORECASE | re.MULTILINE)) for c, words in _BY_WORDS)


def _first(table: Mapping[str, FailureType], codes: Iterable[str]) -> FailureType | None:
    return next((table[code] for code in codes if code in table), None)


def _by_number(status: int | None, codes: Iterable[str]) -> FailureType | None:
    """The type of the number that says most: one in the body, the innermost first, or the status."""
    inside = [int(code) for code in codes if re.fullmatch(r"[45]\d\d", code)]
    given = [] if status is None or 200 <= status < 300 else [status]
    clear = (n for n in (*inside, *given) if n in _BY_STATUS and n not in _VAGUE)
    number = next(clear, next(iter((*inside, *given)), None))
    if number is None:
        return None
    if 300 <= number < 400:
        return "not_found"
    return _BY_STATUS.get(number, "server" if number >= 500 else "invalid_request")
