"""Tables of machines, and the story: twenty VMs of which every odd-numbered one loses packets."""

import json
from collections.abc import Mapping, Sequence

from bot.split import form
from bot.split.conclusion import Split, split
from bot.split.machines import Table

Row = Mapping[str, object]


def as_json(rows: Sequence[Row]) -> bytes:
    return json.dumps([dict(row) for row in rows]).encode()


def table(rows: Sequence[Row]) -> Table:
    return form.read(as_json(rows))


def compared(rows: Sequence[Row]) -> Split:
    return split(table(rows))


def leaders(outcome: Split) -> list[str]:
    return [str(one.trait) for one in outcome.leaders]


def others(outcome: Split) -> list[str]:
    return [str(one.trait) for one in outcome.others]


def story() -> list[dict[str, object]]:
    """Odd names stand on cluster A, the only one whose VMs run the agent; two VMs a host."""
    return [
        {
            "machine": f"app{number:02}",
            "affected": bool(number % 2),
            "cluster": "A" if number % 2 else "B",
            "host": f"esx-{'a' if number % 2 else 'b'}{number // 4}",
            "agent": "bondguard" if number % 2 else "none",
            "vlan": 10,
        }
        for number in range(1, 21)
    ]


def machine(name: str, affected: bool | None, cluster: str, host: str, agent: str) -> dict[str, object]:
    """One more machine of the story."""
    return {"machine": name, "affected": affected, "cluster": cluster, "host": host, "agent": agent, "vlan": 10}


def numbered(affected: int, unaffected: int, **columns: Sequence[object]) -> list[dict[str, object]]:
    """Machines without telling names, the affected first; a column of one value holds for all of them."""
    count = affected + unaffected
    rows: list[dict[str, object]] = [
        {"machine": f"{chr(97 + index // 26)}{chr(97 + index % 26)}", "affected": index < affected}
        for index in range(count)
    ]
    for name, values in columns.items():
        for index, row in enumerate(rows):
            row[name] = values[index % len(values)] if len(values) < count else values[index]
    return rows
