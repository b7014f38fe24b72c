"""The rules file: what it means, and one sentence for every mistake in it."""

from ipaddress import IPv4Network
from pathlib import Path

import pytest

from bot.errors import RequestError
from bot.incidents.policy import Capability, Grant, Policy, TwoPersons, Upload
from bot.incidents.rights_file import parse
from bot.model.request import Person

EXAMPLE = Path(__file__).parents[3] / "deploy" / "rules.example.toml"
GRANT = '[[grant]]\nname = "n"\nmay = "capture"\npeople = ["T1/U1"]\n'


def read(text: str) -> Policy:
    return parse(text, "rules.toml", ("T1",))


def test_the_example_says_what_it_looks_like() -> None:
    """Operators copy it, so it must be read and mean what its comments say."""
    policy = parse(EXAMPLE.read_text(), str(EXAMPLE), ("T0OAKRIDGE",), ("C0INCNET01",))
    sixteen = (IPv4Network("10.0.0.0/16"),)
    assert policy == Policy(
        teams=("T0OAKRIDGE",),
        channels=("C0INCNET01",),
        members=Capability.CHECK,
        outside=Capability.LOOK_UP,
        outside_channels=frozenset({"C0SHARED01"}),
        grants=(
            Grant("network on call", Capability.CAPTURE, frozenset(), frozenset({"S0ONCALL01"}), sixteen,
                  frozenset({"C0INCNET01"})),
            Grant("the network leads", Capability.DOWNLOAD,
                  frozenset({Person("T0OAKRIDGE", "U0ANA00001"), Person("T0OAKRIDGE", "U0MIA00001")})),
        ),
        two_persons=(TwoPersons((IPv4Network("10.0.0.0/24"),), "payments"),),
        upload=Upload(sixteen, 1 << 20),
    )  # fmt: skip
    assert policy.asks_groups


def test_an_empty_file_is_the_policy_without_a_file() -> None:
    """Whoever begins with nothing begins with today's behaviour, and nobody who captures."""
    assert read("") == Policy(teams=("T1",))
    assert read('[members]\nmay = "nothing"').members is None
    assert not read(GRANT).asks_groups


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("[members", "rules.toml is not TOML", id="no TOML"),
        pytest.param("[[grants]]\n", "'grants', which is none of members, outside, grant", id="unknown table"),
        pytest.param("[members]\ncan = 1", r"\[members\]: has 'can', which is none of may or barred", id="unknown key"),
        pytest.param("members = 1", "must be one table", id="no table"),
        pytest.param("[grant]\nname='n'", r"write \[\[grant\]\], with two brackets", id="one bracket"),
        pytest.param("grant = [1]", r"\[\[grant\]\] number 1: must be one table", id="list of numbers"),
        pytest.param('[members]\nmay = "capture"', "must be one of look_up, check or nothing", id="members capture"),
        pytest.param('[outside]\nmay = "capture"\nchannels = ["C1"]', "one of look_up or check", id="outside capture"),
        pytest.param('[outside]\nmay = "check"', "needs both", id="outside nowhere"),
        pytest.param('[outside]\nchannels = ["C1"]', "needs both", id="outside nothing"),
        pytest.param(GRANT.replace("capture", "sniff"), "may = 'sniff' must be one of look_up, check, capture, "
                     "approve or download", id="no such capability"),
        pytest.param(GRANT.replace('may = "capture"\n', ""), "lacks may", id="no capability"),
        pytest.param(GRANT.replace('name = "n"\n', ""), "number 1: lacks name", id="no name"),
        pytest.param(GRANT.replace('"n"', '"n\\nx"'), "lacks name, a few words on one line", id="name of two lines"),
        pytest.param(GRANT.replace("T1/U1", "U1"), r"people has 'U1', but must be a list of TEAM/USER", id="no slash"),
        pytest.param(GRANT.replace("T1/U1", "@ana"), "people has '@ana'", id="a name"),
        pytest.param(GRANT.replace("T1/U1", "T2/U1"), "T2/U1, whose team may not use ruleout: only T1", id="team"),
        pytest.param(GRANT.replace('["T1/U1"]', "[]"), "a right of nobody", id="nobody"),
        pytest.param(GRANT.replace('["T1/U1"]', '"T1/U1"'), "people must be a list", id="not a list"),
        pytest.param(GRANT + 'groups = ["@oncall"]', "groups has '@oncall'.*S0123ABCD", id="group by name"),
        pytest.param(GRANT + 'channels = ["#inc"]', "channels has '#inc'.*C0123ABCD", id="channel by name"),
        pytest.param(GRANT + "channels = []", "channels must be a list of channel ids", id="no channel at all"),
        pytest.param(GRANT + 'prefixes = ["10.0.0.5/24"]', "'10.0.0.5/24', but must be.*without host bits", id="host"),
        pytest.param(GRANT + "prefixes = [10]", "prefixes has 10", id="number as prefix"),
        pytest.param(GRANT + "prefixes = []", "prefixes must be a list of networks", id="no prefix at all"),
        pytest.param(GRANT + GRANT.replace("capture", "x"), r"\[\[grant\]\] number 2: may = 'x'", id="the second"),
        pytest.param("[[two_persons]]\nbecause = 'x'", "prefixes must be a list", id="two persons nowhere"),
        pytest.param("[[two_persons]]\nprefixes = ['10.0.0.0/8']\nbecause = 1", "lacks because", id="reason"),
        pytest.param("[upload]\nprefixes = ['10.0.0.0/8']", "lacks largest_kib", id="upload without size"),
        pytest.param("[upload]\nprefixes = ['10.0.0.0/8']\nlargest_kib = true", "lacks largest_kib", id="size true"),
    ],
)  # fmt: skip
def test_every_mistake_is_one_sentence_that_says_where_and_what_would_be_right(text: str, says: str) -> None:
    """Half-understood rules would give somebody a right that nobody meant."""
    with pytest.raises(RequestError, match=says) as refusal:
        read(text)
    assert str(refusal.value).startswith("rules.toml")
    assert "\n" not in str(refusal.value)
