"""What a piece of a watch sends: questions and pings without a pause, and nothing in its last second."""

from dataclasses import replace

import pytest

from bot.frames.frame import ArpFrame, EchoFrame
from bot.frames.plan import Claim, Plan, Sending
from bot.model.addresses import BROADCAST
from bot.model.job import JobOptions
from bot.probes import watching
from tests.bot.probes.test_arp import FAR, FIRST, GATEWAY, OUR_IP, OURS, ROUTER, SECOND, TARGET, VANTAGE, a_job

PIECE = a_job(listen_s=5.0)


def asked(plan: Plan) -> list[tuple[float, str]]:
    """When who was asked for by broadcast."""
    return [
        (one.after_s, str(one.frame.target_ip))
        for one in plan.sendings
        if isinstance(one.frame, ArpFrame) and one.frame.to == BROADCAST
    ]


def pinged(plan: Plan, mac: str) -> list[tuple[float, str, int]]:
    """When which address was pinged at this MAC, and with which number."""
    return [
        (round(one.after_s, 3), str(one.frame.destination), one.frame.seq)
        for one in plan.sendings
        if isinstance(one.frame, EchoFrame) and one.frame.to == mac
    ]


def test_it_asks_for_the_target_every_second_and_for_the_gateway_every_other() -> None:
    """By broadcast, so that every claimant hears it; the gateway is the control of the silence."""
    plan = watching.plan(PIECE, VANTAGE, {})
    assert [at_s for at_s, ip in asked(plan) if ip == str(TARGET)] == [0.0, 1.0, 2.0, 3.0]
    assert [at_s for at_s, ip in asked(plan) if ip == str(GATEWAY)] == [0.0, 2.0]
    assert plan.ends_s == 5.0 == watching.duration_s(PIECE.options)


def test_nothing_is_sent_before_it_is_known_to_whom() -> None:
    """A ping needs a MAC, and nobody has claimed the address yet."""
    assert not [one for one in watching.plan(PIECE, VANTAGE, {}).sendings if isinstance(one.frame, EchoFrame)]


def test_whoever_the_agent_knows_is_pinged_from_the_start() -> None:
    """The second piece loses no second to finding out what the first one found."""
    plan = watching.plan(PIECE, VANTAGE, {TARGET: FIRST, GATEWAY: ROUTER})
    assert [at_s for at_s, _, _ in pinged(plan, FIRST)] == [0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5]
    assert pinged(plan, ROUTER) == [(0.0, str(GATEWAY), 1), (2.0, str(GATEWAY), 2)]


def test_every_claimant_is_pinged_from_when_it_was_heard_in_a_series_of_its_own() -> None:
    """Loss is counted for each MAC: one of two that answer may carry nothing."""
    claims = [Claim(TARGET, FIRST, 0.1), Claim(TARGET, SECOND, 2.2), Claim(GATEWAY, ROUTER, 0.1)]
    plan = watching.plan(PIECE, VANTAGE, {}, claims)
    assert pinged(plan, FIRST)[0] == (0.1, str(TARGET), 1)
    assert pinged(plan, SECOND) == [(2.2, str(TARGET), 1), (2.7, str(TARGET), 2), (3.2, str(TARGET), 3),
                                    (3.7, str(TARGET), 4)]  # fmt: skip
    series = {(one.frame.to, one.frame.ident) for one in plan.sendings if isinstance(one.frame, EchoFrame)}
    assert len(series) == len({ident for _, ident in series}) == 3


def test_a_claim_of_whom_the_agent_knows_already_begins_no_second_series() -> None:
    """Twice the pings would be twice the loss."""
    plan = watching.plan(PIECE, VANTAGE, {TARGET: FIRST}, [Claim(TARGET, FIRST, 0.4)])
    assert len(pinged(plan, FIRST)) == 8


def test_what_is_known_later_moves_nothing_that_was_planned() -> None:
    """What has left stays what it was: the plan is made anew with every claim, and numbers must not change."""
    claims = [Claim(GATEWAY, ROUTER, 0.2), Claim(TARGET, SECOND, 1.0), Claim(GATEWAY, SECOND, 1.1)]
    for held in ({}, {TARGET: FIRST}, {TARGET: FIRST, GATEWAY: ROUTER}):
        before = set[Sending]()
        for heard in range(len(claims) + 1):
            now = set(watching.plan(PIECE, VANTAGE, held, claims[:heard]).sendings)
            assert before <= now
            before = now


def test_a_segment_full_of_claimants_is_not_flooded() -> None:
    """A broken device may claim with a thousand MACs."""
    claims = [Claim(TARGET, f"02:00:00:00:00:{number:02x}", 0.0) for number in range(40)]  # type: ignore[arg-type]
    plan = watching.plan(PIECE, VANTAGE, {}, claims)
    pings = {one.frame.to for one in plan.sendings if isinstance(one.frame, EchoFrame)}
    assert len(pings) == watching.MOST_CLAIMANTS


@pytest.mark.parametrize("listen_s", [5.0, 6.7, 15.0])
def test_the_last_second_only_listens(listen_s: float) -> None:
    """The last answer is heard, and the next piece has begun by then."""
    plan = watching.plan(a_job(listen_s=listen_s), VANTAGE, {TARGET: FIRST, GATEWAY: ROUTER})
    assert max(one.after_s for one in plan.sendings) < listen_s - watching.TAIL_S
    assert plan.ends_s == listen_s
    assert [one.after_s for one in plan.sendings] == sorted(one.after_s for one in plan.sendings)


def test_from_elsewhere_it_pings_through_the_gateway_and_asks_only_for_that() -> None:
    """Nobody on this segment has the target's address."""
    plan = watching.plan(a_job(FAR, listen_s=5.0), VANTAGE, {}, [Claim(GATEWAY, ROUTER, 0.1)])
    assert {ip for _, ip in asked(plan)} == {str(GATEWAY)}
    there = pinged(plan, ROUTER)
    assert [ip for _, ip, _ in there].count(str(FAR)) == 8
    assert [ip for _, ip, _ in there].count(str(GATEWAY)) == 2
    assert len({one.frame.ident for one in plan.sendings if isinstance(one.frame, EchoFrame)}) == 2


def test_from_elsewhere_one_gateway_is_used() -> None:
    """Two that answer would send each ping twice, and half of what one of them loses would count as lost."""
    claims = [Claim(GATEWAY, ROUTER, 0.1), Claim(GATEWAY, SECOND, 0.2)]
    plan = watching.plan(a_job(FAR, listen_s=5.0), VANTAGE, {}, claims)
    assert pinged(plan, SECOND) == []


def test_without_a_gateway_the_target_is_watched_all_the_same() -> None:
    """There is no control then, and silence means nothing; what answers is still told."""
    plan = watching.plan(PIECE, replace(VANTAGE, gateway=None), {TARGET: FIRST})
    assert {ip for _, ip in asked(plan)} == {str(TARGET)}
    assert len(pinged(plan, FIRST)) == 8


def test_it_asks_from_its_own_address() -> None:
    """Whoever answers has to find the way back."""
    plan = watching.plan(PIECE, VANTAGE, {TARGET: FIRST})
    senders = {(one.frame.sender_ip, one.frame.sender_mac) for one in plan.sendings if isinstance(one.frame, ArpFrame)}
    assert senders == {(OUR_IP, OURS)}
    assert {one.frame.source for one in plan.sendings if isinstance(one.frame, EchoFrame)} == {OUR_IP}


def test_two_pieces_that_overlap_are_told_apart() -> None:
    """A late answer to the one must not count for the other."""
    idents = [
        {one.frame.ident for one in watching.plan(job, VANTAGE, {TARGET: FIRST}).sendings
         if isinstance(one.frame, EchoFrame)}
        for job in (replace(PIECE, id="inc-1.0"), replace(PIECE, id="inc-1.1"))
    ]  # fmt: skip
    assert not idents[0] & idents[1]


def test_a_piece_shorter_than_its_tail_sends_nothing() -> None:
    """It has no time to hear an answer."""
    job = replace(PIECE, options=JobOptions(listen_s=1.0))
    assert watching.plan(job, VANTAGE, {TARGET: FIRST, GATEWAY: ROUTER}).sendings == ()
