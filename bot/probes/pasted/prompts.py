"""The prompts in a pasted text: whose command line it was, and which commands were typed there."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.probes.pasted import known
from bot.probes.pasted.cleaning import Line

_VERBS = re.compile(
    r"(?:do |run |sudo )?(?:sh|sho|show|di|dis|disp|displ|displa|display|get|diag|diagnose|/?ip|arp|bridge|cat|"
    r"esxcli|/?interface|term|terminal|screen-length|set|exit|quit|ter|no|conf|configure|en|enable|ping)(?:\s|$)",
    re.IGNORECASE,
)
_HOST = r"(?P<host>[A-Za-z0-9_][\w.\-]{0,63})"
_COMMAND = r"\s*(?P<command>.*)$"
_PROMPTS = tuple(
    (re.compile(pattern + _COMMAND), platforms)
    for pattern, platforms in (
        (rf"^[<\[][*~]{{0,2}}{_HOST}(?:-[\w./]{{1,40}})?[>\]](?![\]#$])", ("huawei_vrp", "hp_comware")),
        (rf"^\[[\w.\-]{{1,32}}@{_HOST}[:\s][^\]#$]{{0,80}}\][#$]?", ("linux", "vmware_esxi")),
        (rf"^\[[\w.\-]{{1,32}}@{_HOST}\]\s?/?[\w /-]{{0,40}}>", ("mikrotik_routeros",)),
        (rf"^[\w.\-]{{1,32}}@{_HOST}(?:\([\w-]{{1,20}}\))?[>#]", ("juniper_junos", "paloalto_panos", "vyatta_vyos")),
        (rf"^[\w.\-]{{1,32}}@{_HOST}:[^#$>]{{0,80}}[#$>]", ("linux", "vyatta_vyos", "vmware_esxi")),
        (rf"^[\w.\-]{{1,32}}@{_HOST} \S{{1,60}} [%#$]", ("linux",)),
        (r"^(?:PS )?(?P<host>)[A-Za-z]:\\[^>]{0,80}>", ("windows",)),
        (rf"^(?:\* )?{_HOST}\.\d{{1,5}} [#>]", ("extreme_exos",)),
        (rf"^{_HOST} (?:\([\w-]{{1,32}}\) )?[#$]", ("fortinet",)),
        (rf"^{_HOST}(?:/[\w/]{{1,20}})?(?:\([\w.\-/ ]{{1,40}}\))?(?:\[\w{{1,20}}\])?[#>]",
         ("cisco_ios", "cisco_nxos", "cisco_asa", "arista_eos", "hp_procurve", "aruba_aoscx", "dell_os10")),
    )
)  # fmt: skip
_BARE = re.compile(r"^(?:[#$>]\s*)?(?P<command>\S.*)$")
_COLUMNS = re.compile(r"\S {2,}\S|---|:\s")  # a row of a table, or a heading, that begins with a command's word


@dataclass(frozen=True, slots=True)
class Section:
    """What stands under one command. ``device`` and ``command`` None: the text does not say.

    ``platforms`` are those with such a prompt, ``ended`` says that another prompt follows. ``began`` is the number of
    the line with the command or, without one, of the first.
    """

    device: str | None
    command: str | None
    platforms: tuple[str, ...]
    lines: tuple[Line, ...]
    ended: bool
    began: int


@dataclass(frozen=True, slots=True)
class _Prompt:
    line: int
    device: str | None
    command: str
    platforms: tuple[str, ...]


def sections(lines: Sequence[Line]) -> tuple[Section, ...]:
    """The text cut at its prompts, in its order; what stands before the first prompt is a section too."""
    found: list[Section] = []
    prompt: _Prompt | None = None
    under: list[Line] = []
    for line in lines:
        following = _prompt(line)
        if following is None:
            under.append(line)
            continue
        found += _section(prompt, under, ended=True)
        prompt, under = following, []
    return (*found, *_section(prompt, under, ended=False))


def _section(prompt: _Prompt | None, under: list[Line], *, ended: bool) -> list[Section]:
    if prompt is None:
        return [Section(None, None, (), tuple(under), ended, under[0].number)] if under else []
    if not prompt.command and not under:
        return []
    return [Section(prompt.device, prompt.command or None, prompt.platforms, tuple(under), ended, prompt.line)]


def _prompt(line: Line) -> _Prompt | None:
    stripped = line.text.strip()
    if len(stripped) > 200:
        return None
    for pattern, platforms in _PROMPTS:
        if (found := pattern.match(stripped)) and (not found["command"] or _VERBS.match(found["command"])):
            return _Prompt(line.number, found["host"] or None, found["command"].strip(), platforms)
    bare = _BARE.match(stripped)
    if bare and not _COLUMNS.search(bare["command"]) and known.expand(bare["command"])[0]:
        return _Prompt(line.number, None, bare["command"].strip(), ())
    return None
