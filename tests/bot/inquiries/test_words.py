"""What is said at ``/incident open``: what is wrong, and who is affected."""

import pytest

from bot.errors import RequestError
from bot.inquiries.words import Opening, opening


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ('"odd VMs lose packets"', Opening("odd VMs lose packets")),
        ("odd VMs lose packets", Opening("odd VMs lose packets")),
        ("“odd VMs” affected app01, app03", Opening("odd VMs", ("app01", "app03"))),
        ("odd VMs affected app01 app01 unaffected 10.0.0.2", Opening("odd VMs", ("app01",), ("10.0.0.2",))),
        ('"x" unaffected b affected a affected c', Opening("x", ("a", "c"), ("b",))),
        ('"affected customers call"  affected app01', Opening("affected customers call", ("app01",))),
    ],
)
def test_it_is_read_with_or_without_quotes(said: str, read: Opening) -> None:
    """Chats make quotes round, and people leave them out."""
    assert opening(said) == read


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("", "Say in a few words what is wrong"),
        ("affected app01", "Say in a few words what is wrong"),
        ('"x" app01', "I do not know what app01 means after the text"),
        ('"x" affected', "Name the machines after affected"),
        ('"x" affected app01 unaffected APP01', "app01 stands among the affected and the unaffected"),
        ('"x" affected <!channel>', "<!channel> is neither a machine's name nor its address"),
        ("x" * 301, "That is 301 characters"),
        ('"x" affected ' + " ".join(f"app{number}" for number in range(65)), "65 machines are affected"),
    ],
)
def test_what_cannot_be_read_is_one_sentence(said: str, sentence: str) -> None:
    """It says what would be right."""
    with pytest.raises(RequestError) as refused:
        opening(said)
    assert str(refused.value).startswith(sentence)
