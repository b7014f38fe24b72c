"""What is asked on a segment, in which order, from which addresses, and what is read from the answers."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv4Network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.frames.captured import Captured
from bot.frames.craft import craft
from bot.frames.decode import decode
from bot.frames.frame import REPLY, REQUEST, ArpFrame, EchoFrame, RarpFrame, Sent, address_probe, who_has
from bot.frames.pcapng import write
from bot.frames.plan import Claim, Plan
from bot.model.addresses import BROADCAST, Mac, mac_from_bytes
from bot.model.job import Artifact, Job, JobOptions, Media, Probe, Vantage
from bot.model.observation import ArpAnnounced, ArpAnswer, ArpAsked, Listened, Observation, RarpNotice
from bot.probes import arp, icmp, read

MOMENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
OURS, FIRST, SECOND, ROUTER = (
    Mac(text) for text in ("02:aa:00:00:00:09", "00:50:56:8a:00:10", "00:50:56:8a:00:11", "00:00:0c:00:00:01")
)
OUR_IP, TARGET, GATEWAY, FAR = (IPv4Address(text) for text in ("10.0.0.9", "10.0.0.5", "10.0.0.1", "10.9.0.5"))
POOL = (IPv4Address("10.0.0.250"), IPv4Address("10.0.0.251"))
VANTAGE = Vantage("dc1-a", "dc1", "eth0", OURS, OUR_IP, IPv4Network("10.0.0.0/24"), GATEWAY)


def a_job(target: IPv4Address = TARGET, **options: float) -> Job:
    return Job("job-1", "inc-1", Probe.ARP, "dc1", target, JobOptions(**options), MOMENT, MOMENT)  # type: ignore[arg-type]


def observed(*frames: Sent, vantage: Vantage = VANTAGE) -> list[Observation]:
    """What is read from a capture of these frames, without the note that somebody listened."""
    data = write(Captured(n, n * 10**9, 1, craft(frame), 60) for n, frame in enumerate(frames, 1))
    artifact = Artifact("job-1", Probe.ARP, vantage, Media.PCAP, "sha256:00", len(data), MOMENT, MOMENT, 3)
    listened, *facts = read(artifact, data)
    assert isinstance(listened, Listened)
    assert (listened.started_at, listened.seen_at, listened.dropped) == (MOMENT, MOMENT, 3)
    return facts


def _told(plan: Plan) -> list[tuple[float, str]]:
    return [(round(sending.after_s, 3), _words(sending.frame)) for sending in plan.sendings]


def _words(frame: Sent) -> str:
    match frame:
        case ArpFrame():
            return f"who-has {frame.target_ip} tell {frame.sender_ip}" + (
                "" if frame.to == BROADCAST else f" @{frame.to}"
            )
        case EchoFrame():
            return f"echo {frame.destination} @{frame.to} #{frame.seq}"
        case RarpFrame():
            return "rarp"


def test_it_looks_before_it_touches() -> None:
    """A broadcast repairs some faults: what the table holds is tried first, one by one, as it is."""
    plan = arp.plan(a_job(echoes=5), VANTAGE, {TARGET: FIRST, GATEWAY: ROUTER})
    told = _told(plan)
    assert told[:8] == [
        (0.0, f"echo {TARGET} @{FIRST} #1"),
        (0.0, f"echo {GATEWAY} @{ROUTER} #1"),
        (0.05, f"echo {TARGET} @{FIRST} #2"),
        (0.05, f"echo {GATEWAY} @{ROUTER} #2"),
        (0.1, f"echo {TARGET} @{FIRST} #3"),
        (0.1, f"echo {GATEWAY} @{ROUTER} #3"),
        (0.15, f"who-has {TARGET} tell {OUR_IP} @{FIRST}"),
        (0.15, f"who-has {GATEWAY} tell {OUR_IP} @{ROUTER}"),
    ]
    assert all(text.startswith("who-has") and "@" not in text for _, text in told[8:])


def test_everybody_is_asked_three_times_in_every_way() -> None:
    """Proxy ARP is silent to 0.0.0.0, a guest with a narrow netmask to all else; sticky agents tell askers apart."""
    vantage = replace(VANTAGE, pool=POOL)
    questions = [(TARGET, OUR_IP), (TARGET, "0.0.0.0"), (GATEWAY, OUR_IP), (TARGET, POOL[0]), (TARGET, POOL[1])]
    plan = arp.plan(a_job(), vantage, {})
    assert _told(plan) == [
        (start_s, f"who-has {wanted} tell {asker}") for start_s in (0.25, 0.45, 0.65) for wanted, asker in questions
    ]


@pytest.mark.parametrize("listen_s", [pytest.param(1.0, id="usual"), pytest.param(1.5, id="deep")])
@pytest.mark.parametrize(
    "held", [pytest.param({}, id="empty table"), pytest.param({TARGET: FIRST}, id="the target is held")]
)
def test_listening_ends_the_agreed_time_after_the_last_broadcast(
    listen_s: float, held: Mapping[IPv4Address, Mac]
) -> None:
    """Proxy ARP answers up to 804 ms late; and the bot's deadline rests on the planned length."""
    job = a_job(listen_s=listen_s)
    plan = arp.plan(job, VANTAGE, held, [Claim(TARGET, FIRST, 0.01), Claim(TARGET, SECOND, 1.2)])
    broadcasts = [sending.after_s for sending in plan.sendings if sending.frame.to == BROADCAST]
    assert plan.ends_s == pytest.approx(max(broadcasts) + listen_s)
    assert plan.ends_s <= arp.duration_s(job.options) + 1e-9
    assert max(sending.after_s for sending in plan.sendings) <= plan.ends_s - 0.1 + 1e-9


def test_every_claimant_and_the_control_are_pinged_under_idents_of_their_own() -> None:
    """A reply carries ident and sequence number alone: one ident for two MACs could not tell whose reply was lost."""
    claims = [Claim(GATEWAY, ROUTER, 0.01), Claim(TARGET, FIRST, 0.02), Claim(TARGET, SECOND, 0.9)]
    plan = arp.plan(a_job(echoes=5), VANTAGE, {TARGET: FIRST}, claims)
    series: dict[tuple[int, Mac | None, IPv4Address], list[tuple[float, int]]] = {}
    for sending in plan.sendings:
        if isinstance(frame := sending.frame, EchoFrame):
            key = (frame.ident, frame.to, frame.destination)
            series.setdefault(key, []).append((round(sending.after_s, 3), frame.seq))
    assert [(mac, ip, sent[0][0], len(sent)) for (_, mac, ip), sent in series.items()] == [
        (FIRST, TARGET, 0.0, 3),
        (ROUTER, GATEWAY, 0.7, 5),
        (FIRST, TARGET, 0.7, 5),
        (SECOND, TARGET, 0.9, 5),
    ]
    assert len({ident for ident, _, _ in series}) == 4


def test_every_claimant_and_the_control_are_also_asked_alone_twice() -> None:
    """A switch with a wrong MAC table delivers what goes to everybody and loses what goes to one."""
    claims = [Claim(GATEWAY, ROUTER, 0.01), Claim(TARGET, FIRST, 0.02), Claim(TARGET, SECOND, 0.9)]
    plan = arp.plan(a_job(), VANTAGE, {}, claims)
    alone = [
        (round(sending.after_s, 3), sending.frame.to, sending.frame.target_ip)
        for sending in plan.sendings
        if isinstance(sending.frame, ArpFrame) and sending.frame.to != BROADCAST
    ]
    assert alone == [
        (0.7, ROUTER, GATEWAY),
        (0.7, FIRST, TARGET),
        (0.9, SECOND, TARGET),
        (1.16, ROUTER, GATEWAY),
        (1.16, FIRST, TARGET),
    ]  # a second request to the late claimant would have no time for its answer


@given(st.lists(st.floats(0, 1.6), max_size=12))
def test_no_port_with_the_usual_limit_is_shut_down_by_a_check(heard_s: list[float]) -> None:
    """Access switches limit ARP to 15 packets a second and turn off a port that sends more; that would be our fault."""
    claims = [Claim(GATEWAY, ROUTER, 0.2)]
    claims += [Claim(TARGET, mac_from_bytes(bytes([2, 0, 0, 0, 0, n])), at) for n, at in enumerate(sorted(heard_s), 1)]
    plan = arp.plan(a_job(), VANTAGE, {TARGET: FIRST, GATEWAY: ROUTER}, claims)
    times = [sending.after_s for sending in plan.sendings if isinstance(sending.frame, ArpFrame)]
    assert max(sum(begin <= at < begin + 1 for at in times) for begin in times) <= 15


def test_a_claim_too_late_for_a_whole_series_gets_what_fits() -> None:
    """A request without time for its answer would be counted as lost."""
    plan = arp.plan(a_job(), VANTAGE, {}, [Claim(TARGET, FIRST, 1.47)])
    sent = [round(sending.after_s, 3) for sending in plan.sendings if isinstance(sending.frame, EchoFrame)]
    assert sent == [1.47, 1.52]


def test_more_claims_only_add_to_the_plan() -> None:
    """The agent asks for the plan again with every claim; what it has sent already must stay part of it."""
    claims = [Claim(TARGET, FIRST, 0.3), Claim(GATEWAY, ROUTER, 0.5), Claim(TARGET, SECOND, 0.8)]
    plans = [set(arp.plan(a_job(), VANTAGE, {}, claims[:count]).sendings) for count in range(4)]
    assert plans[0] < plans[1] < plans[2] < plans[3]


def test_a_segment_full_of_claimants_is_not_flooded() -> None:
    """Under a spoofing attack every MAC claims the target; pinging them all would be an attack of our own."""
    claims = [Claim(TARGET, mac_from_bytes(bytes([2, 0, 0, 0, 0, n])), 0.1) for n in range(200)]
    plan = arp.plan(a_job(echoes=5), VANTAGE, {}, claims)
    assert len([one for one in plan.sendings if isinstance(one.frame, EchoFrame)]) == arp.MOST_CLAIMANTS * 5


def test_without_a_gateway_there_is_no_control() -> None:
    """Nothing is made up: the verdict then knows that silence was not controlled."""
    plan = arp.plan(a_job(), replace(VANTAGE, gateway=None), {GATEWAY: ROUTER})
    assert all(str(TARGET) in text for _, text in _told(plan))


def test_the_gateway_as_target_is_asked_once_a_round() -> None:
    """It would be its own control, which controls nothing."""
    plan = arp.plan(a_job(GATEWAY), VANTAGE, {})
    assert len(plan.sendings) == 3 * 2


_ips = st.ip_addresses(v=4)
_macs = st.binary(min_size=6, max_size=6).map(mac_from_bytes)
_claims = st.lists(st.builds(Claim, _ips, _macs, st.floats(0, 3)), max_size=12)
_options = st.builds(JobOptions, listen_s=st.floats(0.1, 5), echoes=st.integers(0, 20))


@settings(deadline=None, max_examples=25)  # each makes some hundred frames
@given(_ips, _ips, st.lists(_ips, max_size=8), st.dictionaries(_ips, _macs), _claims, _options)
def test_no_frame_is_sent_from_an_address_that_is_not_ours(
    target: IPv4Address,
    gateway: IPv4Address,
    pool: list[IPv4Address],
    held: dict[IPv4Address, Mac],
    claims: Sequence[Claim],
    options: JobOptions,
) -> None:
    """One ARP frame with somebody else's address as its sender poisons every cache on the segment."""
    vantage = replace(VANTAGE, gateway=gateway, pool=tuple(pool))
    job = replace(a_job(target), options=options)
    ours = {OUR_IP, IPv4Address(0), *pool}
    plans = [arp.plan(job, vantage, held | {target: FIRST}, claims), icmp.plan(job, vantage, claims)]
    for sending in (sending for plan in plans for sending in plan.sendings):
        frame = decode(craft(sending.frame))
        assert frame == sending.frame
        assert frame.transmitter == OURS
        match frame:
            case ArpFrame():
                assert (frame.sender_mac, frame.operation) == (OURS, REQUEST)
                assert frame.sender_ip in ours
            case EchoFrame():
                assert (frame.source, frame.reply) == (OUR_IP, False)


GROUP = Mac("03:bf:0a:00:00:05")
_QUESTION = who_has(TARGET, asker=GATEWAY, asker_mac=ROUTER)
_ANSWER = ArpFrame(ROUTER, FIRST, REPLY, FIRST, TARGET, ROUTER, GATEWAY)


@pytest.mark.parametrize(
    ("frame", "kind", "fields"),
    [
        pytest.param(
            _QUESTION,
            ArpAsked,
            {"wanted": TARGET, "asker": GATEWAY, "asker_mac": ROUTER, "sent_to": BROADCAST, "ours": False},
            id="somebody asks",
        ),
        pytest.param(who_has(TARGET, asker=OUR_IP, asker_mac=OURS), ArpAsked, {"ours": True}, id="we ask"),
        pytest.param(
            address_probe(TARGET, asker_mac=FIRST), ArpAsked, {"asker": None, "ours": False}, id="RFC 5227 probe"
        ),
        pytest.param(
            replace(_QUESTION, to=FIRST, vlans=(10,)),
            ArpAsked,
            {"sent_to": FIRST, "vlans": (10,)},
            id="unicast, tagged",
        ),
        pytest.param(
            _ANSWER,
            ArpAnswer,
            {"ip": TARGET, "mac": FIRST, "transmitter": FIRST, "told_mac": ROUTER, "told_ip": GATEWAY},
            id="an answer to somebody else",
        ),
        pytest.param(
            replace(_ANSWER, target_ip=IPv4Address(0)), ArpAnswer, {"told_ip": None}, id="an answer to a probe"
        ),
        pytest.param(
            replace(_ANSWER, transmitter=SECOND), ArpAnswer, {"mac": FIRST, "transmitter": SECOND}, id="sent by another"
        ),
        pytest.param(
            replace(_ANSWER, target_ip=TARGET, to=BROADCAST),
            ArpAnnounced,
            {"ip": TARGET, "mac": FIRST},
            id="GARP reply",
        ),
        pytest.param(
            who_has(TARGET, asker=TARGET, asker_mac=FIRST),
            ArpAnnounced,
            {"ip": TARGET, "mac": FIRST},
            id="GARP request",
        ),
        pytest.param(
            RarpFrame(BROADCAST, FIRST, 3, FIRST, FIRST), RarpNotice, {"mac": FIRST, "transmitter": FIRST}, id="notice"
        ),
        pytest.param(
            replace(_ANSWER, sender_mac=GROUP), ArpAnswer, {"mac": GROUP, "transmitter": FIRST}, id="a cluster answers"
        ),
    ],
)
def test_a_frame_is_read_as_what_it_is(frame: Sent, kind: type[Observation], fields: Mapping[str, object]) -> None:
    """Findings count questions, answers and announcements apart: who was asked decides what an answer proves."""
    (fact,) = observed(frame)
    assert type(fact) is kind
    assert {name: getattr(fact, name) for name in fields} == fields
    assert (fact.locator, fact.artifact, fact.vantage) == ("frame 1", "sha256:00", VANTAGE)


@pytest.mark.parametrize(
    "frame",
    [
        pytest.param(replace(_ANSWER, sender_mac=Mac("00:00:00:00:00:00")), id="the zero MAC"),
        pytest.param(replace(_ANSWER, sender_ip=IPv4Address(0)), id="nobody's address"),
        pytest.param(replace(_ANSWER, operation=9), id="inverse ARP"),
        pytest.param(replace(_QUESTION, sender_mac=Mac("01:00:5e:7f:00:05")), id="a multicast MAC asks"),
        pytest.param(RarpFrame(BROADCAST, FIRST, 4, FIRST, FIRST), id="a reverse reply"),
        pytest.param(RarpFrame(BROADCAST, FIRST, 3, FIRST, SECOND), id="a reverse question about another"),
    ],
)
def test_a_frame_that_claims_nothing_says_nothing(frame: Sent) -> None:
    """A second MAC in a finding must be one that can own the address."""
    assert observed(frame) == []


def test_a_capture_without_a_vantage_mac_has_no_question_of_ours() -> None:
    """A dropped file says nothing of who recorded it; guessing would take a stranger's question for ours."""
    (fact,) = observed(who_has(TARGET, asker=OUR_IP, asker_mac=OURS), vantage=replace(VANTAGE, mac=None))
    assert isinstance(fact, ArpAsked)
    assert fact.ours is False
