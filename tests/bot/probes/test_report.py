import json
from datetime import UTC, datetime

import pytest

from bot.errors import BundleError
from bot.model.job import Artifact, Media, Probe, Vantage
from bot.probes import read

AT = datetime(2026, 3, 1, tzinfo=UTC)
ARTIFACT = Artifact("file", Probe.REPORT, Vantage("reports", "", ""), Media.REPORT, "sha256:00", 0, AT, AT, None)


def test_reports_are_read_with_their_reporters_in_order() -> None:
    """Whose word it is decides what it is worth to a reader."""
    rows = [
        {"kind": "garp_not_sent", "stage": "diagnostic", "reporter": "ana"},
        {"kind": "affected_group", "value": "guest_os", "domain": "guest", "stage": "symptom"},
    ]
    first, second = read(ARTIFACT, json.dumps(rows).encode())
    assert (first.kind, first.measured, first.reporter, first.locator) == ("garp_not_sent", True, "ana", "report 1")  # type: ignore[attr-defined]
    assert (second.value, second.domain, second.measured) == ("guest_os", "guest", False)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        pytest.param(b"\xff\x00", "not JSON", id="bytes"),
        pytest.param(b"{}", "must be a list", id="no-list"),
        pytest.param(b"[7]", "The report 1 is not an object", id="no-object"),
        pytest.param(b'[{"kind": "garp_sent"}]', "it must be symptom or diagnostic", id="no-stage"),
        pytest.param(b'[{"stage": "symptom"}]', "The kind of The report 1", id="no-kind"),
        pytest.param(b'[{"kind": "dhcp", "value": 7, "stage": "symptom"}]', "it must be a word", id="odd-value"),
    ],
)
def test_what_is_not_a_report_is_refused_with_a_sentence(data: bytes, says: str) -> None:
    """A file is somebody's; the sentence says what to mend in it."""
    with pytest.raises(BundleError, match=says):
        read(ARTIFACT, data)
