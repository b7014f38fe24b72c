"""Bots that die on the way to Slack: whatever an end owes its people stands, once, whichever post they died at."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

import pytest
from slack_sdk import WebClient

from bot.doors import CountedDoors
from bot.model.incident import Closed, Incident, Published
from bot.model.request import CAPTURE, CHECK, REACH, Place
from bot.slack.delivery import Delivery
from bot.slack.outbox import Pace
from bot.slack.publisher import Publisher
from deploy.demo.slack import StandIn
from deploy.demo.slack.faults import Timing
from deploy.demo.slack.records import BOT_USER, Channel, Message
from deploy.demo.slack.workspace import Workspace
from tests.bot.house import Died, House
from tests.bot.incidents.ground import ASKER
from tests.bot.test_succession import QUESTIONS, SHARES, Question

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")  # that is the death

PACE = Pace(per_channel_s=0.001, burst=50, per_edit_s=0.001, edit_burst=50, update_gap_s=0.001, backoff_s=0.01)
T = TypeVar("T")
ELSEWHERE = Place("C2")
READING = ("conversations.history", "conversations.replies")


@dataclass
class Fate:
    """At which post of its life the bot dies (None: it lives on), and whether just before Slack hears of it."""

    at: int | None = None
    before: bool = False
    posts: int = 0

    def met(self) -> bool:
        self.posts += 1
        return self.posts == self.at


class Mortal(Delivery):
    """The calls that change something in Slack, at one of which the bot dies."""

    def __init__(self, client: WebClient, town: "Town") -> None:
        super().__init__(client)
        self._town = town

    def post(self, *args: Any) -> str:
        return self._lives(lambda: super(Mortal, self).post(*args))

    def update(self, *args: Any) -> None:
        self._lives(lambda: super(Mortal, self).update(*args))

    def upload(self, *args: Any, **named: Any) -> str:
        return self._lives(lambda: super(Mortal, self).upload(*args, **named))

    def _lives(self, call: Callable[[], T]) -> T:
        met = self._town.fate.met()
        if met and self._town.fate.before:
            self._dies()
        answer = call()
        if met:
            self._dies()
        return answer

    def _dies(self) -> None:
        journal = self._town.journal
        journal.last, journal.before = 0, True  # nor does any other thread of it write another line
        raise Died


class Town(House):
    """A house whose chat is the real publisher before the stand-in; it is asked one question."""

    name = "inc-1"

    def __init__(self, slack: StandIn, fate: Fate, *, tells: bool) -> None:
        self.slack, self.fate, self.tells = slack, fate, tells
        self.publishers: list[Publisher] = []
        self.mute = 0
        self.told: set[str] = set()
        super().__init__(rules=SHARES)
        self.clock.moment = datetime.fromtimestamp(float(slack.look(lambda workspace: workspace.new_ts())), UTC)

    def bot(self) -> CountedDoors:
        client = WebClient(token=self.slack.bot_token, base_url=self.slack.base_url)
        chat = Publisher(
            client,
            key=b"k" * 32,
            published=lambda *posted: bot.published(*posted),
            delivered=lambda incident: bot.delivered(incident),
            ours=lambda incident: bot._queue.holds(incident),
            written=lambda incident: bot.written(incident),
            since=self.clock.now(),
            now=self.clock.now,
            pace=PACE,
            slack=Mortal(client, self),
        )
        self.publishers.append(chat)
        self.chat = chat  # type: ignore[assignment]
        bot = super().bot()
        self.mute = 2
        return bot

    def turn(self) -> None:
        """As ever. A new bot is mute until it has heard what Slack told before: it turns faster than Slack."""
        super().turn()
        self.mute -= 1
        if self.mute == 0:
            self.publishers[-1].start()

    def ended(self) -> None:
        """The dead bot's thread that speaks to Slack has ended."""
        thread = self.publishers[-1]._line._thread
        assert thread is not None
        thread.join()

    def messages(self) -> list[Message]:
        """Every message of the bot's that stands."""

        def read(workspace: Workspace) -> list[Message]:
            return [
                message
                for name in ("C1", "C2")
                for message in workspace.channels[name].all_messages()
                if message.user == BOT_USER
            ]

        return self.slack.look(read)

    def hears_of_its_posts(self) -> None:
        """Slack tells whichever bot lives of every marked message, once, if it tells of them at all."""
        for message in self.messages() if self.tells else ():
            mark = (message.metadata or {}).get("event_payload")
            if mark and message.ts not in self.told:
                self.coordinator.posted(mark["id"], mark["part"], message.channel, message.ts)
                self.told.add(message.ts)  # a bot that dies of it has not acknowledged it, and it comes again

    def standing(self) -> Counter[str]:
        """Every part that stands, how often; of a file its title."""
        marks = [(message.metadata or {}).get("event_payload") for message in self.messages()]
        titles = [file["title"] for message in self.messages() for file in message.files]
        return Counter([f"{mark['id']} {mark['part']}" for mark in marks if mark] + titles)

    def settled(self) -> Incident | None:
        """The incident, when its end is delivered."""
        found = self.journal.read(self.name)
        return found if found and found.delivered else None


@pytest.fixture
def slack() -> Iterator[StandIn]:
    with StandIn.start(timing=Timing(share_s=0.0)) as running:
        running.faults(limits=False)
        yield running


def furnished(slack: StandIn, *, reads: bool) -> None:
    """Two empty channels; whether the bot may read them."""

    def empty(workspace: Workspace) -> None:
        for name in ("C1", "C2"):
            workspace.channels[name] = Channel(name, name.lower(), "", [BOT_USER])

    slack.look(empty)
    for method in () if reads else READING:
        slack.faults(fail={"method": method, "error": "missing_scope", "times": 10_000})


def live(town: Town, question: Question, *, joined: bool = False) -> Incident:
    """Ask and answer, with as many bots as it takes, until the end is delivered."""
    answered: set[str] = set()
    asked, ends_at = False, time.monotonic() + 60
    while (found := town.settled()) is None:
        assert time.monotonic() < ends_at, town.journal.read(town.name)
        try:
            if not asked:
                asked = True
                question.ask(town)
                if joined:
                    town.coordinator.ask(CHECK, "10.0.0.5", ASKER, ELSEWHERE)
            waiting = [job for job in dict.fromkeys(town.queue.jobs) if job.id not in answered]
            for job in waiting:
                question.answer(town, job)
                answered.add(job.id)
            if not waiting and not closed_of(town):
                town.clock.forward(4)
            town.turn()
            town.hears_of_its_posts()
        except Died:
            pass
        if town.journal.last == 0:
            town.ended()
            town.journal.last = None
            town.dies()
            town.clock.forward(5)  # so long nobody else may have what it had in hand
            town.hears_of_its_posts()
    assert town.publishers[-1].close(5)
    town.hears_of_its_posts()
    return found


def closed_of(town: Town) -> bool:
    found = town.journal.read(town.name)
    return found is not None and found.closed is not None


def is_file(part: str) -> bool:
    """A file without a mark, which Slack does not tell of: where the bot may not read it may stand twice."""
    return "·" in part


def owed(incident: Incident) -> set[tuple[str, str]]:
    return {(one.channel, one.part) for one in incident.timeline if isinstance(one, Published)}


WAYS = [
    pytest.param(CHECK, True, id="check, reads"),
    pytest.param(CHECK, False, id="check, is told"),
    pytest.param(REACH, False, id="comparison, is told"),
    pytest.param(CAPTURE, True, id="capture, reads"),
    pytest.param(CAPTURE, False, id="capture, is told"),
]


@pytest.mark.parametrize(("name", "reads"), WAYS)
def test_at_whichever_post_a_bot_dies_all_that_the_end_owes_stands_once(slack: StandIn, name: str, reads: bool) -> None:
    """Right before every post and right after it, when nobody has written down yet where it stands.

    Either the bot may read its channels, or Slack tells it of its messages, and of files nothing: each way is enough.
    """
    furnished(slack, reads=reads)
    joined, quiet = name == CHECK, Town(slack, Fate(), tells=not reads)
    calm, wanted = live(quiet, QUESTIONS[name], joined=joined), quiet.standing()
    assert set(wanted.values()) == {1}
    assert len(owed(calm)) == len(wanted), "every part that stands is written down"
    for at in range(1, quiet.fate.posts + 1):
        for before in (True, False):
            furnished(slack, reads=reads)
            town = Town(slack, Fate(at, before), tells=not reads)
            final, stands = live(town, QUESTIONS[name], joined=joined), town.standing()
            where = f"post {at}, {'before' if before else 'after'} it: {stands}"
            assert owed(final) == owed(calm), where
            assert stands.keys() == wanted.keys(), where
            doubled = [part for part, times in stands.items() if times > 1]
            assert not [part for part in doubled if reads or not is_file(part)], where
            assert all(stands[part] == 2 for part in doubled), where
            assert sum(isinstance(event, Closed) for event in final.timeline) == 1, where
