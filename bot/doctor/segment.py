"""The agent's place: its interface is there and up, its socket opens, its gateway is heard, its keys fit its name."""

from collections.abc import Callable, Collection, Iterator

from bot.agents import control
from bot.agents.wire import Wire
from bot.doctor.line import Line, ok, wrong
from bot.errors import InstrumentError, RequestError
from bot.model.job import Vantage
from bot.ports import Clock


def lines(discover: Callable[[], Vantage], clock: Clock) -> Iterator[Line]:
    """What the agent would hear here; it sends what one check sends, to the gateway alone."""
    try:
        vantage = discover()
    except InstrumentError as error:
        yield wrong(str(error), "Correct RULEOUT_INTERFACE or RULEOUT_POOL, or give the interface its address.")
        return
    yield ok(f"{vantage.interface} has {vantage.address} in {vantage.prefix}, MAC {vantage.mac}")
    try:
        with Wire(vantage.interface):
            pass
    except InstrumentError as error:
        yield wrong(
            str(error),
            "Start it by its unit, by compose.yaml, or as root; and see that the interface is up (ip link).",
        )
        return
    yield ok(f"packet sockets open on {vantage.interface}, which has a link")
    try:
        macs = control.answers(vantage, clock)
    except (InstrumentError, RequestError) as error:
        yield wrong(str(error), "Set RULEOUT_GATEWAY to a machine of this segment that always answers.")
        return
    if not macs:
        yield wrong(
            f"the gateway {vantage.gateway} does not answer ARP on {vantage.interface}, so no silence here counts",
            "Put the agent onto an ordinary port of its segment, or name a machine that answers in RULEOUT_GATEWAY.",
        )
    elif len(macs) > 1:
        yield wrong(
            f"{len(macs)} MACs answer for the gateway {vantage.gateway}: {', '.join(macs)}",
            "That is a fault of the network, or a virtual router: check it with another agent.",
        )
    else:
        yield ok(f"the gateway {vantage.gateway} answers ARP from {macs[0]}")


def queues(agent: str, segment: str, held: Collection[str], user: str | None) -> Iterator[Line]:
    """Whether the keys and the user on the queue server are those of this name and segment."""
    anew = f"Invite it anew on the bot's machine: ruleout keys invite {agent} {segment}"
    missing = [name for name in (f"agent.{agent}", f"segment.{segment}") if name not in held]
    others = [name for name in held if name.startswith("agent.") and name != f"agent.{agent}"]
    if missing or others:
        says = f"RULEOUT_QUEUE_KEYS has no key of {', '.join(missing)}" if missing else ""
        also = f"RULEOUT_QUEUE_KEYS has keys of another agent ({', '.join(others)})" if others else ""
        yield wrong("; ".join(filter(None, (says, also))), f"{anew}.")
    elif user not in (None, f"agent.{agent}"):
        yield wrong(f"RULEOUT_REDIS_URL enters as {user}, which is not this agent's user", f"{anew}.")
    else:
        yield ok(f"the queue keys are those of {', '.join(sorted(held))}")
