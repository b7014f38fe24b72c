"""A vCenter of the lab that a snapshot plays: it needs neither Go nor pyVmomi, and knows what the lab knows."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.demo.vcenter.standing import Standing
from deploy.lab.state import LabState
from deploy.lab.vcenter import everything


@contextmanager
def played(state: LabState, directory: Path) -> Iterator[Standing]:
    """A snapshot of the whole lab, read anew for every question; it is told whatever else changed, too."""
    snapshot = directory / "vcenter.json"

    def follow(now: LabState) -> None:
        fresh = snapshot.with_suffix(".new")
        fresh.write_text(json.dumps(everything(now)))
        fresh.replace(snapshot)

    follow(state)
    yield Standing(("deploy.demo.vcenter", str(snapshot)), {}, follow)
