"""Network namespaces by file descriptor: no root, no mounts, nothing in /run/netns, nothing left behind.

A process enters one user and network namespace of its own (``enter``) and holds a further network namespace for
each node. Nothing but its open descriptors keeps them, so they are gone when it is.

Python 3.11 has neither ``os.unshare`` nor ``os.setns``: they are called through ctypes.
"""

import ctypes
import multiprocessing
import os
import signal
import subprocess
import traceback
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, ParamSpec, Protocol, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_libc = ctypes.CDLL(None, use_errno=True)
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000  # include/uapi/linux/sched.h
_PR_SET_PDEATHSIG = 1  # include/uapi/linux/prctl.h

_APPARMOR = Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
_LIMIT = Path("/proc/sys/user/max_user_namespaces")


class Unsupported(RuntimeError):  # noqa: N818  a fact about this machine, read as a sentence
    """This machine does not allow what the lab stands on; the text says how to allow it."""


def enter() -> None:
    """Become root of a new user and network namespace; outside of it the process keeps the rights it had.

    To be called once, before the process starts its first thread.

    Raises:
        Unsupported: the machine does not let this user make user namespaces.
    """
    uid, gid = os.getuid(), os.getgid()
    try:
        _call(_libc.unshare, _CLONE_NEWUSER | _CLONE_NEWNET)
        # One user and no supplementary groups: what the kernel lets everybody map (user_namespaces(7)).
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"0 {uid} 1")
        Path("/proc/self/gid_map").write_text(f"0 {gid} 1")
        Path("/proc/sys/net/ipv4/ip_forward").write_text("0")  # a container may show it and not let it be written
    except OSError as error:
        raise Unsupported(_why_not(error)) from error


def doctor() -> str | None:
    """What keeps the lab from running on this machine, or None; tried in a child, so nothing changes here."""
    with apart() as run:
        try:
            run(_try_node)
        except Unsupported as reason:
            return str(reason)
    return None


@contextmanager
def standing(network: int) -> Iterator[None]:
    """The calling thread, and every thread that it starts, stands in the network namespace of this descriptor."""
    with _returning():
        _call(_libc.setns, network, _CLONE_NEWNET)
        yield


class Namespaces:
    """The network namespaces of the nodes, by node name. The process has called ``enter`` before."""

    def __init__(self, *nodes: str) -> None:
        self._home = _current()
        self._fds: dict[str, int] = {}
        self.add(*nodes)

    def add(self, *nodes: str) -> None:
        """One fresh, empty namespace for each node (0.4 ms each)."""
        with _returning():
            for node in nodes:
                _call(_libc.unshare, _CLONE_NEWNET)
                self._fds[node] = _current()

    def remove(self, node: str) -> None:
        """Let go of the node; the kernel frees it, with its links, once nobody is inside."""
        os.close(self._fds.pop(node))

    def __contains__(self, node: str) -> bool:
        return node in self._fds

    def __iter__(self) -> Iterator[str]:
        return iter(tuple(self._fds))

    def fd(self, node: str) -> int:
        """The descriptor of the node's namespace, for netlink and for whoever wants to join. Stays ours.

        Raises:
            KeyError: there is no such node.
        """
        return self._fds[node]

    @contextmanager
    def inside(self, node: str) -> Iterator[None]:
        """The calling thread stands in the node; sockets that it opens there stay there."""
        with standing(self._fds[node]):
            yield

    def popen(self, node: str, argv: Sequence[str], **options: Any) -> subprocess.Popen[Any]:
        """A program in the node that ends, at the latest, with the calling thread."""
        return subprocess.Popen(argv, preexec_fn=self._settler(node), **options)

    def fork(self, node: str, work: Callable[[], None], *, keep: Collection[int] = ()) -> int:
        """A copy of this process that does ``work`` in the node, and its pid; ends, at the latest, with us.

        Cheaper than a program (2 ms, shared memory). For a process without threads. Of our descriptors the copy
        keeps the standard three and ``keep``: others would keep namespaces and connections alive.
        """
        settle = self._settler(node)
        pid = os.fork()
        if pid:
            return pid
        status = 1
        try:
            settle()
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            _close_all_but({0, 1, 2, *keep})
            work()
            status = 0
        except BaseException:  # noqa: BLE001  a copy must never go on with the work of the original
            traceback.print_exc()
        finally:
            os._exit(status)

    def sysctl(self, node: str, settings: Mapping[str, int]) -> None:
        """Set kernel settings in the node; names are paths below /proc/sys/net (``ipv4/ip_forward``)."""
        with self.inside(node):
            for name, value in settings.items():
                Path("/proc/sys/net", name).write_text(str(value))

    def close(self) -> None:
        """Let go of every node."""
        for node in tuple(self._fds):
            self.remove(node)
        os.close(self._home)

    def _settler(self, node: str) -> Callable[[], None]:
        fd, parent = self._fds[node], os.getpid()

        def settle() -> None:
            _call(_libc.setns, fd, _CLONE_NEWNET)
            _call(_libc.prctl, _PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
            if os.getppid() != parent:  # it died before the line above
                os._exit(1)

        return settle


class Apart(Protocol):
    """Calls a module-level function in the child process and hands back what it returns or raises."""

    def __call__(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Do it there, wait for it here."""
        ...


@contextmanager
def apart() -> Iterator[Apart]:
    """A child process that has entered namespaces of its own, for callers that must not: they run threads.

    State that the child keeps between two calls (module globals) is gone, with all namespaces, at the end.
    """
    with ProcessPoolExecutor(max_workers=1, mp_context=multiprocessing.get_context("fork")) as child:

        def run(function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
            return child.submit(function, *args, **kwargs).result()

        run(enter)
        yield run


def _try_node() -> None:
    Namespaces("try").close()


@contextmanager
def _returning() -> Iterator[None]:
    back = _current()
    try:
        yield
    finally:
        _call(_libc.setns, back, _CLONE_NEWNET)
        os.close(back)


def _current() -> int:
    return os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)


def _close_all_but(keep: Collection[int]) -> None:
    for descriptor in [int(entry.name) for entry in Path("/proc/self/fd").iterdir()]:
        if descriptor not in keep:
            with suppress(OSError):  # the one that listed the others is closed already
                os.close(descriptor)


def _call(function: Any, *args: int) -> None:
    if function(*args):
        number = ctypes.get_errno()
        raise OSError(number, f"{function.__name__}: {os.strerror(number)}")


def _why_not(error: OSError) -> str:
    refused = f"this machine does not let uid {os.getuid()} make user namespaces ({error})"
    if _APPARMOR.exists() and _APPARMOR.read_text().strip() == "1":
        return (
            f"{refused}: AppArmor restricts them, as on Ubuntu since 23.10; "
            "allow them with: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"
        )
    if _LIMIT.exists() and _LIMIT.read_text().strip() == "0":
        return (
            f"{refused}: their number is limited to 0; allow them with: sudo sysctl -w user.max_user_namespaces=10000"
        )
    return (
        f"{refused}: in a container, start it with --security-opt seccomp=unconfined --security-opt apparmor=unconfined"
    )
