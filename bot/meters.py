"""Every figure that a running role tells of itself: its name, what it counts, its unit and its labels.

Labels are enumerations of the code, and names that the operator gave to agents, queues, vCenters and devices. An
address, a person or a channel is never one: each would be a series of its own, for good. What is not known has no
sample; a zero is a count.
"""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How a figure behaves: it only grows, goes up and down, spreads over seconds, or is read when it is asked for."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"
    READING = "reading"


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure. ``roles`` are those that tell it; ``buckets`` the upper bounds of a histogram, in seconds."""

    name: str
    kind: Kind
    roles: str
    meaning: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """A measure of the kind READING, as it stands when somebody asks; ``labels`` are its values, in its order."""

    measure: Measure
    value: float
    labels: tuple[str, ...] = ()


_ACK = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0)  # Slack waits 3 s
_ANSWER = (0.1, 0.25, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 6.0, 10.0, 20.0, 40.0, 90.0, 300.0, 900.0, 3600.0)
_AGENTS = "agent, vcenter, network"
_ALL = f"bot, {_AGENTS}"

_C, _G, _H, _R = Kind.COUNTER, Kind.GAUGE, Kind.HISTOGRAM, Kind.READING

# fmt: off
BUILD = Measure("ruleout_build_info", _R, _ALL, "1; which version runs here, in which role, under which name.", ("version", "role", "name"))
READY = Measure("ruleout_ready", _R, _ALL, "1: /readyz says yes; 0: it says why not.")
UNREAD = Measure("ruleout_unread_sources", _R, _ALL, "Groups of figures that could not be read just now; the log says why.")

REQUESTS = Measure("ruleout_requests_total", _C, "bot", "What people asked: accepted, joined (it was being asked already), refused, unavailable (a part of ours was away) or broke.", ("command", "outcome"))
ACKNOWLEDGED = Measure("ruleout_acknowledgement_seconds", _H, "bot", "From a delivery of Slack's to its acknowledgement.", ("kind",), _ACK)
FIRST_EVIDENCE = Measure("ruleout_first_evidence_seconds", _H, "bot", "From a request to the first evidence of an agent.", ("command",), _ANSWER)
ANSWERED = Measure("ruleout_answer_seconds", _H, "bot", "From a request to its final card and all that belongs into its thread, as Slack has taken it.", ("command",), _ANSWER)
ENDED = Measure("ruleout_incidents_ended_total", _C, "bot", "Questions that ended, and how.", ("command", "outcome"))
VERDICTS = Measure("ruleout_verdicts_total", _C, "bot", "Verdicts by side and grade.", ("side", "grade"))
TAKEN_OVER = Measure("ruleout_incidents_taken_over_total", _C, "bot", "Questions that another bot left and this one went on with.", ("command",))
OPEN = Measure("ruleout_incidents_open", _R, "bot", "Questions that this bot has in hand.", ("command",))
SLACK_CALLS = Measure("ruleout_slack_calls_total", _C, "bot", "Calls of Slack's Web API: ok, refused, rate_limited (HTTP 429), failed (HTTP 5xx) or unanswered.", ("method", "result"))
SOCKETS = Measure("ruleout_slack_sockets_opened_total", _C, "bot", "Sockets that Slack said hello on; all but the first are reconnects.")
CONNECTED = Measure("ruleout_slack_connected", _R, "bot", "1: Slack reaches the bot.")
UNSENT = Measure("ruleout_slack_unsent", _R, "bot", "Messages that wait for Slack or for its pace.")
QUEUED = Measure("ruleout_queue_length", _R, "bot", "Jobs of a queue that are not final: waiting and under way (XLEN).", ("queue",))
PENDING = Measure("ruleout_queue_pending", _R, "bot", "Those of them that an agent has taken (XINFO GROUPS).", ("queue",))
DEAD = Measure("ruleout_dead_letters", _R, "bot", "What agents refused or gave up, as far as it is kept: the newest 1,000.")
HEARTBEAT = Measure("ruleout_agent_heartbeat_age_seconds", _R, "bot", "Since the agent was heard last; whoever was heard within a week.", ("agent",))
ARCHIVE_BYTES = Measure("ruleout_archive_bytes", _R, "bot", "Size of all closed cases; measured every five minutes.")
ARCHIVE_CASES = Measure("ruleout_archive_cases", _R, "bot", "Closed cases that are kept.")
AUDIT_ENTRIES = Measure("ruleout_audit_entries", _R, "bot", "Number of the audit's last line: its head.")
AUDIT_SOUND = Measure("ruleout_audit_sound", _R, "bot", "1: the audit ends in a whole line, or there is none yet; 0: it does not, or cannot be read. `ruleout audit verify` proves all of it.")
AUDIT_FAILURES = Measure("ruleout_audit_failures_total", _C, "bot", "Deeds that could not be written down.", ("deed",))

FREE_BYTES = Measure("ruleout_disk_free_bytes", _R, "bot, agent", "Free space where the archive, the audit or the spool lies.", ("place",))

JOBS = Measure("ruleout_jobs_total", _C, _AGENTS, "Jobs that ended here: reported, failed, broke (a bug) or handed_back.", ("probe", "outcome"))
JOB_SECONDS = Measure("ruleout_job_seconds", _H, _AGENTS, "From taking a job to its end.", ("probe",), _ANSWER)
RUNNING = Measure("ruleout_jobs_running", _G, _AGENTS, "Jobs under way here.", ("probe",))
ORDERS_REFUSED = Measure("ruleout_orders_refused_total", _C, _AGENTS, "Orders that became dead letters here: forged, expired, replayed or given up.")
LEASED = Measure("ruleout_lease_held", _R, _AGENTS, "1: the agent's lease on the queue server is renewed.")

CAPTURES = Measure("ruleout_captures_running", _G, "agent", "Captures under way here.")
CAPTURED_PACKETS = Measure("ruleout_captured_packets_total", _C, "agent", "Packets in captures that ended.")
CAPTURED_BYTES = Measure("ruleout_captured_bytes_total", _C, "agent", "Bytes of captures that ended.")
CAPTURE_DROPS = Measure("ruleout_capture_dropped_packets_total", _C, "agent", "Packets that the kernel could not keep for a capture.")

VCENTER_CALLS = Measure("ruleout_vcenter_calls_total", _C, "vcenter", "Calls of the vCenter: answered, refused, unanswered or cut_off.", ("vcenter", "method", "result"))
INVENTORY_AGE = Measure("ruleout_vcenter_inventory_age_seconds", _R, "vcenter", "Since the list of who owns what was known to be true.", ("vcenter",))

DEVICE_HEARD = Measure("ruleout_network_device_heard", _R, "network", "1: the device answered when it was asked last; 0: it was silent. None before it is asked.", ("device",))

MEASURES = (
    BUILD, READY, UNREAD, REQUESTS, ACKNOWLEDGED, FIRST_EVIDENCE, ANSWERED, ENDED, VERDICTS, TAKEN_OVER, OPEN,
    SLACK_CALLS, SOCKETS, CONNECTED, UNSENT, QUEUED, PENDING, DEAD, HEARTBEAT, ARCHIVE_BYTES, ARCHIVE_CASES,
    AUDIT_ENTRIES, AUDIT_SOUND, AUDIT_FAILURES, FREE_BYTES, JOBS, JOB_SECONDS, RUNNING, ORDERS_REFUSED, LEASED,
    CAPTURES, CAPTURED_PACKETS, CAPTURED_BYTES, CAPTURE_DROPS, VCENTER_CALLS, INVENTORY_AGE, DEVICE_HEARD,
)
# fmt: on
"""All of them; a test holds this list against the names above."""


def of_role(role: str) -> tuple[Measure, ...]:
    """What this role tells."""
    return tuple(one for one in MEASURES if role in one.roles.split(", "))
