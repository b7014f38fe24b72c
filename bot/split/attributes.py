"""Whose an attribute of a machine is. An explicit list: a column that is not in it says so, or belongs to nobody.

An attribute that lies between two teams belongs to both: an uplink has an end at the host and one at the switch, and
whatever stays with one host stays with its switch ports, too.
"""

from collections.abc import Iterable, Mapping

from bot.model.cause import Side


def _of(sides: Iterable[Side], *names: str) -> dict[str, frozenset[Side]]:
    return dict.fromkeys(names, frozenset(sides))


SIDES: Mapping[str, frozenset[Side]] = {
    **_of([Side.GUEST], "agent", "agents", "application", "bond", "guest os", "image", "kernel", "os", "role"),
    **_of([Side.GUEST], "software", "template", "tools", "tools version"),
    **_of([Side.NETWORK], "fabric", "firewall", "rack", "router", "segment", "subnet", "switch"),
    **_of([Side.HYPERVISOR], "cluster", "datastore", "esxi build", "hardware version", "nic driver", "nic firmware"),
    **_of([Side.HYPERVISOR], "port group", "power", "vswitch"),
    **_of([Side.GUEST, Side.HYPERVISOR], "adapter"),
    **_of([Side.NETWORK, Side.HYPERVISOR], "chassis", "esxi", "host", "switch port", "uplink", "vlan"),
}

ADDRESSES, MACS = ("ip", "address"), ("mac",)
IDENTITIES = frozenset({*ADDRESSES, *MACS})
"""What a machine has for itself: it leads to the VM in a vCenter and tells odd from even, and is not compared."""

PATHS = frozenset({"uplink", "fabric", "switch", "switch port"})
"""What tells over which of two ways a machine's frames go."""

_HOSTS = frozenset({"esxi", "host"})
_TELLING: Mapping[Side, frozenset[str]] = {
    Side.GUEST: frozenset({"agent", "agents", "application", "image", "role", "software", "template"}),
    Side.NETWORK: frozenset({"rack"}) | PATHS,
    Side.HYPERVISOR: frozenset({"chassis", "cluster"}) | _HOSTS,
}


def named(column: str) -> tuple[str, frozenset[Side]]:
    """The attribute of a column and whose it is; ``guest: scanner`` says it itself, an unlisted one is nobody's.

    Raises:
        ValueError: it names a side that there is not.
    """
    side, colon, rest = (part.strip() for part in column.partition(":"))
    if not colon:
        return column, SIDES.get(column, frozenset())
    if side not in [*Side] or not rest:
        raise ValueError(f"{column!r} must begin with one of {', '.join(Side)} before the colon, and name something")
    return rest, frozenset({Side(side)})


def looks_at(name: str, sides: frozenset[Side], side: Side, accused: Side) -> bool:
    """Whether the attribute, where affected and unaffected machines share it, clears a side while another is accused.

    An operating system, Tools or a port group says too little of what else there is on its side. Guests that share a
    host share its switches: so hosts clear the network of what is in the guests.
    """
    if name not in SIDES:
        return side in sides
    return name in _TELLING[side] or (side is Side.NETWORK and accused is Side.GUEST and name in _HOSTS)
