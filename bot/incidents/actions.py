"""What the flow may want to happen: the carrier does it, in this order, and nothing else."""

from dataclasses import dataclass

from bot.model.incident import Closed, Expired, Flipped, Resolved
from bot.model.job import Job


@dataclass(frozen=True, slots=True)
class Put:
    """Put these jobs on their queues, then append a Queued event with the gaps."""

    jobs: tuple[Job, ...]
    gaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fetch:
    """Fetch the shared file, which is the first job, and put the others on their queues; then as after Put.

    What the fetching brings is a Reported of that job, or a Failed.
    """

    jobs: tuple[Job, ...]
    gaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Append:
    """Append this event."""

    event: Resolved | Closed | Expired | Flipped


@dataclass(frozen=True, slots=True)
class Judge:
    """Judge all evidence, append Judged and close."""


@dataclass(frozen=True, slots=True)
class Trace:
    """Append Traced with what the tables on the way hold, and close."""


@dataclass(frozen=True, slots=True)
class Measure:
    """Append Measured with the matrix of all machines, and close."""


@dataclass(frozen=True, slots=True)
class Deliver:
    """Hand the captured files to the people and close."""


@dataclass(frozen=True, slots=True)
class Tell:
    """Append LookedUp with what the vCenters said, and close."""


@dataclass(frozen=True, slots=True)
class Admit:
    """See whether this person may capture this machine and whether a second one has to agree; if not, put the jobs."""

    put: Put


Action = Put | Fetch | Append | Judge | Trace | Measure | Deliver | Tell | Admit
