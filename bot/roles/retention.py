"""Deleting what is kept too long: captures first, whole cases later, and a line in the audit trail for each capture."""

from datetime import timedelta

from bot import log
from bot.archive import CaseArchive
from bot.errors import InstrumentError
from bot.model.audit import Deed, Entry
from bot.ports import Audit, Clock

_log = log.get(__name__)


def sweep(archive: CaseArchive, audit: Audit, clock: Clock, *, captures: timedelta, cases: timedelta) -> None:
    """Delete what was written longer ago than that. A deletion that cannot be noted down happens all the same."""
    now = clock.now()
    for case, gone in archive.forget(now, captures):
        _log.info("capture_deleted", case=case, digest=gone.digest)
        try:
            audit.record(
                Entry(at=now, deed=Deed.DELETED, incident=case, digest=gone.digest, size_bytes=gone.size_bytes)
            )
        except InstrumentError as error:
            _log.error("deletion_not_noted", case=case, reason=str(error))
    if deleted := archive.expire(now, cases):
        _log.info("cases_expired", deleted=deleted)
