"""An exported incident is read again only as it was exported: every file with its digest, and none besides."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from bot.errors import BundleError
from bot.inquiries import bundle
from bot.inquiries.bundle import Export
from bot.inquiries.postmortem import code, plain, post_mortem
from bot.inquiries.rejudging import Held, again
from bot.model.incident import Incident, Requested
from bot.model.inquiry import Ended, Inquiry, Noted, Opened, Withdrawn
from bot.model.request import Person
from tests.bot.incidents.ground import ASKER, NOON, request

FILES = dict[str, bytes]


def export(**changes: Any) -> Export:
    deeds = (
        Opened(at=NOON, by=ASKER, channel="C1", text="odd VMs <lose> packets", affected=("app01",)),
        Noted(at=NOON + timedelta(minutes=3), note="note-1", by=ASKER, text="rebooted | twice", message="77.1"),
        Withdrawn(at=NOON + timedelta(minutes=4), note="note-1", by=Person("T1", "U2")),
        Ended(at=NOON + timedelta(minutes=5), by=ASKER, text="mended"),
    )
    asked = Incident("inc-1", (Requested(at=NOON, request=request()),))
    return Export(**{"inquiry": Inquiry("inq-1", deeds), "incidents": (asked,), "at": NOON, "cases": {}, **changes})


def packed(**changes: Any) -> FILES:
    made = export(**changes)
    return bundle.pack(made, post_mortem(made))


def test_what_was_packed_is_read_again() -> None:
    """A question without a case stands there with its own timeline."""
    read = bundle.unpack(packed(notes=("The audit is not here.",)))
    assert read.inquiry == export().inquiry
    assert read.notes == ("The audit is not here.",)
    (told,) = again(read)
    assert (told.held, told.question.target) == (Held.NOTHING, "10.0.0.5")
    assert "no case" in told.line


def index(files: FILES, change: Callable[[dict[str, Any]], object]) -> FILES:
    told = json.loads(files[bundle.INDEX])
    change(told)
    return {**files, bundle.INDEX: json.dumps(told).encode()}


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        pytest.param(lambda _: {}, "holds no incident.json", id="empty"),
        pytest.param(lambda files: {**files, bundle.INDEX: b"{"}, "not JSON", id="no JSON"),
        pytest.param(lambda files: {**files, bundle.INDEX: b"[" * 100_000}, "not JSON", id="deep"),
        pytest.param(lambda files: {**files, bundle.INDEX: b"[]"}, "not of format ruleout.incident/1", id="a list"),
        pytest.param(lambda files: index(files, lambda it: it.update(format="x/9")), "not of format", id="newer"),
        pytest.param(lambda files: index(files, lambda it: it.pop("questions")), "is not a ruleout", id="incomplete"),
        pytest.param(lambda files: index(files, lambda it: it.update(files=[])), "is not a ruleout", id="no digests"),
        pytest.param(
            lambda files: index(files, lambda it: it.update(timeline=[])), "begin with an opening", id="empty"
        ),
        pytest.param(lambda files: index(files, lambda it: it["timeline"][0].update(is_="x")), "is not a", id="deed"),
        pytest.param(
            lambda files: index(files, lambda it: it["questions"][0].update(case="cases/x")),
            "names the case",
            id="case",
        ),
        pytest.param(lambda files: {**files, bundle.POST_MORTEM: b"x"}, "digest differs", id="changed"),
        pytest.param(lambda files: {bundle.INDEX: files[bundle.INDEX]}, "does not hold it", id="missing"),
        pytest.param(lambda files: {**files, "x.sh": b"x"}, "'x.sh', which incident.json does not list", id="added"),
    ],
)
def test_what_is_not_as_it_was_exported_is_one_sentence(spoil: Callable[[FILES], FILES], says: str) -> None:
    """What is wrong, and with which file."""
    with pytest.raises(BundleError, match=says):
        bundle.unpack(spoil(packed()))


def test_nothing_that_somebody_wrote_is_mark_up() -> None:
    """A note is no heading, no link, and no further cell of a table."""
    text = packed()[bundle.POST_MORTEM].decode()
    assert text.startswith("# Post-mortem: odd VMs \\<lose\\> packets\n")
    assert "rebooted \\| twice" in text
    assert "withdrawn 2026-03-01 12:04:00 by @U2" in text
    assert "from the message `77.1`" in text
    assert plain("[x](http://y) *a*\n# b") == "\\[x\\]\\(http://y\\) \\*a\\* \\# b"
    assert code("a`b|c\nd") == "`a'b/c d`"


def test_a_post_mortem_stands_without_a_question() -> None:
    """Somebody opened it, and it was nothing."""
    text = packed(incidents=())[bundle.POST_MORTEM].decode()
    assert "Nothing was measured yet, so nobody is to be blamed." in text
    assert "* Closed 2026-03-01 12:05:00 by @U1: mended" in text
