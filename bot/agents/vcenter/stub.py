"""What is asked of a vCenter: the allowlist, one repetition, and a fast way to read many properties.

pyVmomi writes every request. It also understands the small answers; the large ones go through ElementTree, because
pyVmomi's deserialiser takes ten times as long for the same bytes (3.7 against 35 MB/s, pyVmomi 9.1).
"""

import ssl
from collections.abc import Generator
from http.client import BadStatusLine, IncompleteRead
from io import BytesIO
from typing import Any
from xml.etree import ElementTree
from xml.parsers.expat import ExpatError

from bot.agents.vcenter import allowlist
from bot.agents.vcenter.answers import PAGE, Asked, all_of, elements
from bot.agents.vcenter.connection import Connection
from bot.agents.vcenter.words import understood

CUT = (ConnectionError, ssl.SSLEOFError, IncompleteRead, BadStatusLine, ExpatError, ElementTree.ParseError)
"""What a connection that was cut in the middle looks like. A timeout is no cut: asking again would take as long."""


class Stub(Connection):
    """The calls that may go over one connection; ``calls`` is how many went."""

    calls = 0

    def InvokeMethod(self, mo: Any, info: Any, args: Any, outerStub: Any = None) -> Any:  # noqa: N802, N803  pyVmomi's
        """Send one call, if it is on the allowlist, and give pyVmomi's object for the answer.

        Not by pyVmomi's own: what it raises for an answer that it does not know, it also raises for a mistake of ours.
        """
        allowlist.check(info.wsdlName)
        self.calls += 1
        try:
            return self._call(mo, info, args)
        except CUT:
            if self.aborted or info.wsdlName not in allowlist.REPEATABLE:
                raise
            return self._call(mo, info, args)

    def _call(self, mo: Any, info: Any, args: Any) -> Any:
        with self.arriving(self.send(mo, info, args)) as body:
            whole = all_of(body)
        return understood(self, whole, info.result)

    def stream(
        self, mo: Any, method: str, *args: Any, tags: tuple[str, ...] = PAGE
    ) -> Generator[ElementTree.Element, None, None]:
        """The parts of an answer that have these tags, each as it arrives.

        One with parts of its own is emptied when the next one is asked for.

        Raises:
            vmodl.MethodFault: the vCenter refused, as from any other call.
            TimeoutError: the deadline passed while the answer was still arriving.
        """
        return self.answer(self.ask(mo, method, *args), tags)

    def ask(self, mo: Any, method: str, *args: Any) -> Asked:
        """Send a call whose answer is fetched later; every ``Asked`` has a connection to itself until then."""
        allowlist.check(method)
        self.calls += 1
        # By the name on the wire, which pyVmomi's own name may differ from.
        return self.send(mo, getattr(type(mo), method).info, args)

    def answer(
        self, asked: Asked, tags: tuple[str, ...], *, whole: bool = False
    ) -> Generator[ElementTree.Element, None, None]:
        """The answer as from ``stream``; ``whole``: it has arrived, and the connection is free, before the first."""
        with self.arriving(asked) as body:
            if whole:
                body = BytesIO(all_of(body))
            else:
                yield from elements(body, tags)
        if whole:
            yield from elements(body, tags)
