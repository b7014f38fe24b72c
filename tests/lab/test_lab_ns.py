"""Namespaces by file descriptor: what stands inside, what ends with whom."""

import os
import signal
import socket
from collections.abc import Iterator

import pytest

from deploy.lab import ns
from deploy.lab.links import Links
from tests.fixtures.tools import missing

pytestmark = pytest.mark.lab


@pytest.fixture
def run() -> Iterator[ns.Apart]:
    """A child process in namespaces of its own; the tests' own process must not enter any."""
    reason = ns.doctor()
    if reason:
        missing(reason)
    with ns.apart() as apart:
        yield apart


def interfaces() -> list[str]:
    return [name for _, name in socket.if_nameindex()]


def _inside_and_outside() -> tuple[list[str], list[str], list[str]]:
    namespaces = ns.Namespaces("left", "right")
    links = Links(namespaces)
    links.veth("left", "eth0", "right", "eth1")
    with namespaces.inside("left"):
        left = interfaces()
        with namespaces.inside("right"):
            right = interfaces()
    return left, right, interfaces()


def test_inside_a_node_are_its_interfaces_and_afterwards_those_from_before(run: ns.Apart) -> None:
    """A thread that stayed in a node would send the next test's frames there."""
    assert run(_inside_and_outside) == (["lo", "eth0"], ["lo", "eth1"], ["lo"])


def _program_without_parent() -> bool:
    namespaces = ns.Namespaces("node")
    reading, writing = os.pipe()
    parent = os.fork()
    if parent == 0:
        namespaces.popen("node", ["sleep", "600"], pass_fds=[writing])
        os.write(writing, b"started")
        signal.pause()
    os.close(writing)
    assert os.read(reading, 16) == b"started"
    os.kill(parent, signal.SIGKILL)
    os.waitpid(parent, 0)
    return os.read(reading, 16) == b""  # the end: nobody holds the other end any more, so the program is gone


def test_a_program_in_a_node_dies_with_whoever_started_it(run: ns.Apart) -> None:
    """Even SIGKILL, after which nobody can clear up: the kernel has to."""
    assert run(_program_without_parent)


def test_what_a_caller_raises_apart_is_raised_here(run: ns.Apart) -> None:
    """A packet test fails where it is written, not with the death of a child."""
    with pytest.raises(KeyError, match="node"):
        run(_no_such_node)


def _no_such_node() -> None:
    with ns.Namespaces().inside("node"):
        pass
