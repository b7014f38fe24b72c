"""What travels between bot and agents: whoever sealed it, it is read or refused, and ends neither process."""

import json
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv4Network
from typing import Any

import pytest
import redis
from hypothesis import given
from hypothesis import strategies as st

from bot.model import codec
from bot.model.capture import Filter
from bot.model.incident import AnyEvent, Failed, Progressed, Reported, Started
from bot.model.job import Agent, Artifact, Job, JobOptions, Media, Probe, Vantage, digest_of
from bot.queue import letters
from bot.queue.agent_side import RedisIntake
from bot.queue.letters import Order, Report, UnreadableError, read_order, read_report
from bot.queue.seal import ForgedError, seal
from deploy.demo.server import Server
from tests.hostile.damage import NEVER_JSON, as_bytes, damaged, damaged_bytes

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEYS = (b"k" * 32,)
QUEUE, REPLY = "segment.prod", "reports:bot-1"
TARGET = IPv4Address("10.0.0.5")
WISHES = JobOptions(names=("app01",), filter=Filter((TARGET,)))
JOB = Job("job-1", "inc-1", Probe.ARP, QUEUE, TARGET, WISHES, NOON, NOON + timedelta(seconds=5))
VANTAGE = Vantage("prod-1", "prod", "eth0", None, IPv4Address("10.0.0.9"), IPv4Network("10.0.0.0/24"), None, ())
ARTIFACT = Artifact("job-1", Probe.ARP, VANTAGE, Media.PCAP, digest_of(b"x"), 1, NOON, NOON, 0)
ORDER: Any = codec.encode(Order(JOB, REPLY, NOON))
AGENT: Any = codec.encode(Agent("prod-1", (QUEUE,), ("arp",), (VANTAGE,), "1.0", NOON, ("job-1",)))
SAID = (
    Started(at=NOON, job="job-1", agent="prod-1", attempt=1),
    Progressed(at=NOON, job="job-1", agent="prod-1", packets=3, size_bytes=200, dropped=None, left_s=1.5),
    Reported(at=NOON, job="job-1", agent="prod-1", artifacts=(ARTIFACT,), final=True),
    Failed(at=NOON, job="job-1", agent="prod-1", reason="It did not look."),
)
REPORTS: list[Any] = [{"event": codec.encode(event, AnyEvent), "upload": "ab12"} for event in SAID]
ORDERS = damaged(ORDER).map(as_bytes) | damaged_bytes(as_bytes(ORDER)) | st.sampled_from(NEVER_JSON)
BODIES = (
    st.sampled_from(REPORTS).flatmap(damaged).map(as_bytes)
    | damaged_bytes(as_bytes(REPORTS[2]))
    | st.sampled_from(NEVER_JSON)
)


def order_in(body: bytes) -> Order | None:
    try:
        return read_order(KEYS, QUEUE, seal(KEYS, f"order jobs:{QUEUE}", body))
    except (ForgedError, UnreadableError) as refused:
        str(refused).encode()
        return None


@given(ORDERS)
def test_whatever_was_sealed_as_an_order_is_an_order_or_refused(body: bytes) -> None:
    """A bot of another version, or a neighbour with the same segment's key, must not end an agent."""
    if order := order_in(body):
        assert isinstance(order.job, Job)
        assert order.job.queue == QUEUE
        order.reply.encode()


@given(ORDERS)
def test_an_order_that_was_taken_can_be_told_on(body: bytes) -> None:
    """Whatever was understood is printed, refused in words, and answered."""
    if order := order_in(body):
        told = letters.refusal(order, entered_at=NOON, now=NOON, delivery=1, replayed=False)
        assert told is None or told.encode()
        failed = Failed(at=NOON, job=order.job.id, agent="prod-1", reason=told or "x")
        assert letters.write_report(KEYS, order.reply, Report(failed, ""))[b"mac"]


@given(st.dictionaries(st.sampled_from([b"body", b"mac", b"job", b"x"]), st.binary(max_size=80)))
def test_nothing_without_our_seal_is_read(fields: dict[bytes, bytes]) -> None:
    """Not even parsed: the seal comes first."""
    with pytest.raises(ForgedError):
        read_order(KEYS, QUEUE, fields)
    with pytest.raises(ForgedError):
        read_report(KEYS, REPLY, "job-1", fields, NOON)


@given(BODIES)
def test_whatever_was_sealed_as_a_report_is_a_report_or_refused(body: bytes) -> None:
    """The bot's collector reads everybody's reports: one that it cannot read must not end it."""
    try:
        report = read_report(KEYS, REPLY, "job-1", seal(KEYS, f"report {REPLY} job-1", body), NOON)
    except ValueError as refused:
        str(refused).encode("utf-8", "backslashreplace")
        return
    assert report.event.job == "job-1"
    assert report.event.at == NOON, "whatever its sender's clock says"
    json.dumps(codec.encode(report.event, AnyEvent)).encode()
    report.upload.encode()


@given(damaged(AGENT).map(as_bytes) | st.sampled_from(NEVER_JSON))
def test_an_agent_that_announces_nonsense_is_left_out(body: bytes) -> None:
    """Announcements are not sealed; whoever may write to the server writes them."""
    try:
        agent = letters.load(Agent, body)
    except ValueError:
        return
    assert isinstance(agent, Agent)
    codec.encode(agent)


@pytest.mark.server
def test_an_order_that_cannot_be_read_costs_the_agent_nothing(valkey: Server) -> None:
    """It lies with the dead letters, and the next order is taken."""
    client = redis.Redis.from_url(valkey.url)
    good = replace(JOB, expires_at=datetime.now(UTC) + timedelta(seconds=60))  # noqa: TID251  the server's own time
    with closing(RedisIntake(valkey.url, {QUEUE: KEYS}, codec.decode(Agent, AGENT))) as intake:
        for body in NEVER_JSON:
            client.xadd(f"jobs:{QUEUE}", dict(seal(KEYS, f"order jobs:{QUEUE}", body)))  # type: ignore[arg-type]
        client.xadd(f"jobs:{QUEUE}", dict(letters.write_order(KEYS, Order(good, REPLY, NOON))))  # type: ignore[arg-type]
        taken = None
        for _ in range(len(NEVER_JSON) + 1):
            taken = taken or intake.take(1.0)
    assert taken == good
    assert client.xlen("dead") == len(NEVER_JSON)
    client.close()
