"""One shell at a terminal of its own, in which lines are typed and answers awaited, as a person does."""

import os
import pty
import select
import signal
import time
from collections.abc import Sequence

_READY, _MORE, _EOF = "@READY@", "@MORE@", "\x04"


class Stuck(RuntimeError):  # noqa: N818  read as a sentence
    """The shell did not come back, or ended; the text is what it had said last."""


class Shell:
    """A bash that ``argv`` starts, with ``held`` as its descriptor 9. Its prompt tells the last command's status."""

    def __init__(self, argv: Sequence[str], held: int) -> None:
        self._pid, self._terminal = pty.fork()
        if self._pid == 0:
            os.dup2(held, 9, inheritable=True)
            os.execvp(argv[0], [*argv, "bash", "--noprofile", "--norc", "--noediting", "-i"])
        self._unread = ""
        os.write(self._terminal, f"stty -echo; PS1='{_READY}$?@' PS2='{_MORE}'; set +H\n".encode())
        self._until(30.0, first=True)

    def type(self, line: str, pasted: str | None = None, *, within_s: float = 600.0) -> tuple[int | None, str]:
        """Type a line; with ``pasted`` also that, Enter and Ctrl-D. The status, None: unfinished, and what was said.

        Raises:
            Stuck: it did not come back in time.
        """
        os.write(self._terminal, f"{line}\n".encode())
        if pasted is not None:
            os.write(self._terminal, f"{pasted}\n{_EOF}".encode())
        return self._until(within_s)

    def close(self) -> None:
        """End it, and what still runs in it."""
        os.kill(self._pid, signal.SIGHUP)
        os.close(self._terminal)
        os.waitpid(self._pid, 0)

    def _until(self, within_s: float, *, first: bool = False) -> tuple[int | None, str]:
        ends_at = time.monotonic() + within_s
        while True:
            said, status = self._split(first=first)
            if said is not None:
                return status, said.replace("\r\n", "\n")
            if not select.select([self._terminal], [], [], max(0.0, ends_at - time.monotonic()))[0]:
                raise Stuck(f"no prompt after {within_s:g} s: {self._unread[-500:]}")
            try:
                data = os.read(self._terminal, 65536)
            except OSError as error:  # EIO: nobody has the other end open any more
                raise Stuck(f"the shell ended: {self._unread[-500:]}") from error
            self._unread += data.decode(errors="replace")

    def _split(self, *, first: bool) -> tuple[str | None, int | None]:
        if first:  # the line that was just typed holds the prompt's words too, and is echoed
            if not self._unread.endswith(f"{_READY}0@"):
                return None, None
            self._unread = ""
            return "", 0
        said, ready, rest = self._unread.partition(_READY)
        if ready and "@" in rest:
            status, _, self._unread = rest.partition("@")
            return said, int(status)
        said, more, rest = self._unread.partition(_MORE)
        if more and not rest and not ready:
            self._unread = ""
            return said, None
        return None, None
