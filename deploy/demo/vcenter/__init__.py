"""A stand-in for a vCenter: answers look-ups from a snapshot of the whole inventory, so a demo needs no vCenter."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.errors import BundleError, InstrumentError, RequestError
from bot.model.job import Artifact, Vantage
from bot.ports import Clock, Work
from bot.probes.vcenter import deliver, parse, query, select

Source = Path | Callable[[], Mapping[str, Any]]
"""A snapshot file, or a function that makes such JSON of what the lab is like at this moment; both hold ALL VMs."""


class SnapshotAbility:
    """bot.ports.Ability for ``Probe.VCENTER`` that plays the vCenter of a snapshot.

    The source is read anew for every job, so a file may be edited, and the lab may change, while it runs.
    """

    def __init__(self, source: Source, vantage: Vantage, clock: Clock) -> None:
        self._source = source
        self._vantage = vantage
        self._clock = clock

    def __call__(self, work: Work) -> Sequence[tuple[Artifact, bytes]]:
        """Look the job's addresses, MACs and names up."""
        wanted = query(work.job)
        if not wanted:
            raise RequestError("Name an address, a MAC or a VM to look up.")
        now = self._clock.now()
        try:
            whole = parse(self._bytes())
        except (OSError, BundleError) as error:
            raise InstrumentError(f"The snapshot that plays vCenter {self._vantage.segment} is bad: {error}") from error
        answer = replace(select(whole, wanted), vcenter=self._vantage.segment, read_at=now)
        return (deliver(work.job, self._vantage, answer, self._clock.now()),)

    def close(self) -> None:
        """Nothing is open."""

    def _bytes(self) -> bytes:
        return self._source.read_bytes() if isinstance(self._source, Path) else json.dumps(self._source()).encode()
