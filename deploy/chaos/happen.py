"""Carrying the plan out: people who type and press, and everything that fails, each at its time."""

import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from redis.exceptions import RedisError

from bot.model.job import Job, JobOptions, Probe
from bot.queue import keys, letters, seal
from bot.queue.letters import Order
from bot.system import SystemClock
from deploy.chaos.chronicle import Question
from deploy.chaos.plan import Happening, Kind
from deploy.chaos.recordings import target
from deploy.chaos.world import PEOPLE, World, lead, queues
from deploy.demo.slack.records import BOT_USER, Message
from deploy.demo.slack.workspace import Workspace
from deploy.demo.stage import RUNNING

SETTLES_WITHIN_S = 120.0
_AT_ONCE = 64


def happen(world: World, plan: tuple[Happening, ...]) -> float:
    """Let it happen; how long it took in seconds until all that was broken is whole again."""
    began, waits = time.monotonic(), []
    busy = threading.Lock()  # the server is brought down once at a time
    held = {name: threading.Lock() for name in (*(one.name for one in world.stations), *world.alive)}
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="happen") as people:
        for number, one in enumerate(plan):
            time.sleep(max(0.0, began + one.at_s - time.monotonic()))
            waits.append((one, people.submit(_one, world, one, number, held, busy)))
        for one, wait in waits:
            _told(world, one, wait)
    return time.monotonic() - began


def ask(world: World, one: Happening, number: int) -> None:
    """One of the people types or presses something; the chronicle has what came of it."""
    _PEOPLE[one.kind](world, one, number)


def _told(world: World, one: Happening, wait: "Future[None]") -> None:
    try:
        wait.result(90)
    except Exception as error:  # noqa: BLE001  the run goes on, and the report says it
        world.chronicle.trouble.append(f"{one}: {type(error).__name__}: {error}")


def settle(world: World) -> list[str]:
    """Wait until everybody has seen the end of everything; the incidents that nobody has."""
    until = time.monotonic() + SETTLES_WITHIN_S
    while (left := world.client.zrange(keys.UNFINISHED, 0, -1)) and time.monotonic() < until:
        time.sleep(0.1)
    last, quiet_at = len(world.chronicle.shown), time.monotonic()
    while time.monotonic() - quiet_at < 2.0 and time.monotonic() < until + 20:  # details follow the card
        if len(world.chronicle.shown) != last:
            last, quiet_at = len(world.chronicle.shown), time.monotonic()
        time.sleep(0.1)
    return [name.decode() for name in left]


def _one(world: World, one: Happening, number: int, held: dict[str, threading.Lock], busy: threading.Lock) -> None:
    at = time.time()
    if one.kind in _PEOPLE:
        _PEOPLE[one.kind](world, one, number)
        return
    if one.kind in _LASTING:
        with busy if one.kind in (Kind.SERVER_KILLED, Kind.FAILED_OVER) else held[one.whom]:
            at = time.time()
            what = _LASTING[one.kind](world, one)
    else:
        what = _MOMENTARY[one.kind](world, one)
    world.chronicle.did(at, one, what or "")


# ---- people ----------------------------------------------------------------------------------------------------------


def _ask(world: World, one: Happening, number: int) -> None:
    user, text, at = PEOPLE[number % len(PEOPLE)], target(one.text), time.time()
    shown = world.slack.type(user, one.whom, text)
    told = " ".join(message["text"] for message in shown.get("messages") or ())
    said = text.partition(" ")[2]
    if text.startswith("@"):  # a refusal of a mention is whispered, and its acknowledgement says nothing
        said = said.partition(" ")[2]
    question = Question(at, one.whom, user, text, said, shown.get("ack_ms"), shown.get("error"), told)
    world.chronicle.asked(question)


def _pressed(button: str, running: bool) -> Callable[[World, Happening, int], None]:
    def press(world: World, one: Happening, number: int) -> None:
        user = PEOPLE[number % len(PEOPLE)]

        def there(workspace: Workspace) -> Message | None:
            channel = workspace.channel(one.whom)
            cards = [m for m in channel.messages.values() if m.user == BOT_USER and not m.viewer] if channel else []
            fit = [m for m in cards if m.text.startswith(RUNNING) == running and f'"{button}"' in _actions(m)]
            return fit[-1] if fit else None

        found = world.slack.look(there)
        if found is None or found.metadata is None:
            return
        at, incident = time.time(), _incident(found.metadata["event_payload"])
        shown = world.slack.press(user, one.whom, found.ts, button)
        said = f"{'stop' if running else 'again'} {incident}"
        question = Question(at, one.whom, user, f"[{button}]", said, shown.get("ack_ms"), shown.get("error"), "")
        world.chronicle.asked(question)

    return press


def _incident(mark: dict[str, Any]) -> str:
    """The incident of a card, or of its copy elsewhere: that one's mark begins with its channel."""
    kind, _, rest = str(mark["part"]).partition(" ")
    return rest.split()[0] if kind == "also" else str(mark["id"])


def _actions(message: Message) -> str:
    return " ".join(
        f'"{element.get("action_id")}"' for block in message.blocks for element in block.get("elements") or ()
        if isinstance(element, dict)
    )  # fmt: skip


# ---- what fails ------------------------------------------------------------------------------------------------------


def _bot_killed(world: World, one: Happening) -> str:
    world.alive[one.whom].kill()
    world.alive[one.whom].wait()
    time.sleep(one.for_s)
    world.start_bot(one.whom)
    return ""


def _bot_told(world: World, one: Happening) -> str:
    process = world.alive[one.whom]
    began = time.monotonic()
    process.terminate()
    code = process.wait(60)
    took_s = time.monotonic() - began
    time.sleep(one.for_s)
    world.start_bot(one.whom)
    return f"ended with {code} after {took_s:.1f} s"


def _bot_paused(world: World, one: Happening) -> str:
    process = world.alive[one.whom]
    process.send_signal(signal.SIGSTOP)
    time.sleep(one.for_s)
    process.send_signal(signal.SIGCONT)
    return ""


def _agent_killed(world: World, one: Happening) -> str:
    world.nest.order("SIGKILL", one.whom)
    time.sleep(one.for_s)
    world.nest.order("start", one.whom)
    return ""


def _agent_told(world: World, one: Happening) -> str:
    took_s = world.nest.retire(one.whom)
    time.sleep(one.for_s)
    world.nest.order("start", one.whom)
    return f"ended after {took_s:.1f} s"


def _agent_paused(world: World, one: Happening) -> str:
    world.nest.order("SIGSTOP", one.whom)
    time.sleep(one.for_s)
    world.nest.order("SIGCONT", one.whom)
    return ""


def _server_killed(world: World, one: Happening) -> str:
    world.server.kill()
    time.sleep(one.for_s)
    world.keeper.submit(world.server.start, 20).result()
    return ""


def fail_over(world: World, one: Happening) -> str:
    """Another server takes over; what is written while both are primaries is lost. When everybody was led to it."""
    old, lost_s = one.text.split()
    world.pair.rejoin()
    world.pair.caught_up()
    world.pair.promote()
    time.sleep(float(lost_s))
    if old == "killed":
        world.pair.replica.kill()
        time.sleep(one.for_s)
    else:
        world.pair.rejoin()
    lead(world.directory / "queue", world.pair.primary)
    return str(time.time())


def _link_cut(world: World, one: Happening) -> str:
    world.links.cut(one.whom, one.for_s)
    time.sleep(one.for_s)
    return ""


def _link_slow(world: World, one: Happening) -> str:
    world.links.slow(one.whom, one.for_s)
    time.sleep(one.for_s)
    return ""


def _armed(**faults: Any) -> Callable[[World, Happening], str]:
    return lambda world, _: str(world.slack.faults(**faults))


def _refused(error: str, **more: Any) -> Callable[[World, Happening], str]:
    def arm(world: World, one: Happening) -> str:
        again = {"retry_after_s": int(one.for_s)} if one.for_s else {}
        return str(world.slack.faults(fail={"method": one.whom, "error": error, "times": 2, **again, **more}))

    return arm


def _forged(world: World, one: Happening) -> str:
    """An order that must not run, on a queue of this agent: its id says so."""
    station = next(station for station in world.stations if station.name == one.whom)
    queue, clock = queues(station)[-1], SystemClock()
    stream = keys.jobs(queue)
    now = clock.now()
    until = now + timedelta(seconds=-60 if one.text == "expired" else 60)
    name = clock.new_id(f"forged-{one.text}")
    job = Job(f"{name}.0", name, Probe.ARP, queue, None, JobOptions(), now - timedelta(seconds=90), until)
    masters = (b"x" * 32,) if one.text == "unsigned" else (world.master,)
    order = Order(job, keys.reports(name), now)
    letter: dict[Any, Any] = dict(letters.write_order(seal.queue_keys(masters, queue), order))
    try:
        world.client.xadd(stream, letter)
        if one.text == "replayed":
            world.client.xadd(stream, letter)
    except RedisError:
        return ""  # the server is down just now
    return job.id


_PEOPLE = {Kind.ASK: _ask, Kind.STOP: _pressed("stop", True), Kind.AGAIN: _pressed("check_again", False)}
_LASTING = {
    Kind.BOT_KILLED: _bot_killed,
    Kind.BOT_TOLD_TO_END: _bot_told,
    Kind.BOT_PAUSED: _bot_paused,
    Kind.AGENT_KILLED: _agent_killed,
    Kind.AGENT_TOLD_TO_END: _agent_told,
    Kind.AGENT_PAUSED: _agent_paused,
    Kind.SERVER_KILLED: _server_killed,
    Kind.FAILED_OVER: fail_over,
    Kind.LINK_CUT: _link_cut,
    Kind.LINK_SLOW: _link_slow,
}
_MOMENTARY = {
    Kind.SOCKETS_CUT: lambda world, one: str(world.slack.faults(kill_sockets=one.whom)),
    Kind.ACKS_LOST: _armed(drop_acks=1),
    Kind.DOUBLED: _armed(doubled=2),
    Kind.LATE: lambda world, one: str(world.slack.faults(late={"count": 3, "seconds": one.for_s})),
    Kind.LIMITED: _refused("ratelimited"),
    Kind.BROKEN: _refused("http_503"),
    Kind.ANSWER_LOST: _refused("http_504", done=True, times=1),
    Kind.FORGED: _forged,
}
