"""What an agent records in one piece of a watch, as the bytes of a capture: what it planned, and who answered."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from ipaddress import IPv4Address

from bot.frames.captured import Captured
from bot.frames.craft import craft
from bot.frames.frame import REPLY, ArpFrame, EchoFrame, Sent
from bot.frames.pcapng import write
from bot.model.addresses import Mac
from bot.model.job import Job, Vantage
from bot.probes import watching

ROUTER = Mac("00:1b:54:c2:00:01")
_ETHERNET = 1


def recorded(job: Job, vantage: Vantage, macs: Collection[Mac], *, lost: Collection[float] = ()) -> bytes:
    """The piece from its beginning at ``job.asked_at``: the target answers by ``macs``, the gateway always does.

    A ping in a second of the piece that is in ``lost`` (0, 1, ...) comes back from nobody.
    """
    assert job.target is not None
    assert vantage.gateway is not None
    owners: Mapping[IPv4Address, Collection[Mac]] = {job.target: macs, vantage.gateway: [ROUTER]}
    held = {job.target: next(iter(macs)), vantage.gateway: ROUTER}
    frames: list[tuple[float, Sent]] = []
    for one in watching.plan(job, vantage, held).sendings:
        frames.append((one.after_s, one.frame))
        if isinstance(one.frame, EchoFrame):
            if one.frame.destination == vantage.gateway or int(one.after_s) not in lost:
                frames.append((one.after_s + 0.0002, _echoed(one.frame)))
        elif isinstance(one.frame, ArpFrame):
            frames += [(one.after_s + 0.0001, _answer(one.frame, mac)) for mac in owners.get(one.frame.target_ip, ())]
    begin_ns = _ns(job.asked_at)
    return write(
        Captured(number, begin_ns + round(after_s * 1e9), _ETHERNET, craft(frame), 60)
        for number, (after_s, frame) in enumerate(sorted(frames, key=lambda one: one[0]), 1)
    )


def _echoed(asked: EchoFrame) -> EchoFrame:
    assert asked.to is not None
    return EchoFrame(
        to=asked.transmitter, transmitter=asked.to, source=asked.destination, destination=asked.source, reply=True,
        ident=asked.ident, seq=asked.seq,
    )  # fmt: skip


def _answer(asked: ArpFrame, mac: Mac) -> ArpFrame:
    return ArpFrame(
        to=asked.sender_mac, transmitter=mac, operation=REPLY, sender_mac=mac, sender_ip=asked.target_ip,
        target_mac=asked.sender_mac, target_ip=asked.sender_ip,
    )  # fmt: skip


def _ns(moment: datetime) -> int:
    return (moment - datetime.fromtimestamp(0, tz=moment.tzinfo)) // timedelta(microseconds=1) * 1000
