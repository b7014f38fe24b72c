"""Cards as Slack messages."""

import html
import json
from dataclasses import replace
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest

from bot.incidents import guest_word
from bot.incidents.card import card
from bot.model.cause import Side
from bot.model.download import Link
from bot.model.incident import Closed, Declined, Incident, Outcome, StopAsked
from bot.model.owners import Conflict, Owner, Owners, Section
from bot.model.request import Person
from bot.model.verdict import NextTest, RuledOut, Verdict, Weighs
from bot.slack.blocks import approval_message, card_message
from bot.slack.details import details, links_text, story_messages
from bot.slack.limits import characters, check_message
from bot.slack.pieces import Message, plain_message
from tests.bot import paths
from tests.bot.slack import stories

KEY = b"k" * 32
GOLDEN = Path(__file__).parent / "golden"
HOSTILE = "<!channel> <@U1> & :tada: *x* `00:50:56:de:ad:be 2001:db8::de:1 at 12:00:05"
LONG = "word " * 600


def hostile() -> Verdict:
    """Every free text is what a stranger could have named a machine."""
    item = stories.evidence(HOSTILE, finding="f")
    return replace(
        stories.inconclusive(),
        claim=HOSTILE,
        evidence=(item, stories.evidence(HOSTILE, Weighs.AGAINST)),
        ruled_out=(RuledOut(Side.GUEST, (HOSTILE,)),),
        rivals=(HOSTILE,),
        missing=(HOSTILE,),
        trigger=HOSTILE,
        next_test=NextTest(HOSTILE, HOSTILE, (HOSTILE,)),
        catalogue=HOSTILE,
    )


def huge() -> Verdict:
    """More than any message can hold, everywhere at once."""
    return replace(
        stories.inconclusive(),
        claim=LONG,
        evidence=tuple(stories.evidence(f"{n} {LONG}", witnesses=200) for n in range(200)),
        ruled_out=tuple(RuledOut(side, (LONG,) * 50) for side in Side),
        missing=(LONG,) * 50,
        trigger=LONG,
        next_test=NextTest(LONG, LONG, (LONG,)),
    )


def hostile_owners() -> Owners:
    """Every name in a vCenter was typed by a stranger."""
    owner = Owner(HOSTILE, HOSTILE, True, (HOSTILE,) * 3, (HOSTILE,), guest_runs=True)
    return Owners(
        claim=HOSTILE,
        conflicts=(Conflict(HOSTILE, certain=True), Conflict(HOSTILE, certain=False)),
        owners=(owner, owner),
        established=(HOSTILE,),
        sections=(Section(HOSTILE, (HOSTILE,)),),
        missing=(HOSTILE,),
        read_at=stories.ASKED_AT,
    )


def huge_owners() -> Owners:
    """Fifty owners, each with more than any message can hold."""
    owner = Owner(LONG, "dc1", True, (LONG,) * 20, (LONG,) * 20, guest_runs=True)
    return Owners(
        claim=LONG,
        conflicts=(Conflict(LONG, certain=True),) * 20,
        owners=(owner,) * 50,
        established=(LONG,) * 50,
        sections=(Section("alarms", (LONG,) * 40),) * 10,
        missing=(LONG,) * 50,
        read_at=stories.ASKED_AT,
    )


INCIDENTS = [
    pytest.param(stories.asked(), id="asked"),
    pytest.param(stories.running(), id="running"),
    pytest.param(stories.lost_and_expired(), id="lost"),
    pytest.param(stories.ended(), id="guest"),
    pytest.param(stories.ended(stories.inconclusive()), id="inconclusive"),
    pytest.param(stories.ended(hostile()), id="hostile"),
    pytest.param(stories.ended(huge()), id="huge"),
    pytest.param(stories.looked_up(stories.one_owner()), id="owner"),
    pytest.param(stories.looked_up(stories.two_owners()), id="conflict"),
    pytest.param(stories.looked_up(stories.no_owner()), id="nobody"),
    pytest.param(stories.looked_up(hostile_owners()), id="hostile owners"),
    pytest.param(stories.looked_up(huge_owners()), id="huge owners"),
    *(pytest.param(stories.traced(told()), id=f"path: {told.__name__}") for told in paths.ALL),
    *(pytest.param(stories.judged_beside(told()), id=f"beside: {told.__name__}") for told in paths.ALL),
    pytest.param(stories.judged_beside(paths.huge(), huge()), id="huge beside huge"),
    pytest.param(stories.unanswered(Outcome.FAILED, LONG), id="failed"),
    pytest.param(stories.unanswered(Outcome.REFUSED, HOSTILE), id="refused"),
]


def endless() -> Incident:
    """A capture of more than any message can hold."""
    hosts = tuple(IPv4Address(f"10.0.{n}.5") for n in range(31))
    return stories.captures(stories.wished(hosts=hosts, at=(LONG[:300], HOSTILE)))


CAPTURES = [
    pytest.param(stories.wished(), id="wished"),
    pytest.param(stories.waits(), id="waits"),
    pytest.param(stories.captures(), id="captures"),
    pytest.param(stories.then(stories.captures(), StopAsked(at=stories.after(9), by=stories.SECOND)), id="stopping"),
    pytest.param(stories.captured(), id="captured"),
    pytest.param(stories.captured(agents=1, incomplete=LONG), id="incomplete"),
    pytest.param(stories.captured(agents=0, outcome=Outcome.FAILED), id="nothing captured"),
    pytest.param(stories.captured(incomplete=HOSTILE, outcome=Outcome.STOPPED), id="stopped"),
    pytest.param(
        stories.then(
            stories.waits(),
            Declined(at=stories.after(5), by=stories.SECOND),
            Closed(at=stories.after(5), outcome=Outcome.REFUSED, sentence=HOSTILE),
        ),
        id="declined",
    ),
    pytest.param(endless(), id="endless"),
]
INCIDENTS += CAPTURES


def messages(incident: Incident) -> list[Message]:
    shown = card(incident, (HOSTILE, LONG) * 20, stories.after(20), stories.words())
    waited = [approval_message(shown, KEY)] if shown.waits or shown.decided else []
    return [card_message(shown, KEY), *details(shown), *waited, *story_messages(incident, (HOSTILE, LONG) * 40)]


def texts(node: Any) -> list[str]:
    """Every text of a message, down to the last."""
    if isinstance(node, dict):
        return [t for k, v in node.items() for t in ([v] if k == "text" and isinstance(v, str) else texts(v))]
    return [t for part in node for t in texts(part)] if isinstance(node, list | tuple) else []


@pytest.mark.parametrize(
    "name",
    [
        "running", "guest", "inconclusive", "failed", "owner", "conflict", "nobody",
        "waits", "captures", "captured", "incomplete", "stale", "agreeing", "beside",
    ],
)  # fmt: skip
def test_the_card_is_the_golden_one(name: str) -> None:
    """A change of what a channel sees is seen in review. Made anew by removing the file and running once."""
    incident = {
        "running": stories.running(),
        "guest": stories.ended(),
        "inconclusive": stories.ended(stories.inconclusive()),
        "failed": stories.unanswered(Outcome.FAILED, "No agent is alive, so nobody can look."),
        "owner": stories.looked_up(stories.one_owner()),
        "conflict": stories.looked_up(stories.two_owners()),
        "nobody": stories.looked_up(stories.no_owner()),
        "stale": stories.traced(paths.stale()),
        "agreeing": stories.traced(paths.agreeing()),
        "beside": stories.judged_beside(paths.stale()),
        "waits": stories.waits(),
        "captures": stories.captures(),
        "captured": stories.captured(),
        "incomplete": stories.captured(agents=1, incomplete="The interface went away."),
    }[name]
    wished = incident.request.capture is not None
    shown = card(incident, (), stories.after(20), stories.words()) if wished else card(incident, (stories.FACT,))
    parts = [card_message(shown, KEY), *details(shown)]
    parts += [approval_message(shown, KEY)] if shown.waits else []
    made = [{"text": it.text, "blocks": list(it.blocks)} for it in parts]
    path = GOLDEN / f"{name}.json"
    if not path.exists():
        path.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        pytest.fail(f"{path.name} was made anew: look at it, then keep it")
    assert made == json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("incident", INCIDENTS)
def test_slack_takes_every_message(incident: Incident) -> None:
    """A refused card is a verdict that nobody sees."""
    for message in messages(incident):
        assert check_message(message.blocks) == ()
        assert 0 < len(message.text) <= 4000
        assert message.blocks


@pytest.mark.parametrize("incident", INCIDENTS)
def test_foreign_text_calls_nobody_and_stays_text(incident: Incident) -> None:
    """A VM named <!channel> must not wake a whole company."""
    for message in messages(incident):
        for text in (message.text, *texts(message.blocks)):
            outside_code = "".join(text.split("`")[::2])
            assert not [shout for shout in ("<!", "<@U1>") if shout in text]
            assert not [emoji for emoji in (":de:", ":00:", ":tada:") if emoji in outside_code]


def test_a_card_too_long_says_what_was_cut() -> None:
    """Silence about what is missing would be a lie about the evidence."""
    shown = card(stories.ended(huge()), ())
    channel, *thread = (json.dumps(it.blocks, ensure_ascii=False) for it in (card_message(shown, KEY), *details(shown)))
    assert "characters cut)" in channel
    assert "and 197 more in the thread" in channel
    assert "more items were cut here; all are in the case `inc-k3v9`" in thread[-1]
    assert len(thread) <= 5


def test_the_details_name_every_item_with_its_places() -> None:
    """Anybody must be able to open the file and look."""
    text = "\n".join(t for message in details(card(stories.ended(), ())) for t in texts(message.blocks))
    for item in stories.guest_proven().evidence:
        assert item.finding in text
    for expected in ("sha256:3f2a9c01b7de`", "frames 14,15 at probe-a1", "Frames of both MACs arrived", "dc1-b"):
        assert expected in text
    assert text.startswith("<@U7> ")  # an edit notifies nobody, a mention in the thread does


@pytest.mark.parametrize(
    ("incident", "expected"),
    [
        pytest.param(stories.running(), [], id="running"),
        pytest.param(stories.ended(), ["Check again", "Capture", "Add tables"], id="answered"),
        pytest.param(stories.looked_up(stories.one_owner()), ["Look up again"], id="looked up"),
        pytest.param(stories.traced(paths.stale()), ["Read again", "Capture", "Add tables"], id="traced"),
        pytest.param(stories.unanswered(Outcome.FAILED, "x"), ["Check again", "Add tables"], id="failed"),
        pytest.param(stories.unanswered(Outcome.REFUSED, "x"), [], id="refused"),
        pytest.param(stories.waits(), ["Stop"], id="capture waits"),
        pytest.param(stories.captures(), ["Stop"], id="captures"),
        pytest.param(stories.captured(), ["Capture again", "Download"], id="captured"),
        pytest.param(stories.captured(agents=0, outcome=Outcome.FAILED), ["Capture again"], id="nothing captured"),
    ],
)
def test_buttons_stand_only_where_they_can_do_something(incident: Incident, expected: list[str]) -> None:
    """A button on a running card would be pressed, and pressed again."""
    blocks = card_message(card(incident, ()), KEY).blocks
    buttons = [e for b in blocks if b["type"] == "actions" for e in b["elements"]]
    assert [button["text"]["text"] for button in buttons] == expected


def test_a_terminals_question_mentions_nobody() -> None:
    """A login name is no Slack user."""
    shown = replace(card(stories.ended(), ()), asked_by=Person("terminal", "root"))
    everything = [t for m in (card_message(shown, KEY), *details(shown)) for t in texts(m.blocks)]
    assert not any("<@" in text for text in everything)


def test_the_plain_form_is_sections_alone() -> None:
    """What Slack refused is said again in the simplest way."""
    message = plain_message(card_message(card(stories.ended(huge()), ()), KEY))
    assert {block["type"] for block in message.blocks} == {"section"}
    assert check_message(message.blocks) == ()
    assert characters(message.blocks) > 1000


def test_a_conflict_is_the_first_thing_a_channel_reads() -> None:
    """Whoever shares the address is named before anything else is said."""
    header, first, second, *_ = card_message(card(stories.looked_up(stories.two_owners()), ()), KEY).blocks
    assert header["text"]["text"] == "⚠️ CONFLICT · 10.0.0.5"
    assert "VM clone" in first["text"]["text"]
    assert "both have 10.0.0.5" in second["text"]["text"]


def test_a_conflict_that_vcenter_cannot_tell_is_called_a_possible_one() -> None:
    """Two networks with one plan of addresses must not be blamed on anybody."""
    unsure = tuple(replace(one, certain=False) for one in stories.two_owners().conflicts)
    shown = card(stories.looked_up(replace(stories.two_owners(), conflicts=unsure)), ())
    assert shown.headline == "POSSIBLE CONFLICT · 10.0.0.5"


@pytest.mark.parametrize(
    ("incident", "offered"),
    [
        pytest.param(stories.ended(stories.inconclusive()), True, id="a rival inside the guest"),
        pytest.param(stories.ended(), False, id="nothing left to ask the guest"),
        pytest.param(stories.looked_up(stories.one_owner()), True, id="a running VM"),
        pytest.param(stories.looked_up(stories.no_owner()), False, id="no VM"),
        pytest.param(stories.running(), False, id="not ended"),
    ],
)
def test_commands_for_the_guest_stand_in_the_thread_as_they_are_copied(incident: Incident, offered: bool) -> None:
    """One code block for each system, line by line, and never on the card that everybody reads."""
    shown = card(incident, ())
    blocks = [t for message in details(shown) for t in texts(message.blocks) if "```" in t]
    copied = [html.unescape(block.split("```")[1].strip("\n")) for block in blocks]
    assert copied == ([guest_word.LINUX, guest_word.WINDOWS] if offered else [])
    assert "ip neigh" not in str(card_message(shown, KEY))


def test_a_running_capture_shows_how_far_each_vantage_is_and_how_old_that_word_is() -> None:
    """A number without its age lies as soon as the agent dies."""
    young, old = (
        str(card_message(card(stories.captures(), (), stories.after(at), stories.words()), KEY).blocks)
        for at in (20, 49)
    )
    assert "1,234 packets, 98,765 bytes, 0 dropped, 40 s left, heard 1 s ago" in young
    assert "drops not known" in young
    assert "heard 30 s ago" in old


def test_the_message_to_a_second_person_has_buttons_only_while_it_is_open() -> None:
    """A decided one that can still be pressed would be pressed."""
    shown = card(stories.waits(), ())
    buttons = [e for b in approval_message(shown, KEY).blocks if b["type"] == "actions" for e in b["elements"]]
    assert [button["text"]["text"] for button in buttons] == ["Approve", "Decline"]
    assert stories.WHY in str(approval_message(shown, KEY).blocks)
    decided = approval_message(card(stories.captured(), ()), KEY)
    assert not [block for block in decided.blocks if block["type"] == "actions"]
    assert "approved by <@U8>" in str(decided.blocks)


def test_links_are_links_and_name_what_they_give() -> None:
    """Two colons in an address must not make it code that nobody can click."""
    link = Link("10.0.0.5-prod-1.pcapng", "https://files.example.net:8443/a?b=c&d", "sha256:aa", 9000, stories.ASKED_AT)
    text = links_text((link,))
    assert "<https://files.example.net:8443/a?b=c&amp;d|10.0.0.5-prod-1.pcapng>" in text
    for expected in ("9,000 bytes", "`sha256:aa`", "`2026-03-01 12:00`"):
        assert expected in text
