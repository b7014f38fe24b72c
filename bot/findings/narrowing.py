"""From everything that was heard to what says something about the target."""

from dataclasses import replace
from ipaddress import IPv4Address

from bot.findings.reading import Domain, domain_of
from bot.findings.timing import when
from bot.model.addresses import Mac
from bot.model.finding import Evidence
from bot.model.observation import ArpAnnounced, ArpAnswer, ArpAsked, EchoAnswer, EchoAsked, Observation


def about_target(evidence: Evidence) -> Evidence:
    """The evidence without packets that say nothing about the target or a control: a busy capture holds thousands.

    Of what a MAC that claims the target says about other addresses, one claim of each is kept.
    """
    target = evidence.target
    asked = {
        *(one.wanted for one in evidence.observations if isinstance(one, ArpAsked) and one.ours),
        *(one.ip for one in evidence.observations if isinstance(one, EchoAsked) and one.ours),
        *(one.vantage.gateway for one in evidence.observations),
        target,
    }
    claiming = {
        one.mac for one in evidence.observations if isinstance(one, ArpAnswer | ArpAnnounced) and one.ip == target
    }
    others: dict[tuple[Mac, IPv4Address, Domain], ArpAnswer | ArpAnnounced] = {}

    def matters(one: Observation) -> bool:
        match one:
            case ArpAsked():
                return one.wanted in asked or one.asker == target
            case ArpAnswer() | ArpAnnounced() if one.mac in claiming and one.ip not in asked:
                key = one.mac, one.ip, domain_of(one)
                others[key] = min(one, others.get(key, one), key=when)
                return False
            case ArpAnswer() | ArpAnnounced():
                return one.ip in asked
            case EchoAsked():
                return one.ip in asked or one.asker == target
            case EchoAnswer():
                return one.ip in asked or one.told == target
            case _:
                return True

    kept = [one for one in evidence.observations if matters(one)] + [*others.values()]
    kept.sort(key=when)
    return replace(evidence, observations=tuple(kept))
