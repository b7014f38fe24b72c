"""Which output each part of a paste is, and its rows; what was not understood is said, never left out in silence."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address

from bot.errors import BundleError
from bot.model.addresses import Mac
from bot.model.network import Extent, Row, Table
from bot.probes.pasted import values
from bot.probes.pasted.cleaning import MOST_LINES, Line, clean
from bot.probes.pasted.known import FORMS, MINUTE_S, PLATFORMS, SECOND_S, Form, akin, expand, readable
from bot.probes.pasted.machine import Run, run
from bot.probes.pasted.paste import Paste
from bot.probes.pasted.prompts import Section, sections
from bot.probes.pasted.rows import NoRowError, row

_SAMPLE = 120  # lines by which an output is recognised
_ADDRESS = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])")
_MAC = re.compile(
    r"(?<![\w:.-])(?:[0-9a-f]{1,2}(?:[:-][0-9a-f]{1,2}){5}|[0-9a-f]{4}(?:[.:-][0-9a-f]{4}){2}"
    r"|[0-9a-f]{6}[:-][0-9a-f]{6}|[0-9a-f]{12})(?![\w:.-])",
    re.IGNORECASE,
)
_NONE_YET = re.compile(r"incomplete|failed", re.IGNORECASE)
_UNIT = re.compile(r"\bAge\s*\((min|sec|s|m)\w*\)", re.IGNORECASE)
_COUNT = re.compile(
    r"^\s*(?:total (?:mac addresses|number|entries|items|arp entries shown|:)|number of mac)[^\d\n]{0,60}?(\d{1,9})\b",
    re.IGNORECASE,
)
_NARROWS = re.compile(
    r"(?:interface|int|dev|vlan|address|include|inc|i|begin|b|exclude|section|match|except|grep|egrep|find|findstr|head|"
    r"tail|dynamic|static|nud|to|port|host|hostname|brport|where|last|state|from)\b",
    re.IGNORECASE,
)
_BOTH = {Table.ARP: (_ADDRESS, _MAC), Table.FDB: (_MAC,)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One table: whose it is (None: the paste does not say), how much of it is there, and its rows with their lines.

    ``platform`` None: only the command is known, and it gave nothing. ``why`` says what is missing, ``unread`` are the
    numbers of the lines that look like rows and were not understood. ``began`` and ``last`` are the numbers of its
    first line, with the command, and of its last (None: the paste's own last).
    """

    device: str | None
    platform: str | None
    command: str
    table: Table
    extent: Extent
    line: int
    rows: tuple[tuple[int, Row], ...]
    asked_ip: IPv4Address | None = None
    asked_macs: tuple[Mac, ...] = ()
    why: str | None = None
    unread: tuple[int, ...] = ()
    began: int = 1
    last: int | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """The tables of a paste, in its order, and sentences on what else was in it."""

    tables: tuple[Told, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Fit:
    """What one form makes of a section. ``unread`` are lines that look like rows and are none of its own.

    ``told`` are lines that it knows as something else, such as its heading.
    """

    form: Form
    rows: tuple[tuple[int, Row], ...] = ()
    explained: frozenset[int] = field(default_factory=frozenset)
    unread: tuple[int, ...] = ()
    told: frozenset[int] = field(default_factory=frozenset)
    records: int = 0


def take(paste: Paste) -> Reading:
    """Every table in the paste.

    Raises:
        BundleError: there is none; the sentence says what was expected.
    """
    if paste.platform is not None and paste.platform not in PLATFORMS:
        raise BundleError(f"{paste.platform[:40]!r} is no platform that I know; I know {readable()}.")
    cleaned = clean(paste.text)
    cut = sections(cleaned.lines)
    if paste.command and cut and cut[0].command is None:
        cut = (replace(cut[0], command=paste.command), *cut[1:])
    tables: list[Told] = []
    notes: list[str] = []
    for number, section in enumerate(cut, 1):
        last = number == len(cut)
        why = None
        if last and cleaned.cut:
            why = f"it has more than {MOST_LINES:,} lines, and I read no further"
        elif last and cleaned.paged:
            why = "it ends where the pager waited for a key"
        _take(section, paste.platform, why, tables, notes)
    if not tables:
        raise BundleError(nothing(paste.text))
    return Reading(tuple(tables), tuple(notes))


def nothing(text: str) -> str:
    """What to say of a text without a table."""
    what = "That is empty" if not text.strip() else "I find no table in that"
    return (
        f"{what}: paste the output of a command such as `show ip arp`, `show mac address-table`, `ip neigh` or `show "
        f"lldp neighbors`, best with the line on which it was typed. I can read those of {readable()}."
    )


def _take(section: Section, platform: str | None, broke: str | None, tables: list[Told], notes: list[str]) -> None:
    forms, further = expand(section.command) if section.command else ((), ())
    if section.command and not forms and not _looks(section.lines):
        if section.lines:
            notes.append(f"`{section.command[:60]}` shows no table that I read.")
        return
    fit = _best(section, forms, platform)
    if fit is None:
        if _is_empty(section, forms, broke):
            tables.append(_empty(section, forms, further, broke))
        elif section.lines and (section.command or _looks(section.lines)):
            numbers = _numbers([line.number for line in section.lines if _looks((line,))] or [section.lines[0].number])
            notes.append(f"I understood nothing of {numbers}.")
        return
    form = fit.form
    if platform and form.platform != platform:
        notes.append(f"This looks like {PLATFORMS[form.platform]} and not {PLATFORMS[platform]}; I read it as that.")
    typed = form in forms
    further = further if typed else ()
    extent, ip, macs, why = _extent(section, fit, further, broke, typed=typed)
    tables.append(
        Told(
            device=section.device,
            platform=form.platform,
            command=" ".join((form.command, *further)) if typed else form.command,
            table=form.table,
            extent=extent,
            line=section.lines[0].number,
            rows=fit.rows,
            asked_ip=ip,
            asked_macs=macs,
            why=why,
            unread=fit.unread,
            began=section.began,
            last=_last(section),
        )
    )


def _is_empty(section: Section, forms: Sequence[Form], broke: str | None) -> bool:
    """Whether a known command showed no row: nothing, or its heading alone. What it refuses with is no empty table."""
    if not forms or _looks(section.lines):
        return False
    numbers = {line.number for line in section.lines if not _COUNT.match(line.text[:240])}
    return bool(broke) or not numbers or any(numbers <= run(form, section.lines).known for form in forms)


def _empty(section: Section, forms: Sequence[Form], further: Sequence[str], broke: str | None) -> Told:
    """A known command that showed no row."""
    ip, macs, _ = _asked(further)
    shown = bool(section.lines) or section.ended
    extent = Extent.PART if broke or not shown else Extent.ASKED if _narrow(further) else Extent.WHOLE
    return Told(
        device=section.device,
        platform=forms[0].platform if len({form.platform for form in forms}) == 1 else None,
        command=" ".join((forms[0].command, *further)),
        table=forms[0].table,
        extent=extent,
        line=section.lines[0].number if section.lines else 1,
        rows=(),
        asked_ip=ip,
        asked_macs=macs,
        why=broke or (None if shown else "nothing stands after the command"),
        began=section.began,
        last=_last(section),
    )


def _last(section: Section) -> int | None:
    return (section.lines[-1].number if section.lines else section.began) if section.ended else None


def _best(section: Section, forms: Sequence[Form], platform: str | None) -> _Fit | None:
    """The form that explains most of the lines: of those that the command has, else of all."""
    for wanted in (forms, akin(section.command)) if section.command else (FORMS,):
        sample = [fit for form in wanted if (fit := _fit(form, section.lines[:_SAMPLE])).explained]
        if sample:
            sample.sort(key=lambda fit: _worth(fit, section, platform), reverse=True)  # stable: the usual one first
            return _fit(sample[0].form, section.lines)
    return None


def _worth(fit: _Fit, section: Section, platform: str | None) -> tuple[int, int, bool, bool, int]:
    return (
        len(fit.explained) - len(fit.unread),
        len(fit.explained),
        fit.form.platform == platform,
        fit.form.platform in section.platforms,
        len(fit.told),
    )


def _fit(form: Form, lines: Sequence[Line]) -> _Fit:
    headed = form.head is None or any(re.search(form.head, line.text[:240]) for line in lines[:40])
    if not headed:
        return _Fit(form)
    found = _rows(form, lines, run(form, lines))
    if not found.explained and form.heading:
        return replace(_rows(form, lines, run(form, lines, heading=True)), told=frozenset())
    return found


def _rows(form: Form, lines: Sequence[Line], ran: Run) -> _Fit:
    unit_s = form.age_s
    if form.age_s is not None and (named := next((m for line in lines[:40] if (m := _UNIT.search(line.text))), None)):
        unit_s = SECOND_S if named[1].lower().startswith("s") else MINUTE_S
    rows: list[tuple[int, Row]] = []
    explained: set[int] = set()
    for record in ran.records:
        try:
            one = row(form, record, unit_s)
        except NoRowError:
            continue
        explained.add(record.line.number)
        if one is not None:
            rows.append((record.line.number, one))
    told = ran.known - {record.line.number for record in ran.records}
    first = min(explained, default=1 << 30)
    others = [line for line in lines if line.number not in explained]
    unread = tuple(line.number for line in others if _row_like(form, line, told, among=line.number > first))
    return _Fit(form, tuple(rows), frozenset(explained), unread, told, len(ran.records))


def _row_like(form: Form, line: Line, told: frozenset[int], *, among: bool) -> bool:
    """Whether a line that gave no row looks like one; ``among`` the rows an address alone does, as of a broken line."""
    text = line.text[:4_000]
    wanted = _BOTH.get(form.table)
    if wanted is None:
        return among and line.number not in told and not _COUNT.match(text[:240])
    if among and line.number not in told and wanted[0].search(text):
        return True
    if form.table is Table.ARP and _NONE_YET.search(text):
        return bool(_ADDRESS.search(text))
    return all(pattern.search(text) for pattern in wanted)


def _looks(lines: Iterable[Line]) -> bool:
    """Whether there is a MAC or an address in them at all."""
    return any(_MAC.search(line.text[:4_000]) or _ADDRESS.search(line.text[:4_000]) for line in lines)


def _extent(
    section: Section, fit: _Fit, further: Sequence[str], broke: str | None, *, typed: bool
) -> tuple[Extent, IPv4Address | None, tuple[Mac, ...], str | None]:
    whys = [broke] if broke else []
    last = section.lines[-1]
    if (
        not section.ended
        and not {last.number} & ({line for line, _ in fit.rows} | {*fit.unread})
        and _broken(fit, last)
    ):
        whys.append(f"line {last.number}, its last, was not understood")
    if fit.unread:
        whys.append(f"{_numbers(fit.unread)} {'was' if len(fit.unread) == 1 else 'were'} not understood")
    counted = next((int(m[1]) for line in reversed(section.lines) if (m := _COUNT.match(line.text[:240]))), 0)
    if counted > max(fit.records, len(fit.explained)) and not _narrow(further):
        whys.append(f"the device counts {counted} entries and {fit.records} are here")
    if not typed and not fit.told:
        whys.append("it has neither a heading nor the line on which the command was typed")
    ip, macs, narrow = _asked(further)
    why = "; ".join(whys) or None
    if whys:
        return Extent.PART, ip, macs, why
    return (Extent.ASKED if narrow else Extent.WHOLE), ip, macs, None


def _broken(fit: _Fit, last: Line) -> bool:
    """Whether the last line is the beginning of a row: rows stand before it, and it begins as they do."""
    understood = fit.explained | fit.told | {*fit.unread}
    return bool(fit.rows) and last.number not in understood and bool(re.match(r"\s*[\w*+(]", last.text[:240]))


def _asked(further: Sequence[str]) -> tuple[IPv4Address | None, tuple[Mac, ...], bool]:
    """Whose rows alone the command asked for, and whether it asked for some rows alone."""
    exclude = any(re.match(r"exc|-v$|except", word, re.IGNORECASE) for word in further)
    bare = [word.strip("'\"^$()") for word in further]
    ips = [ip for word in bare if (ip := values.ip(word)) is not None]
    macs = [Mac(found) for word in bare if (found := _whole_mac(word)) is not None]
    if exclude:
        return None, (), True
    return (ips[0] if ips else None), tuple(macs), _narrow(further)


def _narrow(further: Sequence[str]) -> bool:
    bare = [word.strip("'\"^$()") for word in further]
    return any(_NARROWS.match(word) or values.ip(word) or _whole_mac(word) for word in bare)


def _whole_mac(word: str) -> Mac | None:
    try:
        return values.mac(word)
    except ValueError:
        return None


def _numbers(numbers: Sequence[int]) -> str:
    if len(numbers) == 1:
        return f"line {numbers[0]}"
    told = ", ".join(str(number) for number in numbers[:8])
    return f"lines {told}" + (f" and {len(numbers) - 8} more" if len(numbers) > 8 else "")
