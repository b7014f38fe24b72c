"""What a person reads: the conclusion, how well each attribute separates, and what to look at next."""

import pytest

from bot.split.text import as_text, look_at, says
from tests.bot.split.tables import Row, compared, machine, numbered, story


def flat(text: str) -> str:
    """The text without its line breaks."""
    return " ".join(text.split())


def test_the_story_names_what_is_confounded_its_rival_and_the_control() -> None:
    """This is what the channel should have read before it asked for the hosts to be rebooted."""
    text = flat(as_text(compared(story())))
    assert text.startswith("INCONCLUSIVE · split · 10 affected, 10 not, 0 not known")
    assert "agent = bondguard, cluster = A and odd number at the end of the name separate equally" in text
    assert "Odd and even are also what one bad uplink or fabric of two looks like." in text
    assert "A machine with agent = bondguard and without cluster = A, or with cluster = A and without agent" in text
    assert "Find or set up one." in text
    assert "The uplink and fabric over which the frames of each machine go" in text


def test_a_control_of_the_table_is_asked_for_by_its_name() -> None:
    """Then nobody has to set one up."""
    outcome = compared([*story(), machine("app22", None, "A", "esx-a1", "none")])
    first, *rest = look_at(outcome)
    assert first == (
        "app22: is it affected? It has cluster = A, but not agent = bondguard and odd number at the end of the name."
    )
    assert not any("Find or set up one" in sentence for sentence in rest)


def test_a_side_that_stands_alone_says_so_and_what_it_rests_on() -> None:
    """One control decides, so that one has to be right."""
    text = flat(as_text(compared([*story(), machine("app22", True, "B", "esx-b1", "bondguard")])))
    assert text.startswith("GUEST · split · 11 affected, 10 not")
    assert "agent = bondguard separates the affected machines from the others, and nothing else in the table" in text
    assert "cluster = A (hypervisor): 10 of 11 affected, 0 of 10 others; except app22" in text
    assert "app22 once more: it alone speaks against cluster = A" in text


CLUSTERS, AGENTS = ["A"] * 10 + ["B"] * 10, ["x"] * 10 + ["none"] * 10
NEARLY = {
    "agent": ["x"] * 19 + ["none"] + ["none"] * 20,
    "cluster": ["A"] * 18 + ["B"] * 2 + ["B"] * 20,
    "host": ["h1"],
    "fabric": ["f1"],
}


@pytest.mark.parametrize(
    ("rows", "said", "look"),
    [
        pytest.param(
            numbered(10, 10, agent=AGENTS, image=AGENTS, host=["h1"]),
            "agent = x and image = x separate the affected machines from the others",
            None,
            id="two-attributes-of-one-side",
        ),
        pytest.param(
            numbered(10, 10, vlan=[20] * 10 + [10] * 10),
            "vlan = 20 separates, and lies between the network and hypervisor.",
            "Both ends of the vlan: what the network and hypervisor have there, beside a healthy one.",
            id="between-two-teams",
        ),
        pytest.param(
            numbered(10, 10, vlan=[20] * 10 + [10] * 10, host=["h1"] * 10 + ["h2"] * 10),
            "host = h1 and vlan = 20 separate, and all lie between the network and hypervisor.",
            "Both ends of the host: what the network and hypervisor have there",
            id="two-between-two-teams",
        ),
        pytest.param(
            numbered(10, 10, colour=["red"] * 10 + ["blue"] * 10),
            "colour = red separates, and that by itself is nobody's fault.",
            "Whose colour is: begin its column with guest:, network: or hypervisor:.",
            id="nobody's",
        ),
        pytest.param(
            numbered(20, 20, **NEARLY),
            "agent = x and cluster = A separate equally, or so nearly that the machines between them do not decide it.",
            "as once more: it is said to be affected, and has agent = x, but not cluster = A.",
            id="nearly-equal",
        ),
        pytest.param(
            numbered(10, 10, cluster=CLUSTERS),
            "cluster = A separates, but nothing in the table clears the guest and network.",
            "What the machines have of the guest (columns such as agents, role, image): if an affected",
            id="uncontrolled",
        ),
        pytest.param(
            numbered(10, 10, agent=["x"] * 7 + ["?"] * 3 + ["none"] * 10, host=["h1"]),
            "agent = x separates where it is known, but of too many machines it is not.",
            "Whether it is agent = x on ah, ai and aj: that is not known.",
            id="not-known-of-many",
        ),
        pytest.param(
            numbered(10, 10, cluster=CLUSTERS, agent=["x"] * 5 + ["?"] * 5 + ["none"] * 10),
            "cluster = A and agent = x separate equally, as far as they are known.",
            "Whether it is agent = x on af, ag, ah and 2 more: that is not known.",
            id="a-rival-not-known-of-many",
        ),
        pytest.param(
            numbered(2, 2, agent=["x", "x", "none", "none"]),
            "agent = x separates, but of so few machines chance alone would find as much among so many attributes.",
            "More machines: whether they are affected, and what they have.",
            id="chance",
        ),
        pytest.param(
            numbered(10, 10, role=["db", "web"]),
            "No attribute of the table separates the affected machines from the others.",
            "More attributes: uplink, switch port, subnet, and what runs in the guests.",
            id="nothing",
        ),
        pytest.param(
            numbered(6, 24, host=["h1"] * 14 + ["h2"] * 16, vlan=[20] * 6 + [10] * 8 + [20] * 8 + [10] * 8),
            "No attribute of the table separates",
            "Where host = h1 and vlan = 20 meet, as one trunk and a VLAN: all affected machines have both, and none of",
            id="together",
        ),
    ],
)
def test_every_conclusion_has_its_sentence_and_what_to_look_at(rows: list[Row], said: str, look: str | None) -> None:
    """Each ends with something that a person can do."""
    outcome = compared(rows)
    assert any(sentence.startswith(said) for sentence in says(outcome)), list(says(outcome))
    assert look is None or any(sentence.startswith(look) for sentence in look_at(outcome)), list(look_at(outcome))
    assert all(sentence.endswith(".") for sentence in [*says(outcome), *look_at(outcome)])


def test_a_long_list_is_cut_and_says_so() -> None:
    """One affected machine has everything to itself; nobody reads a hundred lines."""
    columns = {f"guest: c{index:02}": [f"v{machine}" for machine in range(40)] for index in range(30)}
    text = flat(as_text(compared(numbered(1, 39, **columns))))
    assert "c00 = v0, c01 = v0, c02 = v0, c03 = v0, c04 = v0, c05 = v0, c06 = v0, c07 = v0 and 22 more separate" in text
    assert text.count("(guest)") == 8
    assert "and 22 more Look at" in text


def test_what_was_not_looked_at_is_said() -> None:
    """A machine that the vCenter does not hold is not dropped in silence."""
    assert "Not looked at - app22: no such VM." in flat(as_text(compared(story()), ("app22: no such VM.",)))


def test_no_value_of_a_table_acts_on_the_terminal() -> None:
    """The file may come from anybody."""
    text = as_text(compared([{**row, "agent": "\x1b[2Jx" if row["affected"] else "\ud800"} for row in story()]))
    assert "\x1b" not in text
    assert text.encode()
