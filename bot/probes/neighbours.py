"""What an agent's own ARP table held before anything was asked."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from ipaddress import IPv4Address
from typing import Any

from bot.errors import BundleError
from bot.model import codec
from bot.model.addresses import Mac, parse_mac
from bot.model.job import Artifact
from bot.model.observation import NeighbourHeld, Observation


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A row of an ARP table; ``mac`` is None while the kernel waits for an answer, or got none."""

    ip: IPv4Address
    mac: Mac | None
    permanent: bool


def write(neighbours: Sequence[Neighbour]) -> bytes:
    """The table as the artifact's JSON."""
    return json.dumps([asdict(row) | {"ip": str(row.ip)} for row in neighbours]).encode()


def read(artifact: Artifact, data: bytes) -> tuple[Observation, ...]:
    """Every row of the table, in its order. Locators are "row 1".

    Raises:
        BundleError: the bytes are not such a table.
    """
    try:
        rows = [_row(row) for row in codec.loads(data)]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BundleError(f"This is not an agent's ARP table: {error}.") from error
    return tuple(
        NeighbourHeld(
            seen_at=artifact.started_at,
            vantage=artifact.vantage,
            artifact=artifact.digest,
            locator=f"row {number}",
            ip=row.ip,
            mac=row.mac,
            permanent=row.permanent,
        )
        for number, row in enumerate(rows, 1)
    )


def _row(row: Any) -> Neighbour:
    ip, mac, permanent = row["ip"], row["mac"], row["permanent"]
    if not isinstance(ip, str) or not isinstance(permanent, bool):
        raise TypeError(f"a row has ip {ip!r} and permanent {permanent!r}")
    return Neighbour(IPv4Address(ip), None if mac is None else parse_mac(mac), permanent)
