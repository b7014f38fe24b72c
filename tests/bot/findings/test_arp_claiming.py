from ipaddress import IPv4Address

import pytest

from bot.findings.arp_claiming import (
    CORRUPTED,
    IN_TURN,
    MOVED_ONCE,
    OTHER_ADDRESSES,
    OTHER_NETWORK,
    SENDER_DIFFERS,
    SEVERAL_MACS,
)
from bot.model.addresses import Mac
from bot.model.finding import Standing
from tests.bot import tales
from tests.bot.findings.table import said
from tests.bot.story import APP, APP_2ND, GATEWAY, OTHER, PEER, ROUTER, STRANGER, TARGET, Story, story, vantage

PRESENT, ABSENT, UNKNOWN = Standing
OWN = vantage().mac
assert OWN is not None
GROUP = Mac("03:bf:0a:00:00:05")
FLIPPED = Mac("00:50:56:aa:00:03")  # one bit beside APP


@pytest.mark.parametrize(
    ("told", "standing"),
    [
        pytest.param(story().asks(answers=[APP, APP_2ND]), PRESENT, id="two-answer"),
        pytest.param(story().asks(answers=[APP]).announces(OTHER), PRESENT, id="one-answers-one-announces"),
        pytest.param(
            story().asks(answers=[APP]).asks(1, asker=TARGET, asker_mac=OTHER, wanted=GATEWAY),
            PRESENT,
            id="one-answers-one-asks-in-its-name",
        ),
        pytest.param(story().asks(answers=[APP]), ABSENT, id="one"),
        pytest.param(story().asks(answers=[APP]).asks(probe=True, asker_mac=STRANGER), ABSENT, id="probe-is-no-claim"),
        pytest.param(story().asks(answers=[APP]).announces(OWN), ABSENT, id="own-frames-are-no-claim"),
        pytest.param(story().asks(answers=[APP, GROUP]), ABSENT, id="group-address-owns-nothing"),
        pytest.param(
            story().inside("vxlan 1").asks(answers=[APP]).inside("vxlan 2").asks(asker_mac=ROUTER, answers=[OTHER]),
            ABSENT,
            id="two-tenants",
        ),
        pytest.param(
            story().on_vlan(10).asks(answers=[APP]).on_vlan(20).asks(asker=GATEWAY, asker_mac=ROUTER, answers=[OTHER]),
            ABSENT,
            id="two-vlans",
        ),
        pytest.param(
            story().asks(answers=[APP]).at(vantage("dc2-a", "dc2-front")).asks(answers=[OTHER]),
            ABSENT,
            id="two-segments",
        ),
        pytest.param(
            story().asks(answers=[APP]).at(vantage("dc1-b", last=251)).asks(answers=[OTHER]),
            PRESENT,
            id="two-vantages-of-one-segment",
        ),
        pytest.param(story().asks(), UNKNOWN, id="nobody"),
    ],
)
def test_two_macs_are_two_only_in_one_network(told: Story, standing: Standing) -> None:
    """Probes, our own frames and the same address in another network have fooled every tool there is."""
    assert said(told, SEVERAL_MACS).standing is standing


@pytest.mark.parametrize(
    ("told", "standing"),
    [
        pytest.param(story().asks(1, answers=[APP]).asks(1, answers=[OTHER]).asks(1, answers=[APP]), PRESENT, id="aba"),
        pytest.param(story().asks(answers=[APP]).asks(answers=[OTHER]), ABSENT, id="planned-move"),
        pytest.param(
            story()
            .asks(2, answers=[APP])
            .asks(2, asker=GATEWAY, asker_mac=ROUTER, answers=[APP_2ND])
            .asks(2, answers=[APP]),
            ABSENT,
            id="depends-on-the-asker",
        ),
        pytest.param(story().asks(answers=[APP]), UNKNOWN, id="one-mac"),
    ],
)
def test_a_planned_move_changes_the_mac_once(told: Story, standing: Standing) -> None:
    """A failover and a bond that balances its peers must not look like a fight for the address."""
    assert said(told, IN_TURN).standing is standing


@pytest.mark.parametrize(
    ("id_", "told", "standing"),
    [
        pytest.param(SENDER_DIFFERS, story().asks(answers=[APP_2ND], sent_by=APP), PRESENT, id="borrowed"),
        pytest.param(SENDER_DIFFERS, story().asks(answers=[APP]), ABSENT, id="own-frame"),
        pytest.param(
            SENDER_DIFFERS, story().asks(answers=[Mac("00:07:b4:00:0a:01")], sent_by=ROUTER), ABSENT, id="glbp"
        ),
        pytest.param(
            SENDER_DIFFERS,
            story().asks(answers=[Mac("52:54:00:12:35:02")], sent_by=Mac("52:54:00:12:35:00")),
            ABSENT,
            id="virtualbox-nat",
        ),
        pytest.param(SENDER_DIFFERS, story().asks(), UNKNOWN, id="no-answer"),
        pytest.param(MOVED_ONCE, tales.planned_move(), PRESENT, id="the-old-one-is-silent-since"),
        pytest.param(MOVED_ONCE, story().asks(answers=[APP]).announces(OTHER), UNKNOWN, id="nobody-asked-since"),
        pytest.param(MOVED_ONCE, tales.crashed_agent(), ABSENT, id="both-answer"),
        pytest.param(MOVED_ONCE, tales.healthy(), UNKNOWN, id="one-mac"),
        pytest.param(MOVED_ONCE, tales.balance_alb(), UNKNOWN, id="another-asker-is-told-another"),
        pytest.param(OTHER_ADDRESSES, story().asks(answers=[APP]).says_of(PEER, APP), PRESENT, id="a-second-address"),
        pytest.param(OTHER_ADDRESSES, story().asks(answers=[APP]).says_of(PEER, OTHER), ABSENT, id="others-others"),
        pytest.param(OTHER_ADDRESSES, story().says_of(PEER, OTHER), UNKNOWN, id="no-claimant"),
        pytest.param(CORRUPTED, story().asks(6, answers=[APP]).announces(FLIPPED), PRESENT, id="one-bit-once"),
        pytest.param(CORRUPTED, story().asks(6, answers=[APP]).announces(STRANGER), ABSENT, id="far-apart"),
        pytest.param(CORRUPTED, story().asks(6, answers=[APP, FLIPPED]), ABSENT, id="one-bit-but-often"),
        pytest.param(CORRUPTED, story().asks(2, answers=[APP]).announces(FLIPPED), ABSENT, id="none-stands-firm"),
        pytest.param(
            CORRUPTED,
            story().asks(6, answers=[APP]).announces(FLIPPED).vm("app06", [FLIPPED]),
            ABSENT,
            id="one-bit-but-a-vnic",
        ),
        pytest.param(CORRUPTED, story(), UNKNOWN, id="no-claim"),
        pytest.param(
            OTHER_NETWORK,
            story().on_vlan(10).asks(answers=[APP]).on_vlan(20).announces(OTHER),
            PRESENT,
            id="other-vlan",
        ),
        pytest.param(OTHER_NETWORK, story().asks(answers=[APP]), ABSENT, id="one-network"),
        pytest.param(OTHER_NETWORK, story(), UNKNOWN, id="no-network"),
    ],
)
def test_how_a_claim_was_made(id_: str, told: Story, standing: Standing) -> None:
    """These facts separate a fault from a design that looks like one."""
    assert said(told, id_).standing is standing


def test_what_a_claimant_says_of_other_addresses_is_kept_once_each() -> None:
    """A poisoner claims the gateway and its victim in turn, a router a whole network: a capture holds thousands."""
    told = story().asks(answers=[APP])
    for _ in range(3):
        for last in range(20, 40):
            told.says_of(IPv4Address(f"10.0.0.{last}"), APP)
    found = said(told, OTHER_ADDRESSES)
    assert "10.0.0.20, 10.0.0.21" in found.statement
    assert "and 12 more" in found.statement
    assert len({witness.locator for witness in found.witnesses}) == len(found.witnesses)
