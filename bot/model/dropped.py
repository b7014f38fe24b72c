"""A capture that somebody took elsewhere and shared in a channel."""

from dataclasses import dataclass

SUFFIXES = (".pcap", ".pcapng", ".cap", ".snoop", ".pcap.gz", ".pcapng.gz", ".cap.gz", ".snoop.gz")


@dataclass(frozen=True, slots=True)
class DroppedFile:
    """A file as the chat names it; its bytes lie there."""

    id: str
    name: str
    size_bytes: int

    @property
    def looks_like_capture(self) -> bool:
        """Whether it is called like one; what it is, only its bytes tell."""
        return self.name.lower().endswith(SUFFIXES)
