"""A case with a capture in it, and an audit trail on paper."""

from pathlib import Path

from bot.archive import CaseArchive
from bot.errors import InstrumentError
from bot.incidents import bundle
from bot.incidents.bundle import Case
from bot.model.audit import Entry
from bot.model.job import Artifact, Media, Probe, digest_of
from tests.bot.incidents.ground import DC1, NOON, PROD, TARGET

CAPTURE, SNAPSHOT = b"\xd4\xc3\xb2\xa1 packets of somebody", b"{}"
DIGEST = digest_of(CAPTURE)


class PaperAudit:
    """bot.ports.Audit on paper, which may be full."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.full = False

    def record(self, entry: Entry) -> None:
        if self.full:
            raise InstrumentError("The audit trail cannot be written.")
        self.entries.append(entry)

    def of_channel(self, channel: str, most: int) -> tuple[Entry, ...]:
        return tuple(self.entries[-most:])


def shelved(root: Path, case: str = "inc-1") -> CaseArchive:
    """An archive with one case that holds a capture and a snapshot."""
    archive = CaseArchive(root)
    artifacts = tuple(
        Artifact(f"{case}.{n}", probe, vantage, media, digest_of(data), len(data), NOON, NOON, 0)
        for n, (probe, vantage, media, data) in enumerate(
            ((Probe.CAPTURE, PROD, Media.PCAP, CAPTURE), (Probe.VCENTER, DC1, Media.VCENTER, SNAPSHOT))
        )
    )
    blobs = {digest_of(data): data for data in (CAPTURE, SNAPSHOT)}
    archive.save(case, bundle.pack(Case(TARGET, artifacts), blobs))
    return archive
