"""Questions by mention, above all in threads."""

from bot.errors import RequestError
from bot.model.request import Person, Place
from tests.handlers.stage import mention, on_stage


def test_asked_in_a_thread_it_is_answered_in_that_thread() -> None:
    """Slack has no slash commands in threads, which is where incidents are discussed."""
    with on_stage() as stage:
        stage.send(mention("hey <@UBOT>: arpcheck 10.0.0.5", thread_ts="1.0"))
        stage.finish()
        assert stage.coordinator.asked == [("ask", "arpcheck", "10.0.0.5", Person("T1", "U7"), Place("C1", "1.0"))]


def test_a_slash_typed_after_the_mention_is_forgiven() -> None:
    """Who tried the command in a thread first will paste it as it was."""
    with on_stage() as stage:
        stage.send(mention("<@UBOT|ruleout> /arpcheck app&amp;db"))
        stage.finish()
        assert stage.coordinator.asked[0][1:3] == ("arpcheck", "app&db")


def test_the_team_is_the_askers_own_in_a_shared_channel() -> None:
    """The installed team's rights must not be lent to a guest of another company."""
    with on_stage() as stage:
        stage.send(mention("<@UBOT> arpcheck 10.0.0.5", shared=True, user_team="T999"))
        stage.finish()
        assert stage.coordinator.asked[0][3] == Person("T999", "U7")


def test_an_unknown_team_is_refused_in_a_whisper() -> None:
    """From a connected Enterprise Grid the team cannot be known, so nothing may be done."""
    with on_stage() as stage:
        stage.send(mention("<@UBOT> arpcheck 10.0.0.5", shared=True, user_team="E1", thread_ts="1.0"))
        stage.finish()
        assert stage.coordinator.asked == []
        assert [(w["user"], w["thread_ts"]) for w in stage.whispers()] == [("U7", "1.0")]


def test_a_refusal_is_whispered_where_it_was_asked() -> None:
    """The thread stays readable."""
    with on_stage(RequestError("No agent stands there.")) as stage:
        stage.send(mention("<@UBOT> arpcheck 10.9.9.9"))
        stage.finish()
        assert [(w["channel"], w["user"], w["text"]) for w in stage.whispers()] == [
            ("C1", "U7", "No agent stands there.")
        ]


def test_a_redelivered_event_asks_once() -> None:
    """Slack sends an event again when our acknowledgement was lost, with the same event id."""
    with on_stage() as stage:
        for _ in range(3):
            assert stage.send(mention("<@UBOT> arpcheck 10.0.0.5", event_id="Ev7")).status == 200
        stage.finish()
        assert len(stage.coordinator.asked) == 1


def test_the_incident_is_named_after_the_event() -> None:
    """A bot that died of it may have begun it; the next one, told again, begins nothing else."""
    with on_stage() as stage:
        for event_id, words in (
            ("Ev1", "arpcheck 10.0.0.5"),
            ("Ev2", "arpcheck 10.0.0.5"),
            ("Ev3", "capture 10.0.0.5"),
        ):
            stage.send(mention(f"<@UBOT> {words}", event_id=event_id))
        names = [name for name in stage.coordinator.names if name and name.startswith("inc-")]
        assert len(set(names)) == 3
    with on_stage() as other:
        other.send(mention("<@UBOT> arpcheck 10.0.0.5", event_id="Ev1"))
        assert other.coordinator.names == names[:1]


def test_another_bot_is_not_answered() -> None:
    """Two bots that explain themselves to each other would never end."""
    with on_stage() as stage:
        stage.send(mention("<@UBOT> arpcheck 10.0.0.5", bot_id="B999"))
        stage.send(mention("<@UBOT> hello", bot_id="B999", event_id="Ev2"))
        stage.finish()
        assert (stage.coordinator.asked, stage.whispers()) == ([], [])


def test_a_bug_in_a_mention_is_whispered_with_a_reference() -> None:
    """Events are acknowledged before they run, so nothing else would reach the asker."""
    with on_stage(ZeroDivisionError("boom")) as stage:
        stage.send(mention("<@UBOT> arpcheck 10.0.0.5"))
        stage.finish()
        assert "ref-" in stage.whispers()[0]["text"]
