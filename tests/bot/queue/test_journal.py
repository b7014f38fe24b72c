"""What the journal on a real server does beyond what every journal must keep."""

from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address

import pytest

from bot.model.incident import Requested
from bot.model.request import Person, Place, Request, Target
from bot.queue import keys, server
from bot.queue.journal import RedisJournal
from deploy.demo.server import Server

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.mark.server
def test_a_question_whose_timeline_ran_out_takes_nobody_s_place(valkey: Server) -> None:
    """Else a channel would stay full of questions that nobody can end any more."""
    journal, client = RedisJournal(valkey.url), server.connect(valkey.url)
    for number in range(3):
        at = START + timedelta(seconds=number)
        target = Target(address=IPv4Address("10.0.0.5"))
        request = Request(
            f"inc-{number}", "arpcheck", target, deep=False, person=Person("T1", "U1"), place=Place("C1"), asked_at=at
        )
        journal.append(request.id, Requested(at=at, request=request), 0)
    client.delete(keys.journal("inc-1"))
    assert journal.crowd("C1") == (2, 2)
    assert client.zrange(keys.UNFINISHED, 0, -1) == [b"inc-0", b"inc-2"]
    journal.close()
    client.close()
