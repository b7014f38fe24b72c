"""When each vantage listened, whether it lost anything, and whom it heard beside the target: the control of silence.

Not a finding: what several of them read.
"""

from collections import defaultdict
from dataclasses import dataclass
from ipaddress import IPv4Address

from bot.findings.reading import requests
from bot.model.addresses import BROADCAST
from bot.model.finding import Evidence
from bot.model.job import Vantage
from bot.model.observation import ArpAnswer, ArpAsked, EchoAnswer, EchoAsked, Listened, Observation


@dataclass(frozen=True, slots=True)
class Window:
    """One artifact's time of listening at one vantage.

    ``complete`` is None where the instrument cannot tell whether it lost frames. ``controls`` are the other addresses
    that were asked for in the same window; ``heard`` are the frames in which one of them answered.
    """

    artifact: str
    vantage: Vantage
    listened: Listened | None
    controls: tuple[IPv4Address, ...]
    heard: tuple[Observation, ...]

    @property
    def complete(self) -> bool | None:
        """Whether nothing was lost while listening, or in reading what was recorded."""
        if self.listened is None:
            return None
        if self.listened.dropped or self.listened.unread:
            return False
        return None if self.listened.dropped is None else True

    def listened_after(self, asked: Observation) -> float:
        """How long this window stayed open after ``asked``, in seconds; 0 when nobody says."""
        return (self.listened.seen_at - asked.seen_at).total_seconds() if self.listened else 0.0


def own_broadcasts(evidence: Evidence, window: Window) -> list[ArpAsked]:
    """The broadcast requests for the target that this window's vantage sent itself."""
    return [
        asked
        for asked in requests(evidence)
        if asked.ours and asked.artifact == window.artifact and asked.sent_to == BROADCAST
    ]


def windows(evidence: Evidence) -> list[Window]:
    """Every window in which packets were listened to, by artifact."""
    return evidence.once(_read_windows)


def _read_windows(evidence: Evidence) -> list[Window]:
    listened: dict[str, Listened] = {}
    asked: dict[str, set[IPv4Address]] = defaultdict(set)
    vantages: dict[str, Vantage] = {}
    for one in sorted(evidence.observations, key=lambda one: (one.seen_at, one.locator)):
        match one:
            case Listened():
                listened[one.artifact] = one
            case ArpAsked(ours=True, wanted=address) | EchoAsked(ours=True, ip=address):
                asked[one.artifact].add(address)
            case ArpAsked() | ArpAnswer() | EchoAsked() | EchoAnswer():
                pass
            case _:
                continue
        vantages[one.artifact] = one.vantage
    heard: dict[str, list[Observation]] = defaultdict(list)
    replies: list[ArpAnswer | EchoAnswer] = [*evidence.of(ArpAnswer), *evidence.of(EchoAnswer)]
    for answer in replies:
        if answer.ip != evidence.target and answer.ip in asked[answer.artifact]:
            heard[answer.artifact].append(answer)
    return [
        Window(
            artifact,
            vantages[artifact],
            listened.get(artifact),
            tuple(sorted(asked[artifact] - {evidence.target})),
            tuple(heard[artifact]),
        )
        for artifact in sorted(vantages)
    ]
