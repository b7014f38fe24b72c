"""Help: only what the asker may do there."""

from ipaddress import IPv4Network

import pytest

from bot.incidents.rights import Capability
from bot.rosters.usage import usage

LADDER = list(Capability)


@pytest.mark.parametrize(
    ("highest", "shown", "hidden"),
    [
        (Capability.LOOK_UP, ["/vcenter 10", "/agents"], ["/arpcheck", "/capture", "arptable", "/note", "*Approve*"]),
        (
            Capability.CHECK,
            ["/arpcheck 10", "/watch", "/reach", "/note", "/incident open"],
            ["/capture", "ruleout capture"],
        ),
        (Capability.CAPTURE, ["/capture 10", "`@ruleout capture 10"], ["*Approve*", "*Download*"]),
        (Capability.APPROVE, ["*Approve*"], ["*Download*"]),
        (Capability.DOWNLOAD, ["*Approve*", "*Download*", "/arpcheck", "/vcenter"], ["only in"]),
    ],
)
def test_a_step_shows_what_it_reaches_and_nothing_above_it(
    highest: Capability, shown: list[str], hidden: list[str]
) -> None:
    """A command that would be refused is noise in the hour that counts."""
    said = usage(dict.fromkeys(LADDER[: LADDER.index(highest) + 1]))
    assert [words for words in shown if words not in said] == []
    assert [words for words in hidden if words in said] == []


def test_a_right_to_some_machines_says_which() -> None:
    """Else the refusal of the others comes as a surprise."""
    nets = (IPv4Network("10.0.0.0/24"),)
    said = usage({Capability.LOOK_UP: None, Capability.CHECK: nets, Capability.CAPTURE: nets})
    assert said.splitlines()[-1] == "In this channel you may run checks and capture packets only in `10.0.0.0/24`."
