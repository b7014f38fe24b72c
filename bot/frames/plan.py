"""What to send and when, as data: the vocabulary in which probes plan and agents carry out."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address

from bot.frames.frame import EchoFrame, Sent
from bot.model.addresses import Mac

ECHO_GAP_S = 0.05  # far enough apart that one short queue drop does not take two, near enough for a person who waits
ECHO_ANSWER_S = 0.1  # an echo request sent later than this before the end would count as lost for lack of time


@dataclass(frozen=True, slots=True)
class Sending:
    """One frame to send, so many seconds after the start of listening."""

    after_s: float
    frame: Sent


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything to send, by time, and when to stop listening, as far as it is known by now."""

    sendings: tuple[Sending, ...]
    ends_s: float


@dataclass(frozen=True, slots=True)
class Claim:
    """A MAC that was heard to claim an address, and when it was first heard, in seconds after the start."""

    ip: IPv4Address
    mac: Mac
    heard_s: float


@dataclass(frozen=True, slots=True)
class Echoes:
    """A series of echo requests to one address at one MAC, under an ident of its own.

    ``number`` tells the series of one job apart: a reply carries only ident and sequence number, and loss is to be
    counted for each MAC.
    """

    job: str
    number: int
    source: IPv4Address
    source_mac: Mac
    ip: IPv4Address
    mac: Mac

    @property
    def ident(self) -> int:
        """The same on every run, and unlike that of another job that asks the same address at the same time."""
        return (zlib.crc32(self.job.encode()) + self.number) & 0xFFFF

    def sendings(self, *, start_s: float, count: int, ends_s: float, gap_s: float = ECHO_GAP_S) -> Iterator[Sending]:
        """The first ``count`` of the series, or as many as can be answered before ``ends_s``."""
        for seq in range(1, count + 1):
            after_s = start_s + (seq - 1) * gap_s
            if after_s > ends_s - ECHO_ANSWER_S:
                return
            yield Sending(after_s, self._request(seq))

    def _request(self, seq: int) -> EchoFrame:
        return EchoFrame(
            to=self.mac,
            transmitter=self.source_mac,
            source=self.source,
            destination=self.ip,
            reply=False,
            ident=self.ident,
            seq=seq,
        )


def by_time(*sendings: Sending) -> tuple[Sending, ...]:
    """The sendings in the order in which they leave; those of one moment stay as given."""
    return tuple(sorted(sendings, key=lambda sending: sending.after_s))
