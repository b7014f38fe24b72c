"""``ruleout incident export ID``: all there is of a channel's incident as one file, for whoever comes after."""

import argparse
import sys
from pathlib import Path

from bot.archive import CaseArchive
from bot.audit import FileAudit
from bot.errors import RequestError
from bot.exporter import gather, named, packed
from bot.incidents.printed import printable
from bot.inquiries.asked import MOST, windows
from bot.model.incident import Incident
from bot.model.inquiry import Inquiry
from bot.ports import Inquiries, Journal
from bot.queue.inquiries import RedisInquiries
from bot.queue.journal import RedisJournal
from bot.roles.audit import audit_path
from bot.settings import Settings
from bot.system import SystemClock


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command line of this role."""
    actions = parser.add_subparsers(dest="action", required=True)
    export = actions.add_parser("export", help="write it into a zip file, which `ruleout judge` judges again")
    export.add_argument(
        "id", metavar="ID", help="as at the foot of its summary, such as inq-k3v9m2x7ab; or a channel's id"
    )
    export.add_argument("--redact", action="store_true", help="replace addresses, MACs and names by others; no packets")
    export.add_argument("--out", type=Path, metavar="FILE", help="where to write it (ID.zip)")


def run(settings: Settings, given: argparse.Namespace) -> int:
    """Gather, pack and write it; say where it is and what is not in it."""
    url, ca_file = settings.text("RULEOUT_REDIS_URL"), settings.text("RULEOUT_REDIS_CA_FILE") or None
    inquiries, journal = RedisInquiries(url, ca_file=ca_file), RedisJournal(url, ca_file=ca_file)
    inquiry = find(given.id, inquiries)
    archive, audit = CaseArchive(Path(settings.text("RULEOUT_CASES_DIR"))), FileAudit(audit_path(settings))
    export = gather(inquiry, questions(inquiry, inquiries, journal), archive, audit, SystemClock().now())
    path: Path = given.out or Path(named(export, redacted=given.redact))
    data = packed(export, redacted=given.redact)
    try:
        path.write_bytes(data)
    except OSError as error:
        raise RequestError(
            f"{path} cannot be written: {error.strerror}. Name a file in a directory of yours."
        ) from error
    head = f"{path}: {len(data):,} bytes, {len(export.incidents)} questions, {len(export.cases)} cases."
    sys.stdout.write(printable((head, *export.notes)))
    return 0


def find(name: str, inquiries: Inquiries) -> Inquiry:
    """The inquiry of this id, or the newest one of the channel of this id.

    Raises:
        RequestError: there is none.
    """
    found = inquiries.read(name)
    known = inquiries.of_channel(name) if found is None else ()
    found = found or (inquiries.read(known[-1]) if known else None)
    if found is None:
        raise RequestError(f"No incident is called {name[:60]}; its id stands at the foot of its summary in Slack.")
    return found


def questions(inquiry: Inquiry, inquiries: Inquiries, journal: Journal) -> tuple[Incident, ...]:
    """The questions that belong to it, in the order of asking."""
    names = dict.fromkeys(
        name for since, until in windows(inquiry) for name in inquiries.asked(inquiry.channel, since, until, MOST)
    )
    return tuple(found for name in names if (found := journal.read(name)))
