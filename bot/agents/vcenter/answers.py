"""An answer as it comes over the wire: the call that it belongs to, its bytes in time, and its parts one by one."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from http.client import HTTPResponse
from typing import IO, Any
from xml.etree import ElementTree

from pyVmomi import SoapAdapter

from bot.agents.deadline import Deadline

VIM = "{urn:vim25}"
KIND = "{http://www.w3.org/2001/XMLSchema-instance}type"
PAGE = ("objects", "token")
"""The parts of a property collector's answer."""
PIECE = 1 << 16


@dataclass(frozen=True, slots=True)
class Asked:
    """A call on its way, its name, the type of its result, and when it was sent, on the monotonic clock."""

    connection: Any
    result: Any
    at: float
    method: str

    def forget(self) -> None:
        """Do without the answer."""
        self.connection.close()


def unpacked(response: HTTPResponse) -> Any:
    """The body to read from, whether or not it travels compressed."""
    packed = response.getheader("Content-Encoding", "").lower() == "gzip"
    gzip = SoapAdapter.GzipReader
    return gzip(response, encoding=gzip.GZIP, readChunkSize=PIECE) if packed else response


def all_of(body: "Timed") -> bytes:
    """Everything that is left of the body."""
    return b"".join(iter(partial(body.read, PIECE), b""))


def elements(body: Any, tags: tuple[str, ...]) -> Iterator[ElementTree.Element]:
    """The parts that have these tags, each as it arrives; one with parts of its own is emptied after it."""
    wanted = {f"{VIM}{tag}" for tag in tags}
    for _, element in ElementTree.iterparse(body):  # noqa: S314  verified sender; expat limits expansion
        if element.tag in wanted:
            yield element
            if len(element):  # one without may be a leaf of the same name in a property
                element.clear()


class Timed:
    """A body whose sender may not stretch it over the deadline by sending a byte now and then."""

    def __init__(self, body: IO[bytes], deadline: Deadline) -> None:
        self._body, self._deadline = body, deadline

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes."""
        self._deadline.left_s()
        return self._body.read(size)
