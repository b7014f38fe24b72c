"""How port groups are set, standard and distributed: from the vCenter's elements to the nouns of bot.model.vsphere."""

from xml.etree.ElementTree import Element

from bot.agents.vcenter.inventory import mac_in, vlan_of
from bot.agents.vcenter.properties import flag, part, parts
from bot.model.vsphere import HostGroup, Policy, Teaming

MOST_MACS = 500
NAME_CHARS = 200
"""So much of a name is kept; people type anything into one."""


def line(told: str | None, chars: int = NAME_CHARS) -> str | None:
    """A text as one line of printable characters, cut to a name's length; None where nothing is left.

    Names come from whoever typed them in, and some from the wire (CDP, LLDP).
    """
    kept = "".join(one if one.isprintable() else " " for one in told or "")
    return " ".join(kept.split())[:chars] or None


def text(element: Element, path: str) -> str | None:
    """The text of a part, as a line."""
    return line(part(element, path))


def whole(told: str | None) -> int | None:
    """The whole number in a text; None where there is none, or one that no counter of a vCenter can hold."""
    try:
        return int(told) if told and len(told) < 20 else None
    except ValueError:
        return None


def names(element: Element, path: str) -> tuple[str, ...]:
    """The texts of every part with this path."""
    return tuple(told for one in parts(element, path) if (told := line(one.text)))


def host_group(group: Element) -> HostGroup:
    """A standard port group of one host, with what it inherits from its switch."""
    teaming, security = "computedPolicy/nicTeaming/{}", "computedPolicy/security/{}"
    rolling = flag(group, teaming.format("rollingOrder"))
    return HostGroup(
        name=text(group, "spec/name") or "",
        switch=text(group, "spec/vswitchName") or "",
        vlan=vlan_of(part(group, "spec/vlanId")),
        teaming=Teaming(
            policy=text(group, teaming.format("policy")),
            notifies=flag(group, teaming.format("notifySwitches")),
            fails_back=None if rolling is None else not rolling,
            beacon=flag(group, teaming.format("failureCriteria/checkBeacon")),
            active=names(group, teaming.format("nicOrder/activeNic")),
            standby=names(group, teaming.format("nicOrder/standbyNic")),
        ),
        policy=Policy(
            promiscuous=flag(group, security.format("allowPromiscuous")),
            mac_changes=flag(group, security.format("macChanges")),
            forged=flag(group, security.format("forgedTransmits")),
        ),
        macs=tuple(sorted({mac for told in parts(group, "port/mac") if (mac := mac_in(told.text))})[:MOST_MACS]),
    )


def port_teaming(config: Element) -> Teaming:
    """The teaming of a distributed port group, from its ``config``."""
    at = "defaultPortConfig/uplinkTeamingPolicy/{}"
    rolling = flag(config, at.format("rollingOrder/value"))
    return Teaming(
        policy=text(config, at.format("policy/value")),
        notifies=flag(config, at.format("notifySwitches/value")),
        fails_back=None if rolling is None else not rolling,
        beacon=flag(config, at.format("failureCriteria/checkBeacon/value")),
        active=names(config, at.format("uplinkPortOrder/activeUplinkPort")),
        standby=names(config, at.format("uplinkPortOrder/standbyUplinkPort")),
    )


def port_policy(config: Element) -> Policy:
    """What a distributed port group lets a guest do; since vSphere 6.7 told in one place, before in another."""
    new, old = "defaultPortConfig/macManagementPolicy/{}", "defaultPortConfig/securityPolicy/{}/value"

    def either(name: str) -> bool | None:
        told = flag(config, new.format(name))
        return told if told is not None else flag(config, old.format(name))

    return Policy(
        promiscuous=either("allowPromiscuous"),
        mac_changes=either("macChanges"),
        forged=either("forgedTransmits"),
        learns=flag(config, new.format("macLearningPolicy/enabled")),
    )
