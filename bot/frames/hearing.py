"""All the evidence of one capture file, read once."""

from dataclasses import dataclass
from ipaddress import IPv4Address
from itertools import islice

from bot.frames.captured import End, Heard, heard
from bot.frames.content import Content
from bot.frames.recording import Recording

MOST_FRAMES = 100_000
"""How many frames with evidence are read of one capture: more would be a storm, and fill the memory."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """The frames that carry evidence, each once, and how the file ended; None: it holds more frames than are read."""

    frames: tuple[Heard, ...]
    end: End | None


def hear(content: Content, about: IPv4Address | None = None) -> Hearing:
    """What the capture file with this content lets hear, and the packets from and to the address that it is about.

    Raises:
        BundleError: it is no capture, contradicts itself, or holds no MAC addresses.
    """
    recording = Recording(content, only_evidence=True, about=about)
    frames = tuple(islice(heard(recording, about), MOST_FRAMES + 1))
    return Hearing(frames[:MOST_FRAMES], recording.end)
