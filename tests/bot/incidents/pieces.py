"""A watch as evidence: pieces that follow each other, as our agents bring them, and what vCenter dates beside them.

watch().piece().piece(lost=range(4, 8)).moved("esx1", "esx2").piece(claims=[APP, APP_2ND]).evidence()
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Self

from bot.model.addresses import Mac
from bot.model.finding import Evidence
from bot.model.job import Vantage
from bot.model.observation import Listened, Observation
from bot.model.vsphere import Alarm, Happened
from tests.bot.story import APP, BEGIN, TARGET, Story, vantage
from tests.bot.surroundings import host, move

HERE = vantage()
PING_S = 0.5


def pinged_at(number: int) -> datetime:
    """When the watch sent this ping: two a second, from the beginning on."""
    return BEGIN + timedelta(seconds=number * PING_S)


@dataclass
class Watch:
    """A builder; ``now`` is where the next piece begins, a second before the one before it ends."""

    observations: list[Observation] = field(default_factory=list)
    happened: list[Happened | Alarm] = field(default_factory=list)
    now: datetime = BEGIN
    pieces: int = 0
    ahead_s: float = 0.0

    def piece(
        self,
        seconds: int = 5,
        *,
        lost: Collection[int] = (),
        claims: Sequence[Mac] = (APP,),
        late: Mapping[Mac, int] | None = None,
        at: Vantage = HERE,
        dropped: int | None = 0,
        control: bool = True,
        asks: bool = True,
        passes: bool = True,
    ) -> Self:
        """Watch for so long: of all pings since the beginning those with a number in ``lost`` come back from nobody.

        ``claims`` answer every request, those in ``late`` from this second of the piece on. ``control``: the gateway
        answers. ``asks``: by broadcast too, not by ping alone. ``passes`` False: the next one begins at the same time.
        """
        told = Story(here=at, now=self.now)
        for second in range(seconds - 1):
            there = [*claims, *(mac for mac, since in (late or {}).items() if since <= second)]
            told.now = self.now + timedelta(seconds=second)
            if asks:
                told.asks(1, answers=there, gap_s=0)
            told.control() if control else told.silent_control()
            for half in range(2):
                told.now = self.now + timedelta(seconds=second + half * PING_S)
                number = round((told.now - BEGIN).total_seconds() / PING_S)
                told.echoes(there[0] if there else APP, sent=1, lost=[1] if number in lost else [])
        self.pieces += 1
        name = f"sha256:{at.agent}.{self.pieces}"
        self.observations += [replace(one, artifact=name) for one in told.observations]
        self.observations.append(
            Listened(
                seen_at=self.now + timedelta(seconds=seconds), vantage=at, artifact=name, locator="capture",
                started_at=self.now, dropped=dropped,
            )
        )  # fmt: skip
        if passes:
            self.now += timedelta(seconds=seconds - 1)
        return self

    def waits(self, seconds: float) -> Self:
        """Nobody watches for so long."""
        self.now += timedelta(seconds=seconds)
        return self

    def moved(self, source: str, to: str, *, after_s: float | None = None) -> Self:
        """The machine went from one host to another, now or so long after the beginning."""
        at = self.now if after_s is None else BEGIN + timedelta(seconds=after_s)
        self.happened.append(move(source, to, at))
        return self

    def alarm(self, name: str, *, after_s: float) -> Self:
        """An alarm that vCenter raised on the machine's first host."""
        at = BEGIN + timedelta(seconds=after_s)
        self.happened.append(Alarm(name=name, on="esx1", status="red", at=at))
        return self

    def evidence(self) -> Evidence:
        """Everything, with what vCenter says of the machine where anything happened."""
        told = Story(now=self.now)
        if self.happened:
            told.vm("app05", [APP], addresses=[TARGET]).around(host(), *self.happened, ahead_s=self.ahead_s).vcenter()
        return Evidence(TARGET, (*self.observations, *told.observations))


def watch() -> Watch:
    """Nothing was watched yet."""
    return Watch()
