"""Every setting, named once: what it means, its default, and which role reads it. The only reader of the environment.

A secret may lie in a file instead: ``<NAME>_FILE`` names it.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import TypeVar
from urllib.parse import parse_qsl, urlsplit

from bot import log
from bot.errors import RequestError
from bot.model.request import Person

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Setting:
    """One environment variable. ``default`` None: it has to be given where its role needs it."""

    name: str
    roles: str
    meaning: str
    default: str | None = None
    secret: bool = False


SETTINGS = (
    Setting("RULEOUT_REDIS_URL", "all", "The queue server (Redis or Valkey, 7.0 or newer): `redis://`, `rediss://` (TLS) or `unix://`; where Sentinel chooses the primary `rediss+sentinel://USER:PASSWORD@HOST:26379,HOST2:26379/NAME`.", "redis://127.0.0.1:6379/0", secret=True),
    Setting("RULEOUT_REDIS_CA_FILE", "all", "CA certificates that the server's TLS certificate is checked against; empty: the system's.", ""),
    Setting("RULEOUT_LOG_LEVEL", "all", "DEBUG, INFO, WARNING or ERROR.", "INFO"),
    Setting("RULEOUT_LOG_JSON", "all", "`yes`: logs are JSON lines.", "no"),
    Setting("RULEOUT_METRICS_LISTEN", "bot, agent, vcenter, network", "Address and port of `/metrics`, `/healthz` and `/readyz`, over plain HTTP and for whoever reaches it, such as `127.0.0.1:9464`; without an address: loopback; empty: they are not served.", ""),
    Setting("RULEOUT_MASTER_KEYS", "bot, check, look-up, keys", "One or two master keys, comma separated, 32 bytes in hex each (`ruleout keys new`). The first signs, both are accepted.", secret=True),
    Setting("RULEOUT_SLACK_BOT_TOKEN", "bot", "The bot token, `xoxb-...`.", secret=True),
    Setting("RULEOUT_SLACK_APP_TOKEN", "bot", "The app-level token for Socket Mode, `xapp-...`.", secret=True),
    Setting("RULEOUT_SLACK_MODE", "bot", "`socket` (no public address needed) or `http`.", "socket"),
    Setting("RULEOUT_SLACK_SIGNING_SECRET", "bot", "The signing secret; needed in `http` mode.", "", secret=True),
    Setting("RULEOUT_SLACK_LISTEN", "bot", "Address and port of `http` mode.", "127.0.0.1:3000"),
    Setting("RULEOUT_SLACK_API", "bot", "The Web API's base address; another one only for the stand-in.", "https://slack.com/api/"),
    Setting("RULEOUT_TEAMS", "bot", "Further Slack team ids that may use the bot; its own team always may.", ""),
    Setting("RULEOUT_CHANNELS", "bot", "Channel ids where it answers; empty: every channel it was invited to.", ""),
    Setting("RULEOUT_RULES_FILE", "bot", "Who may do what, where, to which machines, as in `deploy/rules.example.toml`; empty: members may check, and RULEOUT_CAPTURERS everything.", ""),
    Setting("RULEOUT_CAPTURERS", "bot", "Without a rules file: who may capture, approve and download, `TEAM/USER` ids, comma separated; empty: nobody.", ""),
    Setting("RULEOUT_OPEN_PER_CHANNEL", "bot", "Questions of one channel that may be open at once; who asks one more is told to wait.", "20"),
    Setting("RULEOUT_OPEN_IN_ALL", "bot", "Questions of all channels together that may be open at once.", "200"),
    Setting("RULEOUT_VCENTERS", "bot, check, look-up", "Names of all vCenters, comma separated; a MAC counts as unknown only when each of them answered.", ""),
    Setting("RULEOUT_NETWORKS", "bot, check", "Names of all readers of routers and switches (`ruleout network`), comma separated; empty: no table is read.", ""),
    Setting("RULEOUT_CASES_DIR", "bot, audit", "Where closed incidents are kept as cases.", "cases"),
    Setting("RULEOUT_AUDIT_FILE", "bot, audit", "Where every request, refusal, approval, capture and download is recorded, for good; empty: `audit.jsonl` beside RULEOUT_CASES_DIR.", ""),
    Setting("RULEOUT_KEEP_CAPTURE_HOURS", "bot", "Hours until the captures in a case are deleted; what was seen in them, the verdict and their digests stay.", "72"),
    Setting("RULEOUT_DOWNLOAD_LISTEN", "bot", "Address and port where captures are downloaded, over plain HTTP behind your own TLS proxy; empty: they are not.", ""),
    Setting("RULEOUT_DOWNLOAD_URL", "bot", "The address of that server as people's browsers reach it, such as `https://ruleout.example.net`.", ""),
    Setting("RULEOUT_KEEP_DAYS", "bot", "Days until a case is deleted.", "30"),
    Setting("RULEOUT_QUEUE_KEYS", "agent, vcenter, network", "Keys of this agent's own queues: `queue=hex` pairs, comma separated (`ruleout keys for ...`). Two pairs of one queue: both are accepted.", secret=True),
    Setting("RULEOUT_AGENT_NAME", "agent", "This agent's name, unique among all agents."),
    Setting("RULEOUT_SEGMENT", "agent", "Name of the segment that it stands on; agents of one segment share it."),
    Setting("RULEOUT_INTERFACE", "agent", "The network interface that it looks through."),
    Setting("RULEOUT_GATEWAY", "agent", "The control: a machine that always answers on this segment; empty: the default gateway.", ""),
    Setting("RULEOUT_POOL", "agent", "Further sender addresses that you reserved for this agent alone, comma separated.", ""),
    Setting("RULEOUT_REACH", "agent", "Networks that it may ping through its gateway, comma separated.", "10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,100.64.0.0/10"),
    Setting("RULEOUT_SLOTS", "agent, vcenter, network", "Jobs that it does at the same time.", "32"),
    Setting("RULEOUT_CAPTURE_PREFIXES", "agent", "Networks whose machines it may capture, comma separated; empty: its own segment's. A conversation with a machine elsewhere needs one end inside.", ""),
    Setting("RULEOUT_MAX_CAPTURE_S", "agent", "Longest capture that it allows, in seconds.", "60"),
    Setting("RULEOUT_MAX_CAPTURE_PACKETS", "agent", "Most packets that one capture may hold; it ends there.", "100000"),
    Setting("RULEOUT_MAX_CAPTURE_BYTES", "agent", "Largest capture that it allows, in bytes; it ends there. Three times as much may travel while it runs.", "8388608"),
    Setting("RULEOUT_CAPTURE_PAYLOAD", "agent", "`yes`: whole packets may be captured where a job wishes it; else headers only.", "no"),
    Setting("RULEOUT_MAX_CAPTURES", "agent", "Captures that it runs at the same time; each takes 32 MB of memory and what it holds.", "2"),
    Setting("RULEOUT_SPOOL_DIR", "agent", "Where a capture lies, in a file without a name, while it grows.", "/var/tmp"),  # noqa: S108  what is made there has no name
    Setting("RULEOUT_SPOOL_SPARE_BYTES", "agent", "What must stay free on that disk; a capture ends before it takes more.", "268435456"),
    Setting("RULEOUT_VCENTER_NAME", "vcenter", "This vCenter's name, as in RULEOUT_VCENTERS."),
    Setting("RULEOUT_VCENTER_HOST", "vcenter", "Host name, or host:port."),
    Setting("RULEOUT_VCENTER_USER", "vcenter", "A read-only account."),
    Setting("RULEOUT_VCENTER_PASSWORD", "vcenter", "Its password.", secret=True),
    Setting("RULEOUT_VCENTER_CA_FILE", "vcenter", "CA certificates that vCenter's certificate is checked against (from https://<vcenter>/certs/download.zip); empty: the system's.", ""),
    Setting("RULEOUT_GUEST_USER", "vcenter", "A guest account with which the processes inside VMs are listed; empty: nothing is ever asked in a guest.", ""),
    Setting("RULEOUT_GUEST_PASSWORD", "vcenter", "Its password.", "", secret=True),
    Setting("RULEOUT_GUEST_AGENTS", "vcenter", "Names of the processes that are looked for in guests, comma separated, without `.exe`; no other process leaves the worker.", "had,hashadow,corosync,pacemakerd,heartbeat,keepalived,ucarp,teamd,cmcld,cmnetd,crsd.bin,ocssd.bin,clussvc"),
    Setting("RULEOUT_NETWORK_NAME", "network", "This worker's name, as in RULEOUT_NETWORKS."),
    Setting("RULEOUT_NETWORK_FILE", "network", "The devices that it asks and how, as in `deploy/network.example.toml`."),
)  # fmt: skip


class Settings:
    """The environment, read strictly: a missing or malformed value is one sentence that names the variable."""

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        self._given = os.environ if environment is None else environment  # noqa: TID251  the one place
        self._known = {setting.name: setting for setting in SETTINGS}

    @classmethod
    def beside(cls, path: Path) -> "Settings":
        """The environment, and above it what the file says, a ``NAME=value`` a line as systemd and Docker take it.

        A secret that the file gives is not looked for in the file that the environment names for it.

        Raises:
            RequestError: the file cannot be read, or a line of it is something else.
        """
        told = _lines(path)
        hidden = {*told, *(f"{name}_FILE" for name in told), *(name.removesuffix("_FILE") for name in told)}
        around = os.environ  # noqa: TID251  the one place
        return cls({name: value for name, value in around.items() if name not in hidden} | told)

    def given(self, name: str) -> bool:
        """Whether somebody set it, by itself or by a file."""
        return bool(self._given.get(name) or (self._known[name].secret and self._given.get(f"{name}_FILE")))

    def file_of(self, name: str) -> Path | None:
        """The file that a secret is read from; None: it is read from none."""
        path = self._given.get(f"{name}_FILE") if self._known[name].secret else None
        return Path(path) if path else None

    def unknown(self) -> tuple[str, ...]:
        """Names that look like ours and are no setting: misspelt, or of another version."""
        files = {f"{name}_FILE" for name, setting in self._known.items() if setting.secret}
        return tuple(
            sorted(name for name in self._given if name.startswith("RULEOUT_") and name not in {*self._known, *files})
        )

    def text(self, name: str) -> str:
        """The value of a setting. A secret is concealed from every log line and sentence of this process.

        Raises:
            RequestError: it has no default and was not given, or the file that holds it cannot be read.
        """
        value = self._text(name)
        for secret in _secrets(value) if self._known[name].secret else ():
            log.conceal(secret)
        return value

    def _text(self, name: str) -> str:
        setting = self._known[name]
        path = self._given.get(f"{name}_FILE") if setting.secret else None
        if path:
            try:
                return Path(path).read_text().strip()
            except (OSError, ValueError) as error:  # ValueError: what lies there is no text
                reason = error.strerror if isinstance(error, OSError) else "it is no text"
                raise RequestError(f"{name}_FILE names {path}, which cannot be read: {reason}.") from None
        value = self._given.get(name, setting.default)
        if value is None:
            also = f" or {name}_FILE" if setting.secret else ""
            raise RequestError(f"Set {name}{also}: {setting.meaning}")
        return value.strip()

    def number(self, name: str) -> int:
        """A whole number above zero."""
        return self._parsed(name, _positive, "a whole number above zero")

    def choice(self, name: str, words: tuple[str, ...]) -> str:
        """One of these words, however it is capitalised."""
        return self._parsed(name, lambda value: words[words.index(value.upper())], f"one of {', '.join(words)}")

    def flag(self, name: str) -> bool:
        """``yes`` or ``no``."""
        return self._parsed(name, {"yes": True, "no": False}.__getitem__, "yes or no")

    def items(self, name: str) -> tuple[str, ...]:
        """The comma separated parts."""
        return tuple(part for part in (part.strip() for part in self.text(name).split(",")) if part)

    def addresses(self, name: str) -> tuple[IPv4Address, ...]:
        """Comma separated IPv4 addresses."""
        return self._parsed(name, lambda _: tuple(map(IPv4Address, self.items(name))), "IPv4 addresses")

    def networks(self, name: str) -> tuple[IPv4Network, ...]:
        """Comma separated IPv4 networks."""
        return self._parsed(name, lambda _: tuple(map(IPv4Network, self.items(name))), "networks such as 10.0.0.0/8")

    def people(self, name: str) -> tuple[Person, ...]:
        """Comma separated ``TEAM/USER`` pairs."""
        return self._parsed(name, lambda _: tuple(map(_person, self.items(name))), "TEAM/USER pairs such as T012/U345")

    def keys(self, name: str) -> tuple[bytes, ...]:
        """One or two keys of 32 bytes, in hex."""
        return self._parsed(
            name, lambda _: _one_or_two(map(_key, self.items(name))), "one or two keys of 64 hex digits"
        )

    def queue_keys(self, name: str) -> dict[str, tuple[bytes, ...]]:
        """``queue=hex`` pairs, as the one or two keys of each queue."""
        return self._parsed(name, lambda _: _by_queue(self.items(name)), "queue=key pairs as `ruleout keys for` prints")

    def _parsed(self, name: str, parse: Callable[[str], T], form: str) -> T:
        value = self.text(name)
        try:
            return parse(value)
        except (ValueError, KeyError):
            shown = "its value" if self._known[name].secret else repr(value)
            raise RequestError(f"{name} must be {form}, which {shown} is not.") from None


def _secrets(value: str) -> Iterator[str]:
    """What of a secret setting is secret: of an address the password, of a list each part and each key."""
    if "://" in value:
        user, at, _ = value.partition("://")[2].rpartition("@")
        yield user.partition(":")[2] if at else ""
        yield from (given for name, given in parse_qsl(urlsplit(value).query) if "password" in name)
        return
    for part in (value, *value.split(",")):
        yield from (part.strip(), part.rpartition("=")[2].strip())


def _lines(path: Path) -> dict[str, str]:
    try:
        rows = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise RequestError(f"{path} cannot be read: {reason}.") from error
    found = {}
    for number, row in enumerate(map(str.strip, rows), 1):
        if not row or row.startswith("#"):
            continue
        name, mark, value = row.partition("=")
        if not mark or not name.isidentifier():
            raise RequestError(f"{path} line {number} must be NAME=value.")
        quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
        found[name] = value[1:-1] if quoted else value
    return found


def _positive(text: str) -> int:
    if int(text) < 1:
        raise ValueError(text)
    return int(text)


def _person(text: str) -> Person:
    team, user = text.split("/")
    return Person(team, user)


def _key(text: str) -> bytes:
    key = bytes.fromhex(text)
    if len(key) != 32:
        raise ValueError("length")
    return key


def _one_or_two(keys: "map[bytes]") -> tuple[bytes, ...]:
    found = tuple(keys)
    if len(found) not in (1, 2):
        raise ValueError("count")
    return found


def _by_queue(pairs: tuple[str, ...]) -> dict[str, tuple[bytes, ...]]:
    found: dict[str, tuple[bytes, ...]] = {}
    for pair in pairs:
        queue, _, key = pair.rpartition("=")
        found[queue] = _one_or_two(map(bytes, (*found.get(queue, ()), _key(key))))
    if not found or "" in found:
        raise ValueError("no queue")
    return found
