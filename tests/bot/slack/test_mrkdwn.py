"""Foreign text in Slack's mark-up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.mrkdwn import fitted, fitted_lines, marked, named, plain


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("app01 & <db>", "app01 &amp; &lt;db&gt;", id="escaped"),
        pytest.param("<!channel>", "&lt;!channel&gt;", id="no shout"),
        pytest.param("MAC 00:50:56:de:ad:be.", "MAC `00:50:56:de:ad:be`.", id="MAC"),
        pytest.param("(2001:db8::de:1)", "(`2001:db8::de:1`)", id="IPv6"),
        pytest.param("at 12:00:05, then", "at `12:00:05`, then", id="time"),
        pytest.param("vm:tada:x", "`vm:tada:x`", id="emoji"),
        pytest.param("`00:50:56:aa:00:01` says", "`00:50:56:aa:00:01` says", id="already code"),
        pytest.param("`a<b`", "`a&lt;b`", id="escaped in code"),
        pytest.param("open `code", "open `code`", id="unclosed"),
        pytest.param("two\n> lines", "two &gt; lines", id="one line"),
        pytest.param("note: 10.0.0.5:80", "note: 10.0.0.5:80", id="single colons"),
    ],
)
def test_marked(text: str, expected: str) -> None:
    """Each row is a way in which a name has spoilt a message."""
    assert marked(text) == expected


@given(st.text(alphabet="ab :`<>&!de\n", max_size=300), st.integers(30, 120))
def test_fitted_text_never_exceeds_its_limit_nor_leaves_code_open(text: str, limit: int) -> None:
    """Escaping makes text longer, so the limit counts after it."""
    result = fitted(text, limit)
    assert len(result) <= limit
    assert result.count("`") % 2 == 0
    assert "<" not in result


@given(st.lists(st.text(alphabet="ab :`<&", max_size=60), max_size=30), st.integers(40, 400))
def test_fitted_lines_never_exceed_their_limit(lines: list[str], limit: int) -> None:
    """The text beside the blocks has a limit of its own."""
    assert len(fitted_lines("\n".join(lines), limit)) <= limit


def test_a_cut_says_how_much_is_missing() -> None:
    """The reader decides whether to open the case."""
    assert fitted("x" * 100, 50).endswith(" … (72 characters cut)")
    assert fitted_lines("a\nb\nc\n" + "d" * 100, 40) == "a\nb\nc\n… (1 more lines cut)"


def test_a_header_has_no_emoji_by_accident() -> None:
    """A header knows no code spans."""
    assert plain("FAILED · 00:50:56:de:ad:be", 150) == "FAILED · 00-50-56-de-ad-be"
    assert len(plain("x" * 200, 140)) == 140


def test_who_pasted_something_has_a_name_and_nobody_else_gets_one() -> None:
    """An identifier tells no reader anything."""
    assert named(marked("show ip arp, pasted by U0ANA")) == "show ip arp, pasted by <@U0ANA>"
    for text in ("pasted by ana", "U0ANA", "pasted by <@U0ANA>"):
        assert named(marked(text)) == marked(text)
