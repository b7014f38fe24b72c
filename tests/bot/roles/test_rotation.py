"""A new master key by day, as the operator's page tells it: bots, agents and the server are processes of their own."""

from contextlib import ExitStack
from pathlib import Path
from subprocess import Popen

import pytest
import redis

from bot.__main__ import main
from bot.queue import server
from bot.queue.acl_file import acl_file
from bot.settings import Settings
from tests.bot.roles.asking import Asking, Came
from tests.bot.roles.standing import end, start
from tests.contracts.bench import until
from tests.fixtures.servers import Guard, Guarded

pytestmark = pytest.mark.server
OLD, NEW = bytes(range(32)), bytes(range(32, 64))
AGENTS = ("segment.prod,agent.prod-1", "segment.prod,agent.prod-2")


class House:
    """Everything that runs, and the file of master keys, which alone says what the next invitation holds."""

    def __init__(self, queue: Guarded, there: Path, ends: ExitStack) -> None:
        self.queue, self._there, self._ends = queue, there, ends
        self._masters: list[bytes] = []
        self._agents: dict[str, Popen[bytes]] = {}
        self._bot: Asking | None = None
        self._bots = 0
        self.came_to: list[Came] = []

    def masters(self, *masters: bytes) -> None:
        """Write the file anew."""
        self._masters = list(masters)
        settings = {
            "RULEOUT_MASTER_KEYS": ",".join(master.hex() for master in masters),
            "RULEOUT_REDIS_URL": self.queue.url("bot", masters[0]),
            "RULEOUT_REDIS_CA_FILE": str(self.queue.ca),
        }
        (self._there / "bot.env").write_text("".join(f"{name}={value}\n" for name, value in settings.items()))

    def users(self, asking: bytes) -> None:
        """Print the ACL file anew, and let the server load it."""
        self.queue.load(acl_file(self._masters, AGENTS), asking)

    def restart_bot(self) -> None:
        """The next one answers before the one before goes."""
        self._bots += 1
        before = self._bot
        self._bot = Asking(self._there / "bot.env", self._there / f"bot-{self._bots}.log", self._ends)
        if before is not None:
            self.came_to.append(before.stop())

    def stop_bot(self) -> None:
        """The last one."""
        assert self._bot is not None
        self.came_to.append(self._bot.stop())

    def agent(self, name: str, capsys: pytest.CaptureFixture[str]) -> None:
        """Invite it anew, and restart it."""
        file = self._there / f"{name}.env"
        capsys.readouterr()
        invited = ["--env", str(self._there / "bot.env"), "keys", "invite", name, "prod", "--server", self.queue.bare]
        assert main(invited) == 0
        line = capsys.readouterr().out.strip()
        assert main(["enroll", line, "--to", str(file), "--interface", "eth0", "--force"]) == 0
        if name in self._agents:
            end(self._agents.pop(name))
        self._agents[name] = start(file, self._ends)
        self._wait_for(name)

    def _wait_for(self, name: str) -> None:
        client = server.connect(self.queue.url("bot", self._masters[0]), ca_file=str(self.queue.ca))
        until(lambda: name in _heard(client))
        client.close()


def _heard(client: server.Client) -> set[str]:
    return {found.decode().removeprefix("agent:") for found in client.scan_iter(match="agent:*")}


def test_a_new_master_key_costs_no_request(guard: Guard, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A key that can only be changed at night is a key that is never changed."""
    with ExitStack() as ends:
        house = House(guard(acl_file([OLD], AGENTS), OLD), tmp_path, ends)
        house.masters(OLD)
        for name in ("prod-1", "prod-2"):
            house.agent(name, capsys)
        house.restart_bot()

        house.masters(OLD, NEW)  # 1: everybody learns the new key
        house.users(OLD)
        house.restart_bot()
        for name in ("prod-1", "prod-2"):
            house.agent(name, capsys)

        house.masters(NEW, OLD)  # 2: the new key signs
        house.restart_bot()

        house.masters(NEW)  # 3: the agents forget the old one, then the bot and the server
        for name in ("prod-1", "prod-2"):
            house.agent(name, capsys)
        house.restart_bot()
        house.users(NEW)
        house.stop_bot()

        assert [bot.wrong for bot in house.came_to] == [[]] * 4
        assert all(bot.asked == bot.answered > 0 for bot in house.came_to), house.came_to
        # The server closes connections when it loads users anew: a question of that very moment is told so, at once.
        assert sum(bot.refused for bot in house.came_to) <= 4, house.came_to
        for name in ("prod-1", "prod-2"):
            held = Settings.beside(tmp_path / f"{name}.env").queue_keys("RULEOUT_QUEUE_KEYS")
            assert {queue: len(keys) for queue, keys in held.items()} == {"segment.prod": 1, f"agent.{name}": 1}
        late = server.connect(house.queue.url("bot", OLD), ca_file=str(house.queue.ca))
        with pytest.raises(redis.AuthenticationError):
            late.ping()
        late.close()
