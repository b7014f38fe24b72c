"""Paths as the tables of a small data centre give them, one for each way in which they can agree or differ."""

from collections.abc import Callable
from dataclasses import replace
from ipaddress import IPv4Address
from typing import Any

from bot.incidents.tracing import trace
from bot.model.addresses import Mac
from bot.model.finding import Witness
from bot.model.path import Clear, Hop, Mark, Path, Place
from tests.bot import networks
from tests.bot.story import Story

TARGET = IPv4Address("10.0.0.5")
LIVE, OTHER, FORMER = Mac("00:50:56:de:ad:05"), Mac("00:50:56:de:ad:15"), Mac("00:50:56:aa:00:7f")
DIGEST = "sha256:3f2a9c01b7de55aa3f2a9c01b7de55aa3f2a9c01b7de55aa3f2a9c01b7de55aa"
HOSTILE = "<!channel> <@U1> & :tada: *x* `00:50:56:de:ad:be\x1b[31m\u202e \N{PARTY POPPER} שלום ```"
LONG = "word " * 600


def hop(device: str, role: str, place: Place, **changes: Any) -> Hop:
    """A word that is right, as SNMP gave it."""
    usual = Hop(
        device=device, role=role, place=place, mac=LIVE, at="Vlan10", age_s=240.0, pinned=False, mark=Mark.RIGHT,
        says=f"{device} holds `{LIVE}`, the MAC that answers now.", source="SNMP",
        witness=Witness(DIGEST, f"row 10.0.0.5 of {device}", "network.dc1"),
    )  # fmt: skip
    return replace(usual, **changes)


CORE = hop("core-1", "core", Place.ARP)
FIREWALL = hop("fw-1", "firewall", Place.ARP, at="ae1.10", age_s=1260.0)
DISTRIBUTION = hop("dist-2", "distribution", Place.FDB, at="Po12", age_s=None)
ACCESS = hop("acc-07", "access", Place.FDB, at="Gi1/0/24", age_s=41.0)
VNIC = hop("VM app05", "guest", Place.VCENTER, at="prod, VLAN 10", age_s=None, source="vCenter dc1")
WIRE = hop("prod-1", "other", Place.WIRE, at=None, age_s=0.0, source="agent prod-1")


def path(*hops: Hop, **changes: Any) -> Path:
    """The way with these hops."""
    usual = Path(
        target=TARGET, expected=(LIVE,), because=f"`{LIVE}` answers now, and vCenter dc1 has it on VM app05.",
        hops=hops, clear=(), claim="Every table on the way holds the MAC that answers now.", missing=(),
    )  # fmt: skip
    return replace(usual, **changes)


def agreeing() -> Path:
    """Nothing is wrong."""
    return path(CORE, FIREWALL, DISTRIBUTION, ACCESS, VNIC, WIRE)


def stale() -> Path:
    """The core kept a MAC from before a move, and a switch the port."""
    says = f"core-1 still holds `{FORMER}`, which nobody answers with, learnt 3 h ago."
    core = replace(CORE, mac=FORMER, age_s=11_400.0, mark=Mark.OLD, says=says)
    port = f"acc-07 sends `{LIVE}` to Gi1/0/7, where host esx-a1 is; VM app05 runs on esx-a2 behind Gi1/0/24."
    access = replace(ACCESS, at="Gi1/0/7", age_s=200.0, mark=Mark.WRONG, says=port)
    clear = (
        Clear("acc-07", f"On acc-07 clear the MAC table entry of `{LIVE}` in VLAN 10; it is learnt anew on Gi1/0/24."),
        Clear("core-1", f"On core-1 clear the ARP entry of 10.0.0.5; it is resolved anew to `{LIVE}`."),
    )
    claim = "2 of 4 entries on the way to 10.0.0.5 are from before VM app05 moved: clear them from acc-07 up to core-1."
    gaps = ("Nobody reads dist-1, which the operator's file does not name.",)
    return path(core, FIREWALL, DISTRIBUTION, access, VNIC, WIRE, clear=clear, claim=claim, missing=gaps)


def static() -> Path:
    """Somebody typed an entry in, and it will never age."""
    says = f"core-1 has a static entry with `{FORMER}`: it does not age, and no announcement replaces it."
    core = replace(CORE, mac=FORMER, age_s=None, pinned=True, mark=Mark.WRONG, says=says)
    clear = (Clear("core-1", "Remove the static ARP entry of 10.0.0.5, or set it to the MAC that answers."),)
    return path(core, FIREWALL, VNIC, WIRE, clear=clear, claim="One static entry sends 10.0.0.5 to nobody.")


def missing() -> Path:
    """A table was read whole and does not know the target; a person pasted another."""
    says = "dist-2 has no entry for it, though its whole MAC table was read."
    dist = replace(DISTRIBUTION, mac=None, at=None, mark=Mark.MISSING, says=says)
    pasted = replace(FIREWALL, source="pasted by U0ANA00001")
    half = replace(
        CORE, device="core-2", mac=None, age_s=3.0, mark=Mark.MISSING,
        says="core-2 asks for 10.0.0.5 and hears nothing: its entry is incomplete.",
    )  # fmt: skip
    return path(CORE, half, pasted, dist, ACCESS, VNIC, WIRE, claim="dist-2 floods what is sent to 10.0.0.5.")


def two_live() -> Path:
    """Two MACs answer; each half of the way believes another one."""
    says = f"fw-1 holds `{OTHER}`, which answers too."
    other = replace(FIREWALL, mac=OTHER, says=says)
    wire = replace(WIRE, mac=OTHER, device="prod-2", source="agent prod-2")
    vnic = replace(VNIC, mac=OTHER)
    return path(
        CORE, other, DISTRIBUTION, replace(DISTRIBUTION, mac=OTHER, at="Po7"), ACCESS, VNIC, vnic, WIRE, wire,
        expected=(LIVE, OTHER), because=f"`{LIVE}` and `{OTHER}` both answer, and both are vNICs of VM app05.",
        claim="Two MACs of VM app05 answer, so no table can be right for long.",
    )  # fmt: skip


def nobody_answers() -> Path:
    """The wire is silent, so the tables have only vCenter to agree with."""
    silent = replace(WIRE, mac=None, mark=Mark.MISSING, says="Nobody answers for 10.0.0.5 at prod-1.")
    return path(CORE, DISTRIBUTION, VNIC, silent, claim="Every table is right, and nobody answers.")


def unread() -> Path:
    """Half of it could not be read, and nobody knows what is right."""
    dark = replace(
        DISTRIBUTION, mac=None, at=None, mark=Mark.UNKNOWN,
        says="dist-2 broke off after 5,000 rows, so its entry may exist.",
    )  # fmt: skip
    core = replace(CORE, mark=Mark.UNKNOWN, says="Nobody can tell whether core-1 is right.")
    gaps = ("fw-1 did not answer SNMP within 5 s.", "No agent stands on the segment of 10.0.0.5.")
    return path(core, dark, expected=(), because="", claim="Nothing can be compared.", missing=gaps)


def partly_read() -> Path:
    """What was read agrees."""
    dark = replace(DISTRIBUTION, mac=None, at=None, mark=Mark.UNKNOWN, says="dist-2 broke off after 5,000 rows.")
    return path(CORE, dark, ACCESS, WIRE)


def thirty() -> Path:
    """More hops than a card or a picture has room for; three of them differ."""
    hops = [
        replace(
            ACCESS, device=f"dc1-row{number // 10}-acc-{number:02}", age_s=float(7**number % 200_000),
            at=f"TenGigabitEthernet{number}/0/24",
        )
        for number in range(28)
    ]  # fmt: skip
    for number in (3, 14, 25):
        hops[number] = replace(hops[number], mark=Mark.OLD, says=f"{hops[number].device} is from before the move.")
    clear = tuple(Clear(hops[n].device, f"On {hops[n].device} clear the entry of `{LIVE}`.") for n in (25, 14, 3))
    return path(*hops, VNIC, WIRE, clear=clear, claim="3 of 28 entries are from before the move.")


def hostile() -> Path:
    """Every name was typed by a stranger."""
    bad = [
        replace(CORE, device=HOSTILE, role=HOSTILE, at=HOSTILE, source=HOSTILE, says=HOSTILE, mark=mark,
                witness=Witness(DIGEST, HOSTILE, HOSTILE))
        for mark in Mark
    ]  # fmt: skip
    clear = (Clear(HOSTILE, HOSTILE),) * 2
    return path(*bad, clear=clear, claim=HOSTILE, because=HOSTILE, missing=(HOSTILE,))


def huge() -> Path:
    """More than any message can hold, everywhere at once."""
    bad = [
        replace(ACCESS, device=f"{n} {LONG}", role=LONG, at=LONG, source=LONG, says=LONG, mark=list(Mark)[n % 5],
                mac=Mac(f"02:00:00:00:00:{n:02x}"), age_s=1e9)
        for n in range(200)
    ]  # fmt: skip
    clear = (Clear(LONG, LONG),) * 200
    return path(*bad, clear=clear, claim=LONG, because=LONG, missing=(LONG,) * 50)


def only_the_wire() -> Path:
    """The guest is right as far as anybody can say, and no table was read."""
    return path(VNIC, WIRE, claim="No table that was read has an entry.", missing=("core-1 did not answer.",))


def moved() -> Path:
    """The address moved while it was looked at, and the table has followed."""
    before = replace(WIRE, mac=FORMER, mark=Mark.OLD, says=f"`{FORMER}` claimed 10.0.0.5 before it moved.")
    return path(CORE, WIRE, before)


def empty() -> Path:
    """Nobody serves a table."""
    return path(expected=(), because="", claim="No table was read.", missing=("No device is configured.",))


def _traced(tell: Callable[[], Story]) -> Callable[[], Path]:
    def told() -> Path:
        return trace(tell().evidence())

    told.__name__ = f"read: {tell.__name__}"
    return told


MADE = (
    agreeing, stale, static, missing, two_live, nobody_answers, unread, partly_read, thirty, hostile, huge,
    empty, only_the_wire, moved,
)  # fmt: skip
ALL = (*MADE, *map(_traced, networks.ALL))
"""Those made by hand, and those that are made of the stories of tables that were read."""
