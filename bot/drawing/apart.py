"""Drawing in a process of its own, so that whoever has events to answer meanwhile is not held up."""

from collections.abc import Callable
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import TypeVar

from bot.errors import InstrumentError

T = TypeVar("T")


def apart(draw: Callable[[T], bytes], noun: T, timeout_s: float = 20.0) -> bytes:
    """What ``draw`` makes of the noun, by a process that holds nothing of this one and is gone when this returns.

    A fresh process and not a fork: the caller may have threads, whose locks a fork would copy as they are held.

    Raises:
        InstrumentError: it took longer, or the process ended without a picture.
    """
    context = get_context("spawn")
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=_send, args=(sending, draw, noun), name="drawing", daemon=True)
    process.start()
    sending.close()
    try:
        if not receiving.poll(timeout_s):
            raise InstrumentError(f"The picture was not drawn within {timeout_s:g} s.")
        return receiving.recv_bytes()
    except EOFError as error:
        raise InstrumentError("The picture could not be drawn; the log of the drawing process says why.") from error
    finally:
        process.kill()
        process.join()
        receiving.close()


def _send(sending: Connection, draw: Callable[[T], bytes], noun: T) -> None:
    with suppress(BrokenPipeError):  # whoever wanted it is gone
        sending.send_bytes(draw(noun))
