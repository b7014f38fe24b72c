"""The check through the gateway, and what echo traffic says."""

from dataclasses import replace

import pytest

from bot.frames.frame import ArpFrame, EchoFrame
from bot.frames.plan import Claim
from bot.model.observation import EchoAnswer, EchoAsked
from bot.probes import icmp
from tests.bot.probes.test_arp import FAR, FIRST, GATEWAY, OUR_IP, OURS, ROUTER, SECOND, VANTAGE, a_job, observed

_ECHO = EchoFrame(to=ROUTER, transmitter=OURS, source=OUR_IP, destination=FAR, reply=False, ident=7, seq=3)


def test_a_silent_gateway_is_asked_again_and_then_given_up() -> None:
    """A single lost broadcast must not stand as a dead gateway."""
    job = a_job(FAR, listen_s=1.0)
    plan = icmp.plan(job, VANTAGE)
    assert [(sending.after_s, sending.frame.to) for sending in plan.sendings] == [
        (0.0, "ff:ff:ff:ff:ff:ff"),
        (0.2, "ff:ff:ff:ff:ff:ff"),
        (0.4, "ff:ff:ff:ff:ff:ff"),
    ]
    assert plan.ends_s == pytest.approx(1.4)


def test_the_gateway_that_answered_is_not_asked_again() -> None:
    """Every further broadcast would touch what is being looked at."""
    plan = icmp.plan(a_job(FAR), VANTAGE, [Claim(GATEWAY, ROUTER, 0.25)])
    asked = [sending.after_s for sending in plan.sendings if isinstance(sending.frame, ArpFrame)]
    assert asked == [0.0, 0.2]


def test_target_and_control_are_tried_in_step_through_the_same_gateway() -> None:
    """Only with the gateway's own answers beside it does the target's silence mean anything."""
    plan = icmp.plan(a_job(FAR, echoes=2, listen_s=1.0), VANTAGE, [Claim(GATEWAY, ROUTER, 0.01)])
    echoes = [(one.after_s, one.frame) for one in plan.sendings if isinstance(one.frame, EchoFrame)]
    assert [(after_s, frame.destination, frame.seq, frame.to) for after_s, frame in echoes] == [
        (0.01, GATEWAY, 1, ROUTER),
        (0.01, FAR, 1, ROUTER),
        (pytest.approx(0.06), GATEWAY, 2, ROUTER),
        (pytest.approx(0.06), FAR, 2, ROUTER),
    ]
    assert len({frame.ident for _, frame in echoes}) == 2
    assert plan.ends_s == pytest.approx(0.06 + 1.0)


def test_two_gateways_are_both_tried() -> None:
    """Half the loss behind a doubled gateway is the gateway's, and not the target's."""
    claims = [Claim(GATEWAY, ROUTER, 0.01), Claim(GATEWAY, SECOND, 0.3)]
    plan = icmp.plan(a_job(FAR), VANTAGE, claims)
    series = {(one.frame.to, one.frame.ident) for one in plan.sendings if isinstance(one.frame, EchoFrame)}
    assert len(series) == 4


@pytest.mark.parametrize("heard_s", [0.0, 0.4, 1.39])
def test_it_takes_no_longer_than_it_says(heard_s: float) -> None:
    """The bot's deadline for the job is computed from it."""
    job = a_job(FAR, listen_s=1.0, echoes=20)
    plan = icmp.plan(job, VANTAGE, [Claim(GATEWAY, ROUTER, heard_s)])
    assert plan.ends_s <= icmp.duration_s(job.options)


def test_a_request_and_its_reply_can_be_paired() -> None:
    """Loss is counted for each sequence number and for the MAC that the request was sent to."""
    reply = replace(_ECHO, to=OURS, transmitter=FIRST, source=FAR, destination=OUR_IP, reply=True, ttl=63)
    asked, answered = observed(_ECHO, reply)
    assert isinstance(asked, EchoAsked)
    assert (asked.ip, asked.ident, asked.seq, asked.sent_to, asked.ours) == (FAR, 7, 3, ROUTER, True)
    assert isinstance(answered, EchoAnswer)
    assert (answered.ip, answered.ident, answered.seq, answered.mac, answered.ttl) == (FAR, 7, 3, FIRST, 63)
    assert answered.locator == "frame 2"


def test_a_request_of_somebody_else_is_not_ours() -> None:
    """Its reply may never have passed here, so it must not be counted as lost."""
    (asked,) = observed(replace(_ECHO, transmitter=FIRST))
    assert isinstance(asked, EchoAsked)
    assert asked.ours is False
