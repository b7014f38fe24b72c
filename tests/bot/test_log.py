"""What a process was given as a secret leaves it by no log line, traceback or sentence."""

import io
import json
import logging
import sys
import threading
from collections.abc import Iterator
from contextlib import redirect_stderr
from pathlib import Path
from urllib.parse import quote

import pytest
import structlog

from bot import log
from bot.__main__ import BUG, main
from bot.settings import SETTINGS, Settings

SECRET = "c4n/ary?p#ss w@rd"
KEY = "c0ffee" * 10 + "beef"


@pytest.fixture
def said() -> Iterator[io.StringIO]:
    """What was written to standard error; afterwards logs go where they went before."""
    before = structlog.get_config()
    yield io.StringIO()
    structlog.configure(**before)


@pytest.mark.parametrize(
    ("name", "value", "secret"),
    [
        pytest.param("RULEOUT_REDIS_URL", f"redis://u:{quote(SECRET, safe='')}@h:1/0", SECRET, id="address"),
        pytest.param("RULEOUT_REDIS_URL", f"unix://:{KEY}@/run/x", KEY, id="socket"),
        pytest.param("RULEOUT_REDIS_URL", SECRET, SECRET, id="not even an address"),
        pytest.param("RULEOUT_QUEUE_KEYS", f"segment.a={KEY},segment.b={KEY[::-1]}", KEY[::-1], id="list of keys"),
        pytest.param("RULEOUT_VCENTER_PASSWORD", SECRET, SECRET, id="password"),
    ],
)
def test_a_secret_that_was_read_is_concealed_in_every_form(name: str, value: str, secret: str) -> None:
    """Whoever prints it prints a mark."""
    Settings({name: value}).text(name)
    for form in (secret, quote(secret), quote(secret, safe="")):
        assert form not in log.redact(f"at {form}: no")
        assert "[redacted]" in log.redact(f"at {form}: no")


def test_an_address_without_a_password_stays_readable() -> None:
    """Nothing of it is secret."""
    Settings({"RULEOUT_REDIS_URL": "redis://ruleout@queue.example:6379/0"}).text("RULEOUT_REDIS_URL")
    assert log.redact("ruleout asks queue.example:6379") == "ruleout asks queue.example:6379"
    Settings({}).text("RULEOUT_REDIS_URL")
    assert log.redact("redis://127.0.0.1:6379/0") == "redis://127.0.0.1:6379/0"


@pytest.mark.parametrize("as_json", [True, False], ids=["json", "text"])
def test_no_field_of_a_log_line_shows_a_secret(as_json: bool, said: io.StringIO) -> None:
    """Neither a text nor what stands in a list, in bytes, as a name, in an exception or in a library's own line."""
    log.conceal(SECRET)
    with redirect_stderr(said):
        log.setup("DEBUG", as_json=as_json)
        mine = log.get("test")
        mine.info("event", text=SECRET, inside=[{"a": (SECRET,)}], name={SECRET: 1}, raw=SECRET.encode(), none=None)
        mine.info("event", error=ValueError(SECRET), url=f"redis://u:{quote(SECRET, safe='')}@h")
        try:
            raise ValueError(SECRET)
        except ValueError:
            mine.exception("broke", number=5)
        other = logging.Logger("library")
        other.addHandler(logging.StreamHandler(log.Guarded(sys.stderr)))
        other.warning("token xoxb-1-2-abc and %s", SECRET)
    text = said.getvalue()
    assert SECRET not in text
    assert quote(SECRET, safe="") not in text
    assert "xoxb-1" not in text
    assert text.count("[redacted]") >= 8
    if as_json:
        first = json.loads(text.splitlines()[0])
        assert (first["none"], first["room"], first["level"]) == (None, "test", "info")


def test_no_traceback_of_a_thread_shows_a_secret(said: io.StringIO) -> None:
    """Python itself writes it."""
    log.conceal(SECRET)

    def break_down() -> None:
        raise RuntimeError(f"cannot log in with {SECRET}")

    # What pytest puts in its place would keep the exception for itself.
    hook, threading.excepthook = threading.excepthook, threading.__excepthook__
    try:
        with redirect_stderr(log.Guarded(said)):
            thread = threading.Thread(target=break_down)
            thread.start()
            thread.join()
    finally:
        threading.excepthook = hook
    assert "cannot log in with [redacted]" in said.getvalue()


def test_a_bug_ends_the_process_with_its_own_status_and_without_secrets(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A script can tell it from an answer without a verdict."""
    broken = tmp_path / f"dir-{KEY}"
    broken.mkdir()
    (broken / "cases").write_text("no directory")
    given = {"RULEOUT_MASTER_KEYS": KEY, "RULEOUT_AUDIT_FILE": str(broken / "cases" / "audit.jsonl")}
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    log.conceal(KEY)
    assert main(["audit", "verify"]) in (2, BUG)
    assert KEY not in capsys.readouterr().err


def test_everything_that_is_secret_is_marked_so() -> None:
    """What is not marked is shown in errors."""
    words = ("PASSWORD", "TOKEN", "SECRET", "KEYS", "REDIS_URL")
    assert {one.name for one in SETTINGS if one.secret} == {
        one.name for one in SETTINGS if any(word in one.name for word in words)
    }
