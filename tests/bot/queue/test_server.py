"""The connection: what a person reads when it fails, and what it must never let through."""

import socket
from pathlib import Path

import pytest

from bot.errors import InstrumentError
from bot.queue import address, seal, server
from bot.queue.bot_side import RedisQueue
from bot.queue.journal import RedisJournal
from deploy.demo.server import Server, ServerError
from deploy.demo.server import valkey as make_valkey
from tests.contracts.bench import CLOCK, MASTERS
from tests.fixtures.servers import Authority


def reason(url: str, ca_file: str | None = None) -> str:
    queue = RedisQueue(url, MASTERS, "bot-1", CLOCK, ca_file=ca_file)
    with pytest.raises(InstrumentError) as caught:
        queue.agents()
    return str(caught.value)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        pytest.param("redis://bot:s3cret@queue.dc1:6380/2?password=s3cret", "redis://queue.dc1:6380/2", id="tcp"),
        pytest.param("rediss://:s3cret@[2001:db8::1]:6380", "rediss://2001:db8::1:6380", id="tls-ipv6"),
        pytest.param("unix://s3cret@/run/queue.sock?db=1", "unix:///run/queue.sock", id="unix"),
        pytest.param("redis://queue:port", "redis://queue", id="not-a-port"),
        pytest.param("redis://bot:s3/cret@queue.dc1:6380/2", "redis://bot", id="a slash in the password"),
        pytest.param(
            "rediss+sentinel://bot:s3cret@s1.dc1,s2.dc1:26380/ruleout/2?sentinel_password=s3cret",
            "rediss+sentinel://s1.dc1,s2.dc1:26380/ruleout/2",
            id="sentinels",
        ),
    ],
)
def test_the_address_is_shown_without_its_secrets(url: str, shown: str) -> None:
    """Sentences go to a channel that half the company reads."""
    assert address.place(url) == shown


@pytest.mark.parametrize(
    "url",
    [
        "redis://bot:s3/cret@queue.dc1:6380/2",
        "redis://bot:s3#cret@queue.dc1:6380/2",
        "redis://bot:s3?cret@queue.dc1:6380/2",
        "redis://bot:s3[cret@queue.dc1:6380/2",
        "redis://queue:port",
        "redis+sentinel://bot:s3/cret@s1.dc1,s2.dc1/ruleout",
    ],
)
def test_a_password_that_tears_its_address_apart_is_refused_and_not_shown(url: str) -> None:
    """It would be looked for as a port or a path, and named in the sentence about that."""
    with pytest.raises(InstrumentError, match="cannot be read: in its user and password write") as caught:
        RedisQueue(url, MASTERS, "bot-1", CLOCK)
    assert "s3" not in str(caught.value)
    assert "cret" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("http://queue", id="another-protocol"),
        pytest.param("rediss://queue?ssl_cert_reqs=none", id="no-certificate-check"),
        pytest.param("rediss://queue?ssl_check_hostname=False", id="no-name-check"),
    ],
)
def test_an_address_that_is_no_safe_server_is_refused(url: str) -> None:
    """An unchecked certificate is an open door that looks closed."""
    with pytest.raises(InstrumentError):
        server.connect(url)


def test_a_port_that_nobody_listens_on_is_named() -> None:
    """The commonest mistake there is."""
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        url = f"redis://:s3cret@127.0.0.1:{reserved.getsockname()[1]}"
        said = reason(url)
    assert "cannot be reached" in said
    assert "s3cret" not in said


@pytest.mark.server
def test_a_wrong_password_is_named(redis_tcp: Server) -> None:
    """Not a network problem, so nobody should look for one."""
    assert "refused our name or password" in reason(redis_tcp.url.replace("//", "//nobody:wrong@"))


@pytest.mark.server
def test_a_missing_right_is_named(redis_tcp: Server) -> None:
    """ACLs are written by hand; the sentence must lead to the line that is missing."""
    client = server.connect(redis_tcp.url)
    client.execute_command("ACL", "SETUSER", "weak", "on", ">pw", "~*", "&*", "-@all", "+hello", "+auth", "+client")
    client.close()
    assert "check its ACL" in reason(redis_tcp.url.replace("//", "//weak:pw@"))


@pytest.mark.server
def test_a_certificate_of_an_unknown_authority_is_refused(redis_tls: Server, authority: Authority) -> None:
    """TLS without the right CA is a talk with a stranger."""
    bare = redis_tls.url.split("?")[0]
    assert "certificate that we do not trust" in reason(bare)
    elsewhere = bare.replace("localhost", "127.0.0.1")  # The certificate is for the name alone.
    assert "certificate that we do not trust" in reason(elsewhere, str(authority.ca))
    queue = RedisQueue(bare, MASTERS, "bot-1", CLOCK, ca_file=str(authority.ca))
    assert queue.agents() == ()
    queue.close()


@pytest.mark.server
def test_a_journal_says_the_same_sentences(valkey: Server) -> None:
    """The coordinator handles one kind of trouble."""
    journal = RedisJournal(valkey.url)
    valkey.kill()
    with pytest.raises(InstrumentError, match="cannot be reached"):
        journal.unfinished()


@pytest.mark.server
def test_a_server_in_too_deep_a_directory_is_refused_in_words(tmp_path: Path) -> None:
    """The kernel's own message names neither the path nor the limit."""
    deep = tmp_path / ("d" * 100)
    deep.mkdir()
    with pytest.raises(ServerError, match="too long for a socket"):
        make_valkey(deep)


@pytest.mark.parametrize("masters", [pytest.param([], id="none"), pytest.param([b"short"], id="too-short")])
def test_a_master_key_must_be_a_secret(masters: list[bytes]) -> None:
    """An empty key would seal just as happily."""
    with pytest.raises(ValueError, match="at least 16 bytes"):
        RedisQueue("redis://queue", masters, "bot-1", CLOCK)


def test_a_context_cannot_run_into_the_body() -> None:
    """Else a seal over one pair would fit another."""
    key = seal.queue_key(MASTERS[0], "agent.a")
    assert seal.mac(key, "order a", b"b") != seal.mac(key, "order ", b"ab")
