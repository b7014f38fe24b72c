"""How long it takes to look one address up in a switch, by the length of its MAC table, and what it holds meanwhile.

``python -m deploy.bench.network`` prints it. The switch is our own agent on loopback, in this process, so that the
time is the worker's and the stand-in's together; a real device adds its own. The worker is given 1,000 requests a
second: with the 50 of the example file the requests, which are printed, take their share of a second.
"""

import time
import tracemalloc
from datetime import timedelta
from ipaddress import IPv4Address

from bot.agents.network import DeviceSettings, NetworkAbility
from bot.model.addresses import parse_mac
from bot.model.job import Job, JobOptions, Probe
from bot.model.network import Device, Role
from bot.ports import Work
from bot.probes import read
from bot.system import SystemClock
from deploy.demo.snmp import Oid, UdpAgent, Value, oid, ticks

MAC = "00:50:56:11:20:05"
VLAN, PORT = 10, 7
RUNS = 5
ROWS = (22, 2_000, 100_000)
_CLOCK = SystemClock()


def switch(entries: int) -> list[tuple[Oid, Value]]:
    """One VLAN, the MAC that is looked for, and so many others."""
    table, ours = oid("1.3.6.1.2.1.17.7.1.2.2.1"), tuple(bytes.fromhex(MAC.replace(":", "")))
    macs = [ours, *((2, 0, *number.to_bytes(4, "big")) for number in range(entries - 1))]
    rows: list[tuple[Oid, Value]] = [
        (oid("1.3.6.1.2.1.1.3.0"), ticks(90_000)),
        (oid("1.3.6.1.2.1.1.5.0"), b"sw1"),
        (oid(f"1.3.6.1.2.1.17.1.4.1.2.{PORT}"), 3),
        (oid(f"1.3.6.1.2.1.17.7.1.4.2.1.3.0.{VLAN}"), VLAN),
        (oid(f"1.3.6.1.2.1.17.7.1.4.2.1.4.0.{VLAN}"), b"\x02"),
        (oid("1.3.6.1.6.3.1.1.6.1.0"), 1),
        *(((*table, column, VLAN, *mac), value) for column, value in ((2, PORT), (3, 3)) for mac in macs),
    ]
    return sorted(rows, key=lambda row: row[0])


def look(port: int, walk_rows: int, number: int) -> int:
    """One job from the ability to its observations; the size of its artifact."""
    device = Device("sw1", Role.ACCESS)
    told = DeviceSettings(
        device=device, host="127.0.0.1", port=port, community="public", requests_per_s=1000, walk_rows=walk_rows
    )
    now = _CLOCK.now()
    options = JobOptions(listen_s=0, macs=(parse_mac(MAC),))
    target, ends = IPv4Address("10.0.0.5"), now + timedelta(seconds=30)
    job = Job(f"job-{number}", f"inc-{number}", Probe.NETWORK, "network.bench", target, options, now, ends)
    ((artifact, data),) = NetworkAbility("bench", [told], _CLOCK)(Work(job, lambda: False, lambda _: None))
    read(artifact, data)
    return len(data)


def main() -> None:
    """Print one line for each length, asked for by name only and as a whole."""
    print(f"{'entries':>8} {'read':>10} {'ms':>6} {'requests':>9} {'memory KB':>10} {'artifact KB':>12}")
    for entries in ROWS:
        with UdpAgent(switch(entries)) as agent:
            for how, walk_rows in (("by name", 0), ("up to 500", 500), ("up to 2500", 2_500)):
                took_ms = []
                for number in range(RUNS):
                    began = time.perf_counter()
                    look(agent.port, walk_rows, number)
                    took_ms.append((time.perf_counter() - began) * 1000)
                requests = len(agent.asked) // RUNS
                tracemalloc.start()
                size_bytes = look(agent.port, walk_rows, RUNS)
                peak_bytes = tracemalloc.get_traced_memory()[1]
                tracemalloc.stop()
                agent.asked.clear()
                figures = f"{min(took_ms):>6.0f} {requests:>9} {peak_bytes / 1024:>10.0f} {size_bytes / 1024:>12.1f}"
                print(f"{entries:>8} {how:>10} {figures}")


if __name__ == "__main__":
    main()
