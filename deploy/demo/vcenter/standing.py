"""What a vCenter of the lab is to whoever sets it up, be it played from a snapshot or simulated."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from deploy.lab.state import LabState


@dataclass(frozen=True, slots=True)
class Standing:
    """A vCenter that holds the lab's facts.

    ``worker`` is what looks at it, as arguments of ``python -m``; ``environment`` is what that needs besides its name,
    its queue and the queue's keys. ``follow`` tells the vCenter how the lab is now, after VMs were moved in it.
    """

    worker: tuple[str, ...]
    environment: Mapping[str, str]
    follow: Callable[[LabState], None]


Stands = Callable[[LabState, Path], AbstractContextManager[Standing]]
"""Sets a vCenter up that holds the lab's facts, until the block ends; its files lie in the directory."""
