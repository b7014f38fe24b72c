"""A watch through the whole bot: told while it runs, stopped by people, and gone on with by the next bot."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from bot.errors import InstrumentError, RequestError
from bot.incidents.card import card
from bot.model.addresses import Mac
from bot.model.incident import Flipped, Incident, Outcome, Published, Queued, Reported, StopAsked, Watched
from bot.model.job import Artifact, Job, Media, Probe, digest_of
from bot.model.people import Member, Membership
from bot.model.request import WATCH, Person, Place
from bot.model.verdict import Answer
from bot.queue.kept import MemoryKept
from tests.bot.house import House, closed
from tests.bot.incidents.ground import ASKER, HERE, OFFICE, PROD
from tests.bot.recorded import recorded

APP, SECOND = Mac("00:50:56:aa:00:01"), Mac("00:50:56:aa:00:11")
BEN = Person("T1", "U2")
BEGAN = "Pings to 10.0.0.5 from prod began to be lost."


@pytest.fixture
def house() -> House:
    return House(vcenters=())


def watched(house: House, text: str = "10.0.0.5 for 20s", place: Place = HERE) -> Incident:
    return house.coordinator.ask(WATCH, text, ASKER, place)


def open_jobs(house: House) -> list[Job]:
    """The pieces that nobody has answered yet."""
    over = {event.job for event in house.card.timeline if isinstance(event, Reported) and event.final}
    return [job for job in house.queue.jobs if job.incident == house.card.id and job.id not in over]


def brings(house: House, job: Job, *macs: Mac, lost: tuple[float, ...] = (), final: bool = True) -> None:
    """The agent of the job's segment reports what it recorded; what is ``lost`` is lost on the target's own."""
    if job.probe is Probe.VCENTER:
        house.looks_up(job)
        return
    place = OFFICE if "office" in job.queue else PROD
    data = recorded(job, place, macs or (APP,), lost=lost if place is PROD else ())
    until = job.asked_at + timedelta(seconds=job.options.listen_s)
    artifact = Artifact(job.id, job.probe, place, Media.PCAP, digest_of(data), len(data), job.asked_at, until, 0)
    report = Reported(at=house.clock.now(), job=job.id, agent=place.agent, artifacts=(artifact,), final=final)
    house.says(report, {artifact.digest: data})


def piece(house: House, *macs: Mac, lost: tuple[float, ...] = ()) -> None:
    """Four seconds: the next piece begins, and the one before comes in whole."""
    before = open_jobs(house)
    house.clock.forward(4)
    house.turn()
    for job in before:
        brings(house, job, *macs, lost=lost)


def finish(house: House, *macs: Mac, lost: tuple[float, ...] = ()) -> Incident:
    """Until it has ended."""
    for _ in range(20):
        if house.card.closed:
            return house.card
        piece(house, *macs, lost=lost)
    raise AssertionError("it does not end")


def flips(incident: Incident) -> list[str]:
    return [event.says for event in incident.timeline if isinstance(event, Flipped)]


def pieces(incident: Incident) -> int:
    return sum(isinstance(event, Queued) and bool(event.jobs) for event in incident.timeline)


# ---- from its beginning to its end -------------------------------------------------------------------------------


def test_a_watch_goes_on_by_time_alone_and_ends_with_a_verdict(house: House) -> None:
    """Nobody says anything, and the machine is well: that is an answer too."""
    watched(house)
    assert [job.queue for job in house.queue.jobs] == ["segment.prod", "segment.office"]
    assert card(house.card, (), now=house.clock.now()).headline == "Watching 10.0.0.5 · 20 s left · 0 changes"
    final = finish(house)
    assert (closed(final).outcome, pieces(final)) == (Outcome.ANSWERED, 5)
    assert final.verdict is not None
    assert final.verdict.verdict is Answer.HEALTHY
    (shown,) = [event for event in final.timeline if isinstance(event, Watched)]
    assert shown.says[0].startswith("On its host, from office: 0 of ")
    assert flips(final) == []
    assert house.archive.cases[final.id]


def test_a_change_is_told_in_the_thread_while_the_piece_runs(house: House) -> None:
    """Once, though it is found in every further report; the card counts it."""
    watched(house)
    piece(house)
    job = open_jobs(house)[0]
    brings(house, job, lost=(1, 2, 3), final=False)
    assert house.chat.lines == ["`12:00:05` UTC: Pings to 10.0.0.5 from prod began to be lost."]
    brings(house, job, lost=(1, 2, 3))
    piece(house, lost=(0, 1, 2, 3))
    assert flips(house.card)[:1] == [BEGAN]
    assert sum(BEGAN in line for line in house.chat.lines) == 1
    shown = card(house.card, (), now=house.clock.now())
    assert f"`12:00:05` {BEGAN}" in shown.facts
    assert shown.headline.endswith(" · 1 change")


def test_its_picture_follows_the_card(house: House) -> None:
    """Who answered when, and what was lost."""
    watched(house)
    finish(house, APP, SECOND)
    assert [name for name, _ in house.chat.files] == ["10.0.0.5-timeline.png"]


def test_the_same_machine_is_watched_once_in_a_channel(house: House) -> None:
    """Twice the pings would tell nothing more; another channel has its own card."""
    first = watched(house)
    with pytest.raises(RequestError, match=f"10.0.0.5 is being watched here already, by `{first.id}`; stop that one"):
        watched(house, "10.0.0.5 for 30s")
    assert watched(house, place=Place("C2")).id != first.id
    assert watched(house, "10.0.0.6 for 20s").id != first.id


def test_whoever_may_not_check_here_may_not_watch(house: House) -> None:
    """A watch sends what a check sends, and for longer."""
    house.directory.members[ASKER] = Member(Membership.GUEST)
    with pytest.raises(RequestError):
        watched(house)
    assert house.queue.jobs == []


def test_again_watches_for_as_long_as_before(house: House) -> None:
    """The button on the card."""
    first = watched(house)
    finish(house)
    again = house.coordinator.again(first.id, BEN, HERE)
    assert (again.request.command, again.request.watch) == (WATCH, first.request.watch)


def test_a_server_that_is_away_for_a_moment_ends_no_watch(house: House) -> None:
    """The next turn tries again; a watch that could not even begin is refused at once."""
    house.queue.down = True
    watched(house)
    assert (closed(house.card).outcome, closed(house.card).sentence) == (
        Outcome.FAILED, "The queue server cannot be reached.",
    )  # fmt: skip
    house.queue.down = False
    watched(house)
    house.queue.down = True
    piece(house)
    assert house.card.closed is None
    house.queue.down = False
    assert closed(finish(house)).outcome is Outcome.ANSWERED


# ---- Stop --------------------------------------------------------------------------------------------------------


def test_stop_ends_it_with_what_was_seen(house: House) -> None:
    """Agents are called back, and what they bring is waited for and judged."""
    incident = watched(house, "10.0.0.5 for 60s")
    piece(house)
    assert house.coordinator.stop_named(WATCH, "", BEN, HERE) == incident.id
    assert len(open_jobs(house)) == 2
    assert {job.id for job in house.queue.cancelled} == {job.id for job in open_jobs(house)}
    assert house.card.closed is None
    with pytest.raises(RequestError, match="is being stopped already"):
        house.coordinator.stop_named(WATCH, "", BEN, HERE)
    for job in open_jobs(house):
        brings(house, job)
    assert closed(house.card).outcome is Outcome.ANSWERED
    assert house.card.verdict is not None
    assert [event.by for event in house.card.timeline if isinstance(event, StopAsked)] == [BEN]
    with pytest.raises(RequestError, match="No watch runs in this channel"):
        house.coordinator.stop_named(WATCH, "", BEN, HERE)


def test_agents_that_do_not_come_back_do_not_hold_up_the_end(house: House) -> None:
    """Eight seconds after the stop it is judged on what there is."""
    watched(house, "10.0.0.5 for 60s")
    piece(house)
    house.coordinator.stop_named(WATCH, "", BEN, HERE)
    house.clock.forward(8)
    house.turn()
    assert closed(house.card).outcome is Outcome.ANSWERED


def test_a_stop_names_what_it_means_where_two_run(house: House) -> None:
    """A capture is not a watch, and of two watches one has to be named."""
    one, two = watched(house), watched(house, "10.0.0.6 for 20s")
    with pytest.raises(RequestError, match=f"2 of them run here: .*`/watch stop {one.id}`"):
        house.coordinator.stop_named(WATCH, "", BEN, HERE)
    with pytest.raises(RequestError, match="No capture runs in this channel"):
        house.coordinator.stop_named("capture", "", BEN, HERE)
    with pytest.raises(RequestError, match="No watch is called inc-x"):
        house.coordinator.stop_named(WATCH, "inc-x", BEN, HERE)
    assert house.coordinator.stop_named(WATCH, f"`{two.id}`", BEN, HERE) == two.id


# ---- the next bot ------------------------------------------------------------------------------------------------


def test_the_next_bot_goes_on_with_everything_that_was_seen(house: House) -> None:
    """The same card, the same changes, one verdict on all of it."""
    incident = watched(house, "10.0.0.5 for 60s")
    house.coordinator.published(incident.id, HERE.channel, "5.5")
    piece(house)
    piece(house, lost=(1, 2, 3))
    assert flips(house.card) == [BEGAN]
    house.dies()
    house.clock.forward(10)
    house.turn()
    assert house.card.id == incident.id
    assert [event.message for event in house.card.timeline if isinstance(event, Published)] == ["5.5"]
    written = house.journal.read(incident.id)
    assert written is not None
    assert pieces(written) == 4, "it goes on at once"
    assert flips(house.card) == [BEGAN]
    final = finish(house, lost=(1, 2, 3))
    assert closed(final).outcome is Outcome.ANSWERED
    assert flips(final).count(BEGAN) == 1
    (shown,) = [event for event in final.timeline if isinstance(event, Watched)]
    assert any("nobody at prod watched" in says for says in shown.says)
    assert len(house.chat.files) == 1


def test_a_change_whose_bot_died_before_it_was_told_is_told_by_the_next(house: House) -> None:
    """What was told already is not told again."""
    watch = watched(house, "10.0.0.5 for 60s")
    house.coordinator.published(watch.id, HERE.channel, "5.5")
    piece(house)
    brings(house, open_jobs(house)[0], lost=(1, 2, 3), final=False)
    (part,), said = house.chat.told, list(house.chat.lines)
    house.dies()
    house.turn()
    assert (house.chat.told, house.chat.lines) == ([part, part], said * 2)
    house.coordinator.published(watch.id, HERE.channel, "5.6", part)
    house.dies()
    house.turn()
    assert house.chat.told == [part, part]


def test_the_evidence_is_kept_until_the_end_was_seen(house: House) -> None:
    """Until its people have seen it: a bot may die before it has told them. Afterwards its case holds it."""
    incident = watched(house)
    piece(house)
    assert len(house.kept.all(incident.id)) == 2
    finish(house)
    assert house.kept.all(incident.id) != {}
    house.coordinator.delivered(incident.id)
    assert house.kept.all(incident.id) == {}


def test_a_living_bot_keeps_its_watch(house: House) -> None:
    """A piece takes five seconds, and so long nothing may be written down."""
    watched(house, "10.0.0.5 for 60s")
    written = len(house.card.timeline)
    house.clock.forward(8)
    other = house.bot()
    house.coordinator, first = other, house.coordinator
    house.turn()
    assert len(house.journal.read(house.card.id).timeline) == written  # type: ignore[union-attr]
    house.coordinator = first
    piece(house)
    assert house.card.closed is None


def test_of_two_bots_one_goes_on(house: House) -> None:
    """Both see it fall silent in the same moment."""
    watched(house, "10.0.0.5 for 60s")
    one, two = house.bot(), house.bot()
    asked = len(house.queue.jobs)
    house.queue.holders.clear()
    house.clock.forward(10)
    for house.coordinator in (one, two):
        house.turn()
    assert len(house.queue.jobs) == asked + 2


class DownKept(MemoryKept):
    """What was kept cannot be reached for a while."""

    down = False

    def put(self, incident: str, blobs: Mapping[str, bytes]) -> None:
        if self.down:
            raise InstrumentError("The queue server cannot be reached.")
        super().put(incident, blobs)

    def all(self, incident: str) -> dict[str, bytes]:
        if self.down:
            raise InstrumentError("The queue server cannot be reached.")
        return super().all(incident)

    def drop(self, incident: str) -> None:
        if self.down:
            raise InstrumentError("The queue server cannot be reached.")
        super().drop(incident)


@pytest.fixture
def unkept() -> House:
    house = House(vcenters=())
    house.kept = DownKept()
    house.coordinator = house.bot()
    return house


def away(house: House, *, down: bool) -> None:
    assert isinstance(house.kept, DownKept)
    house.kept.down = down


def test_a_watch_whose_evidence_cannot_be_kept_goes_on(unkept: House) -> None:
    """The answer is worth more than its insurance."""
    away(unkept, down=True)
    watched(unkept)
    final = finish(unkept)
    assert closed(final).outcome is Outcome.ANSWERED
    assert final.verdict is not None
    assert final.verdict.verdict is Answer.HEALTHY


def test_a_watch_is_taken_over_when_what_was_kept_can_be_read_again(unkept: House) -> None:
    """Whoever tried in vain has not taken it."""
    watched(unkept, "10.0.0.5 for 60s")
    piece(unkept)
    asked = len(unkept.queue.jobs)
    unkept.dies()
    away(unkept, down=True)
    unkept.clock.forward(10)
    unkept.turn()
    assert len(unkept.queue.jobs) == asked
    away(unkept, down=False)
    unkept.turn()
    assert len(unkept.queue.jobs) == asked + 2


def test_what_was_not_kept_is_a_gap_of_the_verdict(unkept: House) -> None:
    """It was seen once and is not known any more; a reader must not take it for calm."""
    away(unkept, down=True)
    watched(unkept, "10.0.0.5 for 40s")
    piece(unkept)
    away(unkept, down=False)
    unkept.dies()
    unkept.clock.forward(10)
    unkept.turn()
    final = finish(unkept)
    assert final.verdict is not None
    assert sum("are not kept any more" in gap for gap in final.verdict.missing) == 2


def test_a_watch_whose_time_is_over_is_judged_by_the_next_bot(house: House) -> None:
    """An hour later, on what was kept."""
    watched(house)
    piece(house)
    house.dies()
    house.clock.forward(3600)
    house.turn()
    house.turn()
    assert closed(house.card).outcome is Outcome.ANSWERED
    assert house.card.verdict is not None


def test_a_bot_that_is_told_to_end_leaves_its_watch_to_the_next(house: House) -> None:
    """An update of the bot is no reason to begin anew."""
    watched(house, "10.0.0.5 for 10m")
    house.coordinator.drain(0.1)
    assert house.card.closed is None
    next_one = house.bot()
    next_one.stop(house.card.id, BEN, HERE)  # told to whoever has it next, which is this one
    house.coordinator = next_one
    house.turn()
    house.turn()
    assert any(isinstance(event, StopAsked) for event in house.card.timeline)


# ---- the channel's timeline --------------------------------------------------------------------------------------


def test_what_changed_stands_in_the_timeline_of_the_channels_incident() -> None:
    """With the vantage that saw it and at its own time, each once: a move is vCenter's, and no change beside it."""
    house = House()
    doors = house.coordinator.inquirer
    assert doors is not None
    doors.open('"odd VMs lose packets" affected 10.0.0.5', ASKER, HERE)
    watched(house, "10.0.0.5 for 24s")
    piece(house)
    piece(house, lost=(1, 2, 3))
    final = finish(house)
    doors.timeline(ASKER, HERE)
    lines, _ = house.boards.lines[-1]
    told = [(f"{line.at:%H:%M:%S}", line.who or "", line.source, line.says) for line in lines if line.says == BEGAN]
    assert [(at, source) for at, _, source, _ in told] == [("12:00:05", "prod")]
    again = [line for line in lines if line.says == "Pings to 10.0.0.5 from prod are answered again."]
    assert [(f"{line.at:%H:%M:%S}", line.source, line.incident) for line in again] == [("12:00:08", "prod", final.id)]
    assert len({(line.at, line.says) for line in lines}) == len(lines)
