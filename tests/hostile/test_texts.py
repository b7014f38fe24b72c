"""What people type, in every door that takes words: understood, or refused in one sentence that can be posted."""

from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import RequestError
from bot.incidents import asking, pasting, reaching, watching, wishing
from bot.inquiries import noting, words
from bot.model.request import IN_WORDS
from handlers.payloads import stop_words, words_to
from tests.bot.incidents.ground import NOON

SENTENCES = (
    "10.0.0.5", "10.0.0.5 deep", "app05 for 10m", "00:50:56:80:12:34", "app01 app02 10.0.0.5", "stop inc-1",
    "10.0.0.5 for 60s at prod-1,prod-2 peer 10.0.0.7", "10.0.0.5 port 443 vlan 20 all", "core-1 core show ip arp",
    '"odd VMs lose packets" affected app01 app03 unaffected app02', "the core was rebooted at 12:03",
    "<@UBOT|ruleout> /arpcheck <http://db.example.net|db.example.net>",
)  # fmt: skip
PIECES = (
    " ", "\t", "\n", "\u00a0", "\u200b", "\u202e", "\x00", "\ud800", "<!channel>", "<@U1>", "<", ">", "|", "`", '"',
    "“", "”", "&lt;", "٣", "१", "²", "1e9", "99999999999999999999", "-1", "0x10", "nan", "inf", "for", "at", "affected",
    ",", ",,", "/", "10.0.0.0/8", "0.0.0.0", "::1", "255.255.255.255", "for 10", "for 1e400s", "5" * 5_000, "vlan",
    "port", "peer", "deep",
)  # fmt: skip


@st.composite
def said(draw: st.DrawFn) -> str:
    """A sentence that somebody says, with something else in it."""
    text = draw(st.sampled_from(SENTENCES) | st.text(max_size=60))
    for _ in range(draw(st.integers(0, 5))):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(st.sampled_from(PIECES) | st.text(max_size=6)) + text[at + draw(st.integers(0, 4)) :]
    return text


DOORS: dict[str, Callable[[str], object]] = {
    **{f"/{command}": partial(asking.parse, command=command) for command in IN_WORDS},
    "/capture": wishing.parse,
    "/watch": watching.parse,
    "/reach": reaching.parse,
    "/incident open": words.opening,
    "/note": noting.words,
    "a form of a note": lambda text: noting.read({"text": text, "about": text, "says": text, "value": text}),
    "a table": lambda text: pasting.words(text),
    "a pasted table": lambda text: pasting.read({"text": text, "target": text, "device": text}, "ana", NOON),
    "a form": lambda text: wishing.read(dict.fromkeys(("target", "for", "at", "peer", "host", "port", "vlan"), text)),
    "stop": stop_words,
    "a mention": lambda text: words_to("UBOT", f"<@UBOT> {text}"),
}


@pytest.mark.parametrize("door", DOORS)
@given(said())
def test_whatever_is_typed_is_understood_or_refused_in_a_sentence(door: str, text: str) -> None:
    """No input is a bug, and no reply is longer than what Slack takes."""
    try:
        DOORS[door](text)
    except RequestError as refused:
        reply = str(refused)
    else:
        return
    assert len(reply) < 3_000
