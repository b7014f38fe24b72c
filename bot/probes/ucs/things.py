"""Managed objects as nouns of ours. What a property does not say is None; what it cannot say is named as wrong."""

from collections.abc import Callable, Iterator, Mapping

from bot.model.addresses import ZERO, Mac, parse_mac
from bot.model.ucs import (
    FABRICS,
    Fault,
    HostInterface,
    Interconnect,
    InterconnectPort,
    PortErrors,
    Profile,
    Server,
    UcsThing,
    UplinkChannel,
    UplinkPort,
    Vnic,
)
from bot.probes.ucs.form import Answers, Told

Properties = Mapping[str, str]
Stats = Mapping[str, Properties]
"""Name of a statistics object -> its properties."""

_SUPPRESSED = "suppressed"
_NO_MAC = ("", "0", "derived")
_UNTRUE = ("false", "no")


class PropertyWrongError(ValueError):
    """A property holds what it cannot hold; the text goes on after the object's name."""


def things(answers: Answers) -> Iterator[tuple[Told, str, str, UcsThing | str]]:
    """Class, name and noun of every object; instead of the noun what is wrong with it. Templates are left out."""
    stats = {
        told.kind: {one["dn"]: one for one in told.objects} for told in answers.told if told.kind.endswith("Stats")
    }
    for told in answers.told:
        read = _READ.get(told.kind)
        for one in told.objects if read else ():
            assert read is not None
            try:
                thing = read(one, stats)
            except PropertyWrongError as error:
                yield told, told.kind, one["dn"], str(error)
            else:
                if thing is not None:
                    yield told, told.kind, one["dn"], thing


def _interconnect(one: Properties, _stats: Mapping[str, Stats]) -> UcsThing:
    return Interconnect(dn=one["dn"], fabric=_fabric(one, "id"), state=_text(one, "operability"))


def _host_interface(one: Properties, _stats: Mapping[str, Stats]) -> UcsThing:
    return HostInterface(
        dn=one["dn"],
        mac=_mac(one, "mac"),
        fabric=one["switchId"] if one.get("switchId") in FABRICS else None,
        link=_text(one, "linkState"),
        state=_text(one, "operState"),
        vnic=_text(one, "vnicDn"),
    )


def _vnic(one: Properties, _stats: Mapping[str, Stats]) -> UcsThing | None:
    if "/ls-" not in one["dn"] and not one["dn"].startswith("ls-"):
        return None  # of a connectivity policy, and on no server
    return Vnic(
        dn=one["dn"],
        name=_text(one, "name") or one["dn"].rpartition("-")[2],
        mac=_mac(one, "addr"),
        fabrics=tuple(part for part in one.get("switchId", "").split("-") if part in FABRICS),
    )


def _profile(one: Properties, _stats: Mapping[str, Stats]) -> UcsThing | None:
    if one.get("type", "instance") != "instance":
        return None
    told = _text(one, "assocState")
    return Profile(
        dn=one["dn"],
        name=_text(one, "name") or one["dn"].rpartition("ls-")[2],
        server=_text(one, "pnDn"),
        associated=None if told is None else told == "associated",
    )


def _server(one: Properties, _stats: Mapping[str, Stats]) -> UcsThing:
    return Server(
        dn=one["dn"],
        profile=_text(one, "assignedToDn"),
        state=_text(one, "operState"),
        operability=_text(one, "operability"),
        power=_text(one, "operPower"),
    )


def _fault(one: Properties, _stats: Mapping[str, Stats]) -> UcsThing | None:
    if _SUPPRESSED in one.get("lc", "").split(","):
        return None  # somebody announced maintenance, and the manager raises no alarm either
    on, _, last = one["dn"].rpartition("/")
    if not last.startswith("fault-"):
        raise PropertyWrongError("is not the name of a fault")
    ack = one.get("ack")
    return Fault(
        code=_text(one, "code") or last.removeprefix("fault-"),
        on=on,
        severity=_text(one, "severity") or "unknown",
        kind=_text(one, "type"),
        says=_text(one, "descr"),
        since=_text(one, "lastTransition"),
        acknowledged=None if not ack else ack not in _UNTRUE,
    )


def _channel(one: Properties, _stats: Mapping[str, Stats]) -> UcsThing:
    return UplinkChannel(
        dn=one["dn"], fabric=_fabric(one, "switchId"), state=_text(one, "operState"), enabled=_enabled(one)
    )


def _uplink(one: Properties, _stats: Mapping[str, Stats]) -> UcsThing:
    parent = one["dn"].rpartition("/")[0]
    return UplinkPort(
        dn=one["dn"],
        fabric=_fabric(one, "switchId"),
        port=_text(one, "epDn"),
        channel=parent if parent.rpartition("/")[2].startswith("pc-") else None,
        state=_text(one, "operState"),
        membership=_text(one, "membership"),
        enabled=_enabled(one),
        why=_text(one, "operStateReason"),
    )


def _port(one: Properties, stats: Mapping[str, Stats]) -> UcsThing | None:
    if one.get("switchId") not in FABRICS or not one["dn"].startswith("sys/switch-"):
        return None  # of an I/O module or an adapter
    return InterconnectPort(
        dn=one["dn"],
        fabric=_fabric(one, "switchId"),
        label=f"{one.get('slotId', '?')}/{one.get('portId', '?')}",
        role=_text(one, "ifRole"),
        state=_text(one, "operState"),
        enabled=_enabled(one),
        peer=_text(one, "peerDn"),
        errors=_errors(one["dn"], stats),
    )


def _errors(dn: str, stats: Mapping[str, Stats]) -> PortErrors:
    errors = stats.get("etherErrStats", {}).get(f"{dn}/err-stats", {})
    heard = stats.get("etherRxStats", {}).get(f"{dn}/rx-stats", {})
    sent = stats.get("etherTxStats", {}).get(f"{dn}/tx-stats", {})
    if errors.get("suspect") in ("yes", "true"):
        errors = {}  # the manager itself does not trust this interval
    damaged = [_number(errors, name) for name in ("fcsDelta", "alignDelta")]
    return PortErrors(
        damaged=None if None in damaged else sum(filter(None, damaged)),
        errors_in=_number(errors, "rcvDelta"),
        errors_out=_number(errors, "xmitDelta"),
        frames_in=_number(heard, "totalPacketsDelta"),
        frames_out=_number(sent, "totalPacketsDelta"),
        collected=_text(errors, "timeCollected"),
    )


def _text(one: Properties, name: str) -> str | None:
    """What it says, without what cannot be printed; None also where it is empty."""
    return "".join(letter for letter in one.get(name, "") if letter.isprintable()).strip() or None


def _fabric(one: Properties, name: str) -> str:
    if one.get(name) not in FABRICS:
        raise PropertyWrongError(f"is on no fabric: {name} is {one.get(name, '')[:20]!r}")
    return one[name]


def _enabled(one: Properties) -> bool | None:
    return {"enabled": True, "disabled": False}.get(one.get("adminState", ""))


def _mac(one: Properties, name: str) -> Mac | None:
    value = one.get(name, "")
    if value in _NO_MAC:
        return None
    try:
        found = parse_mac(value)
    except ValueError as error:
        raise PropertyWrongError(f"has {value[:40]!r} where a MAC belongs") from error
    return None if found == ZERO else found


def _number(one: Properties, name: str) -> int | None:
    value = one.get(name)
    if not value:
        return None
    if not (value.isascii() and value.isdigit() and len(value) <= 20):
        raise PropertyWrongError(f"has {value[:40]!r} where {name} belongs")
    return int(value)


_READ: Mapping[str, Callable[[Properties, Mapping[str, Stats]], UcsThing | None]] = {
    "networkElement": _interconnect,
    "adaptorHostEthIf": _host_interface,
    "vnicEther": _vnic,
    "lsServer": _profile,
    "computeBlade": _server,
    "computeRackUnit": _server,
    "faultInst": _fault,
    "fabricEthLanPc": _channel,
    "fabricEthLanPcEp": _uplink,
    "fabricEthLanEp": _uplink,
    "etherPIo": _port,
}
