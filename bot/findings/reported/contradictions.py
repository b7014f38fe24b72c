"""Which reports cannot both be so. Where two people contradict each other neither report weighs, for any side.

One person may say both: of two routers one holds the right entry and the other a stale one. Two people who say so
each of their own may both be right too; but which of them speaks of the target's way nobody outside can tell.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.findings.reported import vocabulary
from bot.findings.reported.word import Word
from bot.findings.wording import listing
from bot.model.observation import ReportedFact


@dataclass(frozen=True, slots=True)
class Opposite:
    """What one report says, and the words (by id) that cannot be so beside it."""

    word: Word
    against: tuple[str, ...]


_BY_ID = {word.id: word for word in vocabulary.ALL}

DENIALS = (
    Opposite(Word("denied.loss", "No packets are lost.", {"icmp_loss": ("none",)}), ("reported.loss.seen",)),
    Opposite(
        Word("denied.notify", "The virtual switch notifies the switches of a move.", {"notify_switches": ("on",)}),
        ("reported.host.does_not_notify",),
    ),
    Opposite(Word("denied.dhcp", "DHCP works for the guest.", {"dhcp": ("ok",)}), ("reported.dhcp.failed",)),
    Opposite(
        Word(
            "denied.agent",
            "The clustering or bonding agent reports that all is well.",
            {"guest_agent_state": ("reports_ok",)},
        ),
        ("reported.guest.agent_faulty",),
    ),
)
"""What can be reported and establishes nothing by itself: it only takes another report its weight."""

ALL = (
    *DENIALS,
    *(
        Opposite(_BY_ID[id_], against)
        for id_, against in (
            ("reported.arp.router_right", ("reported.arp.router_stale", "reported.arp.router_missing")),
            ("reported.arp.announced", ("reported.arp.not_announced",)),
            ("reported.fdb.right", ("reported.fdb.wrong",)),
            (
                "reported.guest.looks_well",
                (
                    "reported.guest.agent_faulty",
                    "reported.guest.address_missing",
                    "reported.guest.nic_misconfigured",
                    "reported.guest.route_wrong",
                    "reported.guest.firewall_drops",
                    "reported.guest.receive_errors",
                    "reported.guest.local_symptom",
                ),
            ),
            ("reported.switch.config_right", ("reported.switch.port_vlan_wrong",)),
            ("reported.host.vnic_well", ("reported.host.vnic_unplugged",)),
            (
                "reported.host.same_as_healthy",
                ("reported.host.vlan_wrong", "reported.host.teaming_wrong", "reported.host.setting_suspect"),
            ),
            ("reported.uplink.up", ("reported.uplink.down", "reported.uplink.flaps")),
            ("reported.scope.one_vm", ("reported.scope.many_hosts", "reported.scope.physical_machines_too")),
            ("reported.scope.across_hosts_only", ("reported.scope.within_a_host_too",)),
            ("reported.scope.follows_host", ("reported.scope.follows_vm",)),
        )
    ),
)


def disputed(facts: Sequence[ReportedFact]) -> frozenset[str]:
    """The ids of the words that somebody reported and somebody else contradicted."""
    return frozenset(word.id for pair in _pairs(facts) for word, _ in pair)


def sentences(facts: Sequence[ReportedFact]) -> tuple[str, ...]:
    """Each contradiction, with who says what."""
    return tuple(
        "Reports contradict each other, so neither weighs: "
        f"{' '.join(f'{_said(word)} ({_by(told)}).' for word, told in pair)}"
        for pair in _pairs(facts)
    )


_Told = tuple[Word, tuple[ReportedFact, ...]]


def _pairs(facts: Sequence[ReportedFact]) -> Iterator[tuple[_Told, _Told]]:
    told: Mapping[str, tuple[ReportedFact, ...]] = {
        id_: tuple(fact for fact in facts if word.means(fact)) for id_, word in _BY_ID.items()
    }
    for opposite in ALL:
        these = tuple(fact for fact in facts if opposite.word.means(fact))
        for id_ in opposite.against if these else ():
            those = told[id_]
            if those and len({fact.reporter for fact in (*these, *those)}) > 1:
                yield (opposite.word, these), (_BY_ID[id_], those)


def _said(word: Word) -> str:
    return word.says.removesuffix(".")


def _by(facts: Sequence[ReportedFact]) -> str:
    return listing(sorted({fact.reporter for fact in facts}))
