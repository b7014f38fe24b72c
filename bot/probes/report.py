"""What people report, as a file: a JSON list of ``{"kind", "value", "domain", "stage", "reporter"}``.

``value``, ``domain`` and ``reporter`` may be left out. ``stage`` is "symptom" for what was plain when the ticket was
opened or came of simple trial, "diagnostic" for what somebody had to collect.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.errors import BundleError
from bot.model import codec
from bot.model.job import Artifact
from bot.model.observation import ReportedFact

STAGES = ("symptom", "diagnostic")
SOMEBODY = "reported"


def read(artifact: Artifact, data: bytes) -> tuple[ReportedFact, ...]:
    """The reports in the file, in its order.

    Raises:
        BundleError: the bytes are not such a list.
    """
    try:
        rows = codec.loads(data)
    except ValueError as error:
        raise BundleError(f"The reports are not JSON: {error}.") from error
    return facts(artifact, rows, "The report")


def facts(artifact: Artifact, rows: object, what: str) -> tuple[ReportedFact, ...]:
    """The rows of a decoded list as facts; ``what`` names a row in the sentence of an error.

    Raises:
        BundleError: a row is not a report.
    """
    if not isinstance(rows, Sequence) or isinstance(rows, str):
        raise BundleError(f"{what}s must be a list of objects with kind, value, domain and stage.")
    return tuple(_fact(artifact, row, f"{what} {number}", number) for number, row in enumerate(rows, 1))


def _fact(artifact: Artifact, row: object, what: str, number: int) -> ReportedFact:
    if not isinstance(row, Mapping):
        raise BundleError(f"{what} is not an object with kind, value, domain and stage.")
    if row.get("stage") not in STAGES:
        raise BundleError(f"The stage of {what} is {row.get('stage')!r:.60}; it must be {' or '.join(STAGES)}.")
    return ReportedFact(
        seen_at=artifact.stopped_at,
        vantage=artifact.vantage,
        artifact=artifact.digest,
        locator=f"report {number}",
        kind=_text(row, "kind", what) or "",
        value=_text(row, "value", what),
        domain=_text(row, "domain", what),
        measured=row["stage"] == "diagnostic",
        reporter=_text(row, "reporter", what) or SOMEBODY,
    )


def _text(row: Mapping[str, Any], name: str, what: str) -> str | None:
    text = row.get(name)
    if (name == "kind" and not text) or not (text is None or isinstance(text, str)):
        raise BundleError(f"The {name} of {what} is {text!r:.60}; it must be a word.")
    return text
