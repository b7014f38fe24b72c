"""What one UCS Manager told, as bytes and back: by class, each object with those properties that are used."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from bot.errors import BundleError
from bot.model.ucs import UcsGap
from bot.probes import strict

FORMAT: Literal["ruleout.ucs/1"] = "ruleout.ucs/1"

MOST_OBJECTS = 60_000
"""A full domain of 160 servers with 16 vNICs each has fewer than 10,000 of those that are read."""
MOST_BYTES = 24 << 20
LONGEST = 1024
"""Letters of a value: a name has 256, a fault's text 384."""

_PORT = ("dn", "switchId", "slotId", "portId", "operState", "adminState")
_SERVER = ("dn", "assignedToDn", "operState", "operability", "operPower")
_STATS = ("dn", "timeCollected", "suspect")

PROPERTIES: Mapping[str, tuple[str, ...]] = {
    "networkElement": ("dn", "id", "operability"),
    "adaptorHostEthIf": ("dn", "mac", "switchId", "operState", "linkState", "vnicDn"),
    "vnicEther": ("dn", "name", "addr", "switchId"),
    "lsServer": ("dn", "name", "pnDn", "assocState", "type"),
    "computeBlade": _SERVER,
    "computeRackUnit": _SERVER,
    "faultInst": ("dn", "code", "severity", "type", "descr", "lastTransition", "ack", "lc"),
    "fabricEthLanPc": ("dn", "portId", "switchId", "operState", "adminState"),
    "fabricEthLanPcEp": (*_PORT, "membership", "epDn", "operStateReason"),
    "fabricEthLanEp": (*_PORT, "epDn", "operStateReason"),
    "etherPIo": (*_PORT, "ifRole", "peerDn"),
    "etherErrStats": (*_STATS, "fcsDelta", "alignDelta", "rcvDelta", "xmitDelta"),
    "etherRxStats": (*_STATS, "totalPacketsDelta"),
    "etherTxStats": (*_STATS, "totalPacketsDelta"),
}
"""Class -> the properties that are kept, in the order in which the classes are asked for: the join comes first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """All objects of one class, as they stood at ``at``, each by the names of its XML attributes."""

    kind: str
    at: datetime
    objects: tuple[dict[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """All that one UCS Manager told in one job. ``domain`` is the operator's name for it."""

    domain: str
    told: tuple[Told, ...] = ()
    gaps: tuple[UcsGap, ...] = ()
    format: Literal["ruleout.ucs/1"] = field(default=FORMAT)


def dump(answers: Answers) -> bytes:
    """The answers as the bytes of an artifact."""
    return strict.dump(answers)


def parse(data: bytes) -> Answers:
    """The answers in these bytes.

    Raises:
        BundleError: they hold no such answers; the text names the first thing that is wrong.
    """
    if len(data) > MOST_BYTES:
        raise BundleError(f"This is no UCS Manager's answer: {len(data)} bytes; {MOST_BYTES} are the most.")
    answers = strict.parse(data, Answers, "UCS Manager's answer")
    count = sum(len(told.objects) for told in answers.told)
    if count > MOST_OBJECTS:
        raise BundleError(f"This is no UCS Manager's answer: {count} objects; {MOST_OBJECTS} are the most.")
    seen: set[str] = set()
    for told in answers.told:
        if told.kind not in PROPERTIES or told.kind in seen:
            known = "is there twice" if told.kind in seen else "is no class that is read"
            raise BundleError(f"This is no UCS Manager's answer: {told.kind[:40]!r} {known}.")
        seen.add(told.kind)
        for one in told.objects:
            _check(told.kind, one)
    return answers


def _check(kind: str, one: dict[str, str]) -> None:
    if not one.get("dn"):
        raise BundleError(f"This is no UCS Manager's answer: an object of {kind} has no name.")
    if unknown := next((name for name in one if name not in PROPERTIES[kind]), None):
        raise BundleError(f"This is no UCS Manager's answer: {kind} has no {unknown[:40]!r} that is read.")
    if long := next((name for name, value in one.items() if len(value) > LONGEST), None):
        raise BundleError(f"This is no UCS Manager's answer: {long} of {kind} is longer than {LONGEST} letters.")
