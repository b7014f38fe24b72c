"""What a role tells of itself: its address can be listened on, or it is this very role that listens there."""

import errno
import socket
from collections.abc import Iterator
from ipaddress import ip_address

from bot.doctor.line import Line, ok, unknown, wrong

_SETTING = "RULEOUT_METRICS_LISTEN"
_WITHIN_S = 1.5
_HERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  asked about, not listened on


def lines(listen: tuple[str, int] | None, role: str, name: str) -> Iterator[Line]:
    """One line; ``name`` is that of this role's process, as its figures tell it."""
    if listen is None:
        yield ok(f"no figures are served ({_SETTING} is empty)")
        return
    host, port = listen
    where = _place(host, port)
    try:
        open_to = _tried(host, port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            yield _taken(host, port, role, name)
        else:
            yield wrong(
                f"nothing can listen at {where} ({_SETTING}): {error.strerror or error}",
                f"Write an address of this machine and a port above 1023 into {_SETTING}, or leave it empty.",
            )
        return
    yield ok(f"figures can be served at {where}{_to_whom(open_to)}")


def _tried(host: str, port: int) -> str:
    """The address that the name stands for. Bound as the role binds it, and not listened on: nobody is answered.

    Raises:
        OSError: the role would not come to listen there.
    """
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        tried.bind((host, port))
        return str(tried.getsockname()[0])


def _taken(host: str, port: int, role: str, name: str) -> Line:
    from bot.metrics.asking import hear  # with prometheus_client, which a role without figures need not have

    where, heard = _place(host, port), hear(_HERE.get(host, host), port, _WITHIN_S)
    another = f"Give each process an address and port of its own in {_SETTING}."
    if heard is None:
        return wrong(f"something else listens at {where} ({_SETTING})", another)
    if heard.role is None:
        return unknown(
            f"a role of ruleout answers at {where} ({_SETTING}), and does not tell which", "See its log, figures_broke."
        )
    if (heard.role, heard.name) != (role, name):
        return wrong(f"{_called(heard.role, heard.name)} listens at {where} ({_SETTING}), and no other can", another)
    ready = f"it is not ready: {' '.join(heard.troubles).rstrip('.')}" if heard.troubles else "it is ready"
    return ok(f"{_called(role, name)} serves its figures at {where}{_to_whom(host)}; {ready}")


def _place(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _called(role: str, name: str | None) -> str:
    return f"the {role} {name}" if name else f"the {role}"


def _to_whom(host: str) -> str:
    try:
        loopback = ip_address(host).is_loopback
    except ValueError:  # a name
        loopback = host == "localhost"
    return "" if loopback else ", over plain HTTP for whoever reaches it"
