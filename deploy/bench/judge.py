"""How long it takes to judge: a gigabyte of mixed traffic, and ten thousand observations.

``python -m deploy.bench.judge`` prints it. Each program is run several times in turn and its best time counts, so that
a busy machine slows all of them alike. tcpdump is the measure; tshark, dpkt and scapy are shown where installed.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from random import Random
from struct import Struct

from bot import causes, findings, judge
from bot.archive import file_digest
from bot.frames.captured import Captured
from bot.frames.craft import craft
from bot.frames.frame import REPLY, ArpFrame, who_has
from bot.frames.link import ETHERNET
from bot.frames.pcapng import write
from bot.incidents import judging
from bot.model.addresses import Mac
from bot.model.finding import Evidence
from bot.model.job import Artifact, Media, Probe, Vantage, digest_of

COMMAND = "python -m deploy.bench.judge"
TARGET, ASKER = IPv4Address("10.0.0.5"), IPv4Address("10.0.0.1")
ROUTER = Mac("00:50:56:00:00:01")
OWNERS = Mac("00:50:56:00:01:05"), Mac("00:50:56:00:02:05")
RUNS = 5
ARP_SHARE = 0.002
SMALL_MB = 100
BUDGET = 2.0, 0.5  # times tcpdump's, and seconds
MOST_MEMORY_MB = 300
OBSERVATIONS, MOST_JUDGING_MS = 10_000, 20.0
_BATCH = 20_000
_PCAP_HEADER = Struct("<IHHiIII").pack(0xA1B23C4D, 2, 4, 0, 0, 262_144, ETHERNET)  # with nanoseconds

_DPKT = "import dpkt,sys\nfor t,d in dpkt.pcap.Reader(open(sys.argv[1],'rb')): dpkt.ethernet.Ethernet(d)"
_SCAPY = (
    "import sys\nfrom scapy.utils import PcapReader\nimport scapy.layers.inet\nfrom scapy.layers.l2 import ARP\n"
    "print(sum(ARP in one for one in PcapReader(sys.argv[1])))"
)


@dataclass(frozen=True, slots=True)
class Took:
    """One run of a program: wall time, and the most memory that it held."""

    seconds: float
    memory_mb: float


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(prog=COMMAND, description=__doc__)
    parser.add_argument("--megabytes", type=int, default=1024)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as place:
        held = _large(Path(place) / "large.pcap", asked.megabytes)
        _small(Path(place) / "small.pcap")
    ready = _judging()
    return 0 if held and ready else 1


def _large(path: Path, megabytes: int) -> bool:
    frames = _mixed(path, megabytes)
    tcpdump = ("tcpdump", "-r", str(path), "-w", os.devnull, "arp")
    judge = (sys.executable, "-m", "bot", "judge", str(path), "--target", str(TARGET))
    best = _best({"tcpdump": tcpdump, "ruleout": judge})
    allowed_s = best["tcpdump"].seconds * BUDGET[0] + BUDGET[1]
    began = time.perf_counter()
    file_digest(path)
    digest_s = time.perf_counter() - began
    ours = best["ruleout"]
    print(f"{megabytes} MB, {frames} frames of mixed traffic, {ARP_SHARE:.1%} ARP; best of {RUNS}:")
    print(f"  tcpdump -r FILE -w /dev/null arp  {best['tcpdump'].seconds:6.2f} s")
    print(f"  ruleout judge FILE                {ours.seconds:6.2f} s, {ours.memory_mb:.0f} MB at most")
    print(f"  allowed: {BUDGET[0]:g}x tcpdump + {BUDGET[1]:g} s  {allowed_s:6.2f} s, {MOST_MEMORY_MB} MB")
    print(f"  of it SHA-256 of the file, which runs beside the reading, takes {digest_s:.2f} s when alone")
    return ours.seconds <= allowed_s and ours.memory_mb <= MOST_MEMORY_MB


def _small(path: Path) -> None:
    frames = _mixed(path, SMALL_MB)
    commands: dict[str, Sequence[str]] = {
        "tcpdump": ("tcpdump", "-r", str(path), "-w", os.devnull, "arp"),
        "ruleout": (sys.executable, "-m", "bot", "judge", str(path), "--target", str(TARGET)),
        "scapy": (sys.executable, "-c", _SCAPY, str(path)),
        "dpkt": (sys.executable, "-c", _DPKT, str(path)),
    }
    if shutil.which("tshark"):
        commands["tshark"] = ("tshark", "-r", str(path), "-Y", "arp.duplicate-address-detected")
    best = _best(commands, runs=1)
    print(f"{SMALL_MB} MB, {frames} frames, once each, times tcpdump's {best['tcpdump'].seconds:.3f} s:")
    for name in ("ruleout", "tshark", "dpkt", "scapy"):
        took = best.get(name)
        print(f"  {name:8} {took.seconds / best['tcpdump'].seconds:6.0f}x" if took else f"  {name:8} not installed")


def _judging() -> bool:
    """From observations to findings, and from them to the verdict, for an address that two MACs answer all the time."""
    exchanges = (frame for _ in range(OBSERVATIONS // 3 + 1) for frame in _exchange())
    data = write(Captured(n, 10**18 + n * 10**6, 1, frame, len(frame)) for n, frame in enumerate(exchanges, 1))
    moment = datetime(2026, 1, 2, tzinfo=UTC)
    vantage = Vantage("bench", "dc1", "eth0", ROUTER, ASKER, IPv4Network("10.0.0.0/24"), IPv4Address("10.0.0.254"))
    artifact = Artifact("job", Probe.ARP, vantage, Media.PCAP, digest_of(data), len(data), moment, moment, 0)
    observations, _ = judging.read([artifact], {artifact.digest: data})
    establishing, judging_alone = [], []
    for _ in range(4 * RUNS):
        began = time.perf_counter()
        established = findings.establish(Evidence(TARGET, observations))
        then = time.perf_counter()
        verdict = judge.judge(TARGET, established, (), causes.ALL, causes.CATALOGUE)
        establishing.append((then - began) * 1000)
        judging_alone.append((time.perf_counter() - then) * 1000)
    print(f"{len(observations)} observations, {len(established)} findings, {verdict.verdict.value}; {4 * RUNS} times:")
    for name, took in (("observations to findings", establishing), ("findings to verdict", judging_alone)):
        print(f"  {name:24}  best {min(took):6.1f} ms, median {statistics.median(took):6.1f} ms")
    print(f"  allowed: {MOST_JUDGING_MS:g} ms from findings to verdict")
    return statistics.median(judging_alone) < MOST_JUDGING_MS


def _exchange() -> Iterator[bytes]:
    yield craft(who_has(TARGET, asker=ASKER, asker_mac=ROUTER))
    for owner in OWNERS:
        yield craft(ArpFrame(ROUTER, owner, REPLY, owner, TARGET, ROUTER, ASKER))


def _mixed(path: Path, megabytes: int) -> int:
    """Write that much TCP, UDP and IPv6 in usual sizes, with requests and answers of 250 addresses among it."""
    rng, number = Random(1), 0
    others = [_other(rng) for _ in range(3000)]
    with path.open("wb") as file:
        file.write(_PCAP_HEADER)
        while file.tell() < megabytes << 20:
            batch = []
            for _ in range(_BATCH):
                number += 1
                frame = _arp(rng) if rng.random() < ARP_SHARE else others[number % len(others)]
                batch.append(Captured(number, 1_700_000_000_000_000_000 + number * 50_000, 1, frame, len(frame)))
            file.write(b"".join(_record(one) for one in batch))
    return number


def _record(one: Captured) -> bytes:
    seconds, fraction = divmod(one.time_ns, 1_000_000_000)
    return Struct("<IIII").pack(seconds, fraction, len(one.data), one.length_bytes) + one.data


def _other(rng: Random) -> bytes:
    size_bytes, kind = rng.choice((66, 66, 66, 590, 1514, 1514)), rng.random()
    if kind < 0.1:
        return rng.randbytes(12) + b"\x86\xdd\x60" + rng.randbytes(size_bytes - 15)
    protocol = 6 if kind < 0.8 else 17
    header = b"\x08\x00\x45\x00" + (size_bytes - 14).to_bytes(2, "big") + b"\0\0\x40\0\x40" + bytes([protocol, 0, 0])
    return rng.randbytes(12) + header + rng.randbytes(8) + b"\xc0\x00\x01\xbb" + bytes(size_bytes - 38)


def _arp(rng: Random) -> bytes:
    host = rng.randrange(2, 252)
    owner, address = Mac(f"00:50:56:00:01:{host:02x}"), IPv4Address(f"10.0.0.{host}")
    if rng.random() < 0.5:
        return craft(who_has(address, asker=ASKER, asker_mac=ROUTER))
    return craft(ArpFrame(ROUTER, owner, REPLY, owner, address, ROUTER, ASKER))


def _best(commands: dict[str, Sequence[str]], runs: int = RUNS) -> dict[str, Took]:
    """The best run of each program, taken in turn; without those that failed."""
    best: dict[str, Took] = {}
    for _ in range(runs):
        for name, command in commands.items():
            took = _run(command)
            if took is not None and (name not in best or took.seconds < best[name].seconds):
                best[name] = took
    return best


def _run(command: Sequence[str]) -> Took | None:
    program = shutil.which(command[0])
    if program is None:
        return None
    began = time.perf_counter()
    child = subprocess.Popen([program, *command[1:]], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)  # and not child.wait(), which does not tell the memory
    seconds = time.perf_counter() - began
    child.returncode = os.waitstatus_to_exitcode(status)
    return Took(seconds, usage.ru_maxrss / 1024) if child.returncode == 0 else None


if __name__ == "__main__":
    sys.exit(main())
