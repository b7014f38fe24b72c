"""How a packet socket is opened on an interface, and what the kernel's refusals mean. Needs CAP_NET_RAW alone."""

import ctypes
import errno
import socket
import struct
from fcntl import ioctl
from types import TracebackType

from bot.errors import InstrumentError

# What socket lacks in Python 3.11. include/uapi/linux/if_packet.h, if_ether.h, sockios.h, if.h, and
# include/uapi/asm-generic/socket.h.
SOL_PACKET, PACKET_STATISTICS = 263, 6
_PACKET_ADD_MEMBERSHIP, _PACKET_MR_PROMISC = 1, 1
_ETH_P_ALL = 0x0003
_SO_ATTACH_FILTER = 26
_SIOCGIFFLAGS = 0x8913
_IFF_UP, _IFF_RUNNING = 0x1, 0x40


def unbound() -> socket.socket:
    """A packet socket that hears nothing before it is bound, so that filter and clock can be set first."""
    return socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)


def require_link(ears: socket.socket, interface: str) -> None:
    """Refuse an interface that cannot hear.

    Raises:
        InstrumentError: it is switched off, or has no link.
        OSError: there is none of this name.
    """
    socket.if_nametoindex(interface)  # first, for everything below would cut a name that is too long
    flags = struct.unpack_from("=H", ioctl(ears, _SIOCGIFFLAGS, struct.pack("16s16x", interface.encode())), 16)[0]
    if not flags & _IFF_UP:
        raise InstrumentError(f"Interface {interface} is switched off: switch it on (ip link set {interface} up).")
    if not flags & _IFF_RUNNING:
        raise InstrumentError(f"Interface {interface} has no link: its cable or virtual port is disconnected.")


def attach(ears: socket.socket, program: bytes) -> None:
    """Let only frames that pass the program (an array of ``struct sock_filter``) into the socket from now on."""
    code = ctypes.create_string_buffer(program, len(program))
    # struct sock_fprog: the number of 8-byte instructions and where they lie; native alignment puts the gap between.
    ears.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, struct.pack("HP", len(program) // 8, ctypes.addressof(code)))


def listen(ears: socket.socket, interface: str) -> None:
    """Hear everything on the interface, whomever it is for, from now on."""
    membership = struct.pack("=IHH8x", socket.if_nametoindex(interface), _PACKET_MR_PROMISC, 0)
    ears.setsockopt(SOL_PACKET, _PACKET_ADD_MEMBERSHIP, membership)
    ears.bind((interface, _ETH_P_ALL))


class explained:  # noqa: N801  reads as a verb in "with explained(...)"
    """A context manager that says in one sentence what the kernel's refusal means."""

    def __init__(self, interface: str) -> None:
        self._interface = interface

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if isinstance(error, OSError):
            raise InstrumentError(sentence(self._interface, error)) from error


def sentence(interface: str, error: OSError) -> str:
    """What the refusal means, and what would be right."""
    if isinstance(error, PermissionError):
        return f"The agent may not open packet sockets on {interface}: give it CAP_NET_RAW."
    if error.errno in (errno.ENODEV, errno.ENXIO, None):  # None: if_nametoindex gives no number (Python 3.11)
        there = ", ".join(name for _, name in socket.if_nameindex()) or "none"
        return f"There is no interface {interface} here (there are: {there}): it is misnamed, or it was removed."
    if error.errno == errno.ENETDOWN:
        return f"Interface {interface} was switched off or removed while the agent was using it."
    return f"Interface {interface} does not work for the agent: {error.strerror or error}."


def trouble(interface: str) -> str | None:
    """Why no packet socket could hear on the interface now, as a sentence, or None."""
    try:
        with explained(interface), unbound() as ears:
            require_link(ears, interface)
    except InstrumentError as error:
        return str(error)
    return None
