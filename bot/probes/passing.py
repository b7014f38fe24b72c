"""What passes by beside ARP and pings: packets of the target, hellos of virtual routers, frames of a bond to itself."""

from collections.abc import Iterable, Iterator

from bot.frames.captured import Heard
from bot.frames.frame import HelloFrame, LoopFrame, PacketFrame
from bot.model.job import Artifact
from bot.model.observation import HelloHeard, LoopSeen, Observation, PacketSeen
from bot.probes.place import place


def read(artifact: Artifact, heard: Iterable[Heard]) -> Iterator[Observation]:
    """Every packet of the target, hello of a virtual router and frame of a MAC to itself, in frame order."""
    for one in heard:
        match one.frame:
            case PacketFrame() as frame:
                yield PacketSeen(
                    **place(artifact, one),
                    source=frame.source,
                    destination=frame.destination,
                    transmitter=frame.transmitter,
                    sent_to=frame.to,
                    ttl=frame.ttl,
                    fingerprint=frame.fingerprint,
                    vlans=frame.vlans,
                )
            case HelloFrame() as frame:
                yield HelloHeard(
                    **place(artifact, one),
                    protocol=frame.protocol,
                    group=frame.group,
                    transmitter=frame.transmitter,
                    vlans=frame.vlans,
                )
            case LoopFrame() as frame:
                yield LoopSeen(
                    **place(artifact, one),
                    mac=frame.transmitter,
                    vlans=frame.vlans,
                )
