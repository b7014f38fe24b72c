import pytest

from bot.findings.arp_claiming import IN_TURN, OTHER_NETWORK, SENDER_DIFFERS, SEVERAL_MACS, VIRTUAL_MAC, virtual_kind
from bot.model.addresses import Mac
from bot.model.finding import Standing
from tests.bot.findings.table import said
from tests.bot.story import APP, APP_2ND, GATEWAY, OTHER, ROUTER, STRANGER, TARGET, Story, story, vantage

PRESENT, ABSENT, UNKNOWN = Standing
OWN = vantage().mac
assert OWN is not None
GROUP = Mac("03:bf:0a:00:00:05")


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
    ("mac", "kind"),
    [
        pytest.param("00:00:5e:00:01:0a", "VRRP or CARP", id="vrrp"),
        pytest.param("00:00:0c:07:ac:0a", "HSRP", id="hsrp"),
        pytest.param("00:00:0c:9f:f0:0a", "HSRP version 2", id="hsrp2"),
        pytest.param("00:07:b4:00:0a:01", "GLBP", id="glbp"),
        pytest.param("02:bf:0a:00:00:05", "Network Load Balancing", id="nlb-unicast"),
        pytest.param("02:01:0a:00:00:05", "Network Load Balancing", id="nlb-host-1"),
        pytest.param("03:bf:0a:00:00:05", "Network Load Balancing", id="nlb-multicast"),
        pytest.param("01:00:5e:7f:00:05", "Network Load Balancing (IGMP)", id="nlb-igmp"),
        pytest.param("02:42:0a:00:00:05", None, id="docker-builds-from-the-address-too"),
        pytest.param("02:bf:0a:00:00:06", None, id="nlb-of-another-address"),
        pytest.param("00:50:56:aa:00:01", None, id="vm"),
    ],
)
def test_shared_macs_are_known_by_their_form(mac: str, kind: str | None) -> None:
    """A virtual router or a load-balancing cluster has several MACs by design."""
    assert virtual_kind(Mac(mac), TARGET) == kind


@pytest.mark.parametrize(
    ("id_", "told", "standing"),
    [
        pytest.param(VIRTUAL_MAC, story().asks(answers=[Mac("00:00:5e:00:01:0a")]), PRESENT, id="vrrp"),
        pytest.param(VIRTUAL_MAC, story().asks(answers=[GROUP]), PRESENT, id="group-mac"),
        pytest.param(VIRTUAL_MAC, story().asks(answers=[APP]), ABSENT, id="plain"),
        pytest.param(VIRTUAL_MAC, story().asks(), UNKNOWN, id="nobody-to-look-at"),
        pytest.param(SENDER_DIFFERS, story().asks(answers=[APP_2ND], sent_by=APP), PRESENT, id="borrowed"),
        pytest.param(SENDER_DIFFERS, story().asks(answers=[APP]), ABSENT, id="own-frame"),
        pytest.param(
            SENDER_DIFFERS, story().asks(answers=[Mac("00:07:b4:00:0a:01")], sent_by=ROUTER), ABSENT, id="glbp"
        ),
        pytest.param(SENDER_DIFFERS, story().asks(), UNKNOWN, id="no-answer"),
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
