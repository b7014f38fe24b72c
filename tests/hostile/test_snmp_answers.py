"""Datagrams from a device that is broken or bought, each an honest answer in which something was changed."""

import random
import time

import pytest

from bot.model.network import ArpEntry
from deploy.demo.snmp import Asked, UdpAgent
from tests.bot.agents.network.stage import ability, device, job, look
from tests.bot.agents.network.test_hostile import agent, arp_rows, bridge

LONGEST_S = 9.0
"""A job's own life in these tests and what its report needs; a loop without end would last for ever."""


class Spoiling:
    """Answers with the honest datagram, changed; some are doubled, cut or left out."""

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)

    def __call__(self, _agent: UdpAgent, _asked: Asked, said: bytes) -> list[bytes]:
        rng, made = self._rng, bytearray(said)
        for _ in range(rng.choice((0, 1, 1, 2, 6))):
            at = rng.randrange(len(made) + 1)
            match rng.randrange(5):
                case 0:
                    made[at : at + 1] = rng.randbytes(1)
                case 1:
                    made[at : at + 1] = rng.choice((b"\x80", b"\x84\xff\xff\xff\xff", b"\xff", b"\x00", b"\x05\x00"))
                case 2:
                    del made[at : at + rng.randrange(8)]
                case 3:
                    made[at:at] = rng.randbytes(rng.randrange(8))
                case _ if rng.random() < 0.2:
                    del made[at:]
                case _:
                    pass
        return [bytes(made)] * rng.choice((0, 1, 1, 1, 2))


@pytest.mark.parametrize("seed", range(12))
def test_a_device_whose_answers_are_damaged_costs_itself_only(seed: int) -> None:
    """Its artifact is read, its neighbour is read in full, and the job ends in time."""
    began = time.monotonic()
    with agent(*arp_rows()) as router, agent(*bridge(), *arp_rows(), answer=Spoiling(seed)) as bad:
        settings = device("bad", bad.port, timeout_s=0.1, retries=1)
        said = look(ability(device("r1", router.port), settings), job())
    assert {str(row.ip) for row in said["r1"].rows(ArpEntry)} == {"10.0.0.5"}
    assert "bad" in said, "it has its artifact, and that can be read"
    assert time.monotonic() - began < LONGEST_S
