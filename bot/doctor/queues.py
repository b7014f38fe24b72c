"""The queue server as one role needs it: there, safe, with the right rights, with our time, and it loses nothing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from bot.doctor.line import Line, ok, unknown, wrong
from bot.errors import InstrumentError
from bot.model import codec
from bot.model.job import Agent, Vantage
from bot.queue import checkup, tried
from bot.queue.address import SENTINEL, place
from bot.queue.checkup import Sight, Words
from bot.queue.letters import SKEW_WORTH_SAYING_S, load

OLDEST = (7, 0)
_EXPIRES_SOON = timedelta(days=21)
_HERE = ("localhost", "127.0.0.1", "::1")
_ACL = "Print users.acl anew with all agents (`ruleout keys acl`), and let the server load it (ACL LOAD)."


@dataclass(frozen=True, slots=True)
class Way:
    """The way to the server: the role's address, and the CA file (None: the system's)."""

    url: str
    ca_file: str | None


def server(way: Way, now: datetime) -> Iterator[Line]:
    """Whether it answers, is new enough, is no copy, speaks TLS, and has our time."""
    try:
        sight = checkup.look(way.url, ca_file=way.ca_file)
    except InstrumentError as error:
        yield wrong(str(error), "See trouble 5 of deploy/RUNBOOK.md: address, CA file, user and password, firewall.")
        return
    yield from of(way, sight, now)


def of(way: Way, sight: Sight, now: datetime) -> Iterator[Line]:
    """What is to be said of a server that answered so."""
    version = ".".join(map(str, sight.version)) or "of no version"
    found = f"; the sentinels say that {sight.found} is the primary" if sight.found else ""
    yield ok(f"the queue server answers ({sight.name} {version}, {sight.rtt_s * 1000:.1f} ms){found}")
    if sight.version < OLDEST:
        yield wrong(f"the queue server is {sight.name} {version}", "Install Redis 7.0 or newer, or Valkey.")
    if sight.role not in ("master", "primary"):
        yield wrong(
            f"the queue server is a {sight.role}, which takes no jobs", "Name the primary in RULEOUT_REDIS_URL."
        )
    yield from _tls(way, sight, now)
    yield _clock(sight.ahead_s)


def _tls(way: Way, sight: Sight, now: datetime) -> Iterator[Line]:
    parts = urlsplit(way.url)
    sought = parts.scheme == f"redis{SENTINEL}"  # its servers are found elsewhere than here, sooner or later
    if sought or (parts.scheme == "redis" and parts.hostname not in _HERE):
        yield wrong(
            f"jobs and passwords travel to {place(way.url)} in the clear",
            f"Let the server speak TLS and write rediss{SENTINEL if sought else ''}:// (README, step 3).",
        )
    elif sight.certified_until is not None:
        left = sight.certified_until - now
        until = f"the queue server's certificate is trusted and valid until {sight.certified_until:%Y-%m-%d}"
        soon = left < _EXPIRES_SOON
        yield wrong(f"{until} only", "Make a new one (README, step 3).") if soon else ok(until)


def _clock(ahead_s: float | None) -> Line:
    if ahead_s is None:
        return unknown("this user may not ask the queue server for its time (TIME)", _ACL)
    way = "ahead of" if ahead_s > 0 else "behind"
    if abs(ahead_s) >= SKEW_WORTH_SAYING_S:
        return wrong(
            f"this machine's clock is {abs(ahead_s):.0f} s {way} the queue server's",
            "Set up NTP on both (timedatectl).",
        )
    return ok(f"this machine's clock is {abs(ahead_s) * 1000:.0f} ms {way} the queue server's")


def bot_rights(way: Way) -> Iterator[Line]:
    """Whether the bot may send all it sends, and nothing that it must not."""
    yield from _rights(way, tried.NEEDED_BY_BOT, tried.DANGEROUS_FOR_BOT)


def agent_rights(way: Way, name: str, queues: Sequence[str]) -> Iterator[Line]:
    """The same of an agent or reader of this name, for its queues."""
    yield from _rights(way, tried.needed_by_agent(name, queues), tried.DANGEROUS_FOR_AGENT)


def _rights(way: Way, needed: Sequence[Words], dangerous: Sequence[Words]) -> Iterator[Line]:
    user = urlsplit(way.url).username or "default"
    refused = set(checkup.refused(way.url, [*needed, *dangerous], ca_file=way.ca_file))
    if lacks := [words for words in needed if words in refused]:
        yield wrong(f"user {user} lacks rights on the queue server: {_named(lacks)}", _ACL)
    else:
        yield ok(f"user {user} may send every command that is needed ({len(needed)} tried, none carried out)")
    if may := [words for words in dangerous if words not in refused]:
        yield wrong(
            f"user {user} may do on the queue server what it must not: {_named(may)}",
            f"Give each role a user of its own. {_ACL}",
        )
    else:
        yield ok(f"user {user} is refused what it must not do ({len(dangerous)} tried)")


def keeping(way: Way, operator: Way | None) -> Iterator[Line]:
    """Whether the server keeps its data and never throws any away; ``operator`` is a user who may ask that."""
    state = checkup.state(way.url, ca_file=way.ca_file)
    if state is None and operator is not None:
        state = checkup.state(operator.url, ca_file=operator.ca_file)
    if state is None:
        yield unknown(
            "whether the queue server keeps its data, for this user may not ask (INFO)",
            "Look on the bot's machine, whose master key opens the user operator.",
        )
        return
    yield from _persistence(state.get("aof_enabled"), state.get("aof_last_write_status"))
    yield from _memory(state)


def _persistence(enabled: str | None, last_write: str | None) -> Iterator[Line]:
    if enabled != "1":
        yield wrong("the queue server keeps nothing through a restart", "Set `appendonly yes`, as deploy/redis.conf.")
    elif last_write not in (None, "ok"):
        yield wrong("the queue server could not write its log to disk", "Make room on its disk, and see its log.")
    else:
        yield ok("the queue server writes what it holds to disk")


def _memory(state: Mapping[str, str]) -> Iterator[Line]:
    policy, most, used = (state.get(name, "") for name in ("maxmemory_policy", "maxmemory", "used_memory"))
    if policy != "noeviction":
        yield wrong(
            f"a full queue server would throw keys away ({policy}), jobs and marks against replay among them",
            "Set `maxmemory-policy noeviction`, as deploy/redis.conf.",
        )
    elif most.isdigit() and int(most) and used.isdigit() and int(used) > 0.9 * int(most):
        yield wrong(f"the queue server uses {used} of {most} bytes", "Raise `maxmemory`, and see what grows there.")
    else:
        yield ok("the queue server refuses when it is full, and throws nothing away")


def own_name(way: Way, mine: Vantage) -> Iterator[Line]:
    """Whether another machine stands under this agent's name."""
    text = checkup.announced(way.url, mine.agent, ca_file=way.ca_file)
    if text is None:
        yield ok(f"nobody else announces itself as {mine.agent} now")
        return
    try:
        others = load(Agent, text).vantages
    except ValueError as error:
        yield unknown(f"what {mine.agent} announces was written by another version ({error})", "Upgrade both.")
        return
    if any(one.mac != mine.mac for one in others):
        shown = codec.encode(others[0])
        yield wrong(
            f"another machine announces itself as {mine.agent}: {shown['interface']} with {shown['mac']}, here is "
            f"{mine.interface} with {mine.mac}",
            "Give each agent a name of its own (RULEOUT_AGENT_NAME), and invite it by that name.",
        )
    else:
        yield ok(f"{mine.agent} runs, and stands here")


def _named(commands: Sequence[Words]) -> str:
    return ", ".join(dict.fromkeys(f"{words[0]} {words[1]}" if len(words) > 1 else words[0] for words in commands))
