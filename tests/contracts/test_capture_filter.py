"""Our filter in the kernel's machine beside libpcap's own reading of what we say it is: the same frames pass."""

import itertools
import random
import struct
import subprocess
from dataclasses import replace
from functools import cache
from ipaddress import IPv4Address

import pytest

from bot.agents.capture_filter import MOST_HOSTS, program
from bot.frames.captured import Captured
from bot.frames.link import ETHERNET
from bot.frames.pcapng import write
from bot.frames.recording import Recording
from bot.model.capture import Filter, Traffic
from tests.bot.agents.machine import passed_bytes
from tests.fixtures import tools

A, B, C, D = (IPv4Address(ip) for ip in ("10.0.0.5", "10.0.0.6", "10.0.0.7", "192.0.2.9"))
ROUTERS, ALL_HOSTS = IPv4Address("224.0.0.18"), IPv4Address("255.255.255.255")
_SNAP = 256
_SHORTEST = 60  # what a card puts on a wire, the check sequence left out

FILTERS = {
    "the default": Filter((A,)),
    "arp": Filter((A,), (Traffic.ARP,)),
    "icmp": Filter((A,), (Traffic.ICMP,)),
    "all": Filter((A,), (Traffic.ALL,)),
    "several hosts": Filter((A, B, C)),
    "a peer": Filter((A,), peer=C),
    "all with a peer": Filter((A, B), (Traffic.ALL,), peer=C),
    "icmp with a peer": Filter((A,), (Traffic.ICMP,), peer=C),
    "a port": Filter((A,), (Traffic.ALL,), port=443),
    "a port and a peer": Filter((A,), (Traffic.ALL,), peer=B, port=53),
    "a vlan": Filter((A,), vlan=10),
    "icmp in a vlan": Filter((A,), (Traffic.ICMP,), vlan=10),
    "all in a vlan": Filter((B,), (Traffic.ALL,), vlan=20),
    "a port in a vlan": Filter((A, B), (Traffic.ALL,), port=443, vlan=10),
    "most hosts": Filter(tuple(A + number for number in range(MOST_HOSTS)), (Traffic.ALL,), peer=D, port=443),
}


def any_filter(chance: random.Random) -> Filter:
    """One that nobody thought of."""
    hosts = chance.sample((A, B, C, D), chance.randint(1, 3))
    peer = chance.choice((None, None, *({A, B, C, D} - set(hosts))))
    vlan = chance.choice((None, None, 10, 20))
    if chance.random() < 0.3:
        return Filter(tuple(hosts), (Traffic.ALL,), peer, chance.choice((443, 53, 1985)), vlan)
    traffic = chance.choice(
        ((Traffic.ARP,), (Traffic.ICMP,), (Traffic.ARP, Traffic.ICMP), (Traffic.ALL,), tuple(Traffic))
    )
    return Filter(tuple(hosts), traffic, peer, None, vlan)


@cache
def frames() -> tuple[bytes, ...]:
    """Some thousand frames without tags: near misses, fragments, options, hellos, ARP and RARP about few machines."""
    chance = random.Random(20260401)
    hosts = (A, B, C, D, ROUTERS, ALL_HOSTS, IPv4Address(0))
    made = []
    for kind in (0x0806, 0x8035):
        for sender, target in itertools.product(hosts, repeat=2):
            body = struct.pack("!HHBBH6s4s6s4s", 1, 0x0800, 6, 4, 1, b"", sender.packed, b"", target.packed)
            made.append(struct.pack("!12xH", kind) + body)
    for source, to, protocol in itertools.product(hosts[:5], hosts[:6], (1, 2, 6, 17, 47, 112, 132)):
        for _ in range(6):
            words = chance.choice((5, 5, 5, 6, 15))
            fragment = chance.choice((0, 0, 0x4000, 0x2000, 0x2001, 0x00B9))
            ports = (chance.choice((443, 53, 1985, 3222, 40000)) for _ in range(2))
            header = struct.pack(
                "!BBHHHBBH4s4s", 64 + words, 0, 99, 7, fragment, 64, protocol, 0, source.packed, to.packed
            )
            carried = struct.pack("!HHIIBB", *ports, 1, 2, chance.choice((0x50, 0x80)), 0x10) + chance.randbytes(40)
            made.append(struct.pack("!12xH", 0x0800) + header + chance.randbytes((words - 5) * 4) + carried)
    for kind in (0x9000, 0x86DD, 0x88CC, 0x0026):
        made.append(struct.pack("!12xH", kind) + chance.randbytes(60))
    return tuple(frame.ljust(_SHORTEST, b"\0") for frame in made)


def tagged(frame: bytes, *tags: int, kind: int = 0x8100) -> bytes:
    """The frame behind these tags, the outermost first, with a priority that is no part of the number."""
    return frame[:12] + b"".join(struct.pack("!HH", kind, tag | 0x6000) for tag in tags) + frame[12:]


def of_libpcap(expression: str, of: tuple[bytes, ...]) -> set[int]:
    """The numbers of the frames that tcpdump takes from a file."""
    file = write(Captured(number, number * 10**9, ETHERNET, data, len(data)) for number, data in enumerate(of))
    command = [tools.program("tcpdump", "tcpdump"), "-r", "-", "-w", "-", expression]
    taken = subprocess.run(command, input=file, capture_output=True, check=True).stdout
    return {one.time_ns // 10**9 for one in Recording(taken)}


def of_ours(wanted: Filter, of: tuple[bytes, ...], tag: int | None = None) -> set[int]:
    """The numbers of the frames that pass our program; ``tag`` was taken out of each."""
    code = program(wanted, _SNAP, payload=False)
    return {number for number, frame in enumerate(of) if passed_bytes(code, frame, tag)}


@pytest.mark.parametrize("wanted", FILTERS.values(), ids=FILTERS)
def test_what_is_said_about_a_filter_is_what_it_takes(wanted: Filter) -> None:
    """People approve the sentence, not the program."""
    plain = frames()
    if wanted.vlan is None:
        assert of_ours(wanted, plain) == of_libpcap(str(wanted), plain)
        return
    of = (*plain, *(tagged(frame, wanted.vlan) for frame in plain), *(tagged(frame, 30) for frame in plain))
    taken = of_ours(wanted, of)
    assert taken == of_libpcap(str(wanted), of)
    assert taken


@pytest.mark.parametrize("seed", range(40))
def test_what_is_said_about_any_filter_is_what_it_takes(seed: int) -> None:
    """The grammar lets people combine what no table lists."""
    wanted = any_filter(random.Random(seed))
    of = frames()[seed % 2 :: 2]
    if wanted.vlan is not None:
        of = (*of[::2], *(tagged(frame, wanted.vlan) for frame in of), *(tagged(frame, 30) for frame in of[::2]))
    assert of_ours(wanted, of) == of_libpcap(str(wanted), of)


@pytest.mark.parametrize("wanted", FILTERS.values(), ids=FILTERS)
@pytest.mark.parametrize("kind", [0x8100, 0x88A8, 0x9100], ids=hex)
def test_the_same_is_taken_behind_tags(wanted: Filter, kind: int) -> None:
    """On a trunk a filter that does not look behind tags hears nothing, and silence accuses."""
    plain = replace(wanted, vlan=None)
    of = tuple(
        tagged(frame, *tags, kind=kind) for frame in frames()[::3] for tags in ((10,), (10, 20), (30, 10), (30, 40))
    )
    if wanted.vlan is None:
        expression = f"vlan and (({plain}) or (vlan and ({plain})))"
    else:
        first, second = (f"ether[{at}:2] & 0xfff = {wanted.vlan}" for at in (14, 18))
        expression = f"vlan and (({first} and ({plain})) or (vlan and ({first} or {second}) and ({plain})))"
    taken = of_ours(wanted, of)
    assert taken == of_libpcap(expression, of)
    assert taken


@pytest.mark.parametrize("wanted", FILTERS.values(), ids=FILTERS)
def test_a_tag_that_the_kernel_took_out_counts_like_one_in_the_bytes(wanted: Filter) -> None:
    """Network cards and veth take the outer tag out before a socket's filter looks."""
    inner = tuple(tagged(frame, *tags) for frame in frames()[::3] for tags in ((), (10,), (30,)))
    for taken_out in (10, 20, 30):
        whole = tuple(tagged(frame, taken_out) for frame in inner)
        assert of_ours(wanted, inner, taken_out | 0x6000) == of_ours(wanted, whole)


def test_a_third_tag_is_looked_behind_only_where_the_kernel_took_one_out() -> None:
    """An intended difference: two tags are looked for in the bytes, whatever stands beside them."""
    arp = frames()[1]
    assert passed_bytes(program(FILTERS["arp"], _SNAP, payload=False), tagged(arp, 1, 2), 3)
    assert not passed_bytes(program(FILTERS["arp"], _SNAP, payload=False), tagged(arp, 3, 1, 2))


def _packet(protocol: int, carried: bytes, words: int = 5) -> bytes:
    header = struct.pack("!BBHHHBBH4s4s", 64 + words, 0, 0, 0, 0, 64, protocol, 0, A.packed, C.packed)
    return struct.pack("!12xH", 0x0800) + header + bytes((words - 5) * 4) + carried


_TCP = struct.pack("!HHIIBB6x", 443, 50000, 1, 2, 0x80, 0x18)


@pytest.mark.parametrize(
    ("frame", "kept"),
    [
        pytest.param(_packet(6, _TCP + bytes(12) + b"secret" * 50), 14 + 20 + 32, id="tcp, options and all"),
        pytest.param(_packet(6, _TCP + bytes(12) + b"secret" * 50, words=8), 14 + 32 + 32, id="tcp behind ip options"),
        pytest.param(tagged(_packet(6, _TCP + b"secret" * 50), 1, 2), 22 + 20 + 32, id="tcp behind tags"),
        pytest.param(_packet(17, bytes(8) + b"secret" * 50), 14 + 20 + 16, id="udp"),
        pytest.param(_packet(50, b"secret" * 50), 14 + 20 + 16, id="anything else"),
        pytest.param(_packet(6, b"short"), 14 + 20 + 5, id="tcp cut off"),
        pytest.param(_packet(1, bytes(300)), _SNAP, id="icmp, which says what went wrong with what"),
    ],
)
def test_headers_only_means_no_data_of_people(frame: bytes, kept: int) -> None:
    """256 bytes of every packet would hold passwords; the kernel cuts them off before anybody sees them."""
    assert min(passed_bytes(program(FILTERS["all"], _SNAP, payload=False), frame), len(frame)) == kept
    assert passed_bytes(program(FILTERS["all"], 65_535, payload=True), frame) == 65_535


def test_too_many_machines_are_refused() -> None:
    """A condition that jumps too far would end anywhere."""
    with pytest.raises(ValueError, match="33 machines are more than 32"):
        program(Filter(tuple(A + number for number in range(33))), _SNAP, payload=False)
