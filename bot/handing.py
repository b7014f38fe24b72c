"""Handing over what was captured: the story, the picture, and the files where the rules let them into the channel.

Also the picture of the tables on the way, where they were compared.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from bot import log
from bot.clerk import Clerk, machines_of
from bot.drawing import path_picture, reach_picture, timeline
from bot.drawing.apart import apart
from bot.errors import InstrumentError
from bot.frames.recording import suffix
from bot.incidents import folds, judging, path_lines, path_words, policy, reach_words, story
from bot.incidents.captured import lost
from bot.incidents.chart import Chart, chart
from bot.incidents.policy import TERMINAL
from bot.model.audit import Deed
from bot.model.incident import Incident, Outcome, Watched
from bot.model.job import Artifact
from bot.model.observation import Observation
from bot.model.path import Path
from bot.model.reach import Reach
from bot.model.request import TRACE, WATCH
from bot.ports import Chat

_log = log.get(__name__)

_PICTURE = "timeline"
_ALT = 1000  # characters that Slack takes of a picture's description


@dataclass(frozen=True, slots=True)
class Handing:
    """What happens between the last report and the end of a capture. Takes its time; holds no lock."""

    clerk: Clerk
    chat: Chat

    def hand_over(self, incident: Incident, blobs: Mapping[str, bytes]) -> None:
        """Into the incident's thread: what it shows, a picture, the files. What fails costs only itself."""
        captured = folds.captures(incident)
        for artifact in captured:
            self._note(incident, artifact)
        seen, unreadable = judging.read(folds.artifacts(incident), blobs, incident.address)
        lines = story.tell(incident, seen, captured).lines
        if lines or unreadable:
            self.chat.tell(incident, (*lines, *unreadable))
        if drawn := chart(incident, seen, captured):
            self._draw(incident, drawn, lines)
        for artifact in captured:
            self._upload(incident, artifact, blobs[artifact.digest])

    def pictures(self, incident: Incident, seen: tuple[Observation, ...]) -> Iterator[Callable[[], None]]:
        """What draws the pictures that follow the card of an incident that has ended, each to be run apart.

        ``seen`` are its observations. A terminal shows none.
        """
        if incident.request.place.channel == TERMINAL:
            return
        if incident.reach:
            yield partial(_drawn, "reach", incident, partial(self.hand_reach, incident, incident.reach))
        if incident.request.command == WATCH:
            yield partial(_drawn, "watch", incident, partial(self.hand_watch, incident, seen))
        path, answered = incident.path, incident.closed and incident.closed.outcome is Outcome.ANSWERED
        asked = incident.request.command == TRACE  # beside a verdict a picture of tables that agree says nothing new
        if path is not None and answered and (asked or path_words.differing(path)):
            yield partial(_drawn, "path", incident, partial(self.hand_path, incident, path))

    def hand_watch(self, incident: Incident, seen: tuple[Observation, ...]) -> None:
        """Into the incident's thread: the watched machine over time."""
        if drawn := chart(incident, seen, folds.artifacts(incident)):
            told = [event for event in incident.timeline if isinstance(event, Watched)]
            self._draw(incident, drawn, told[-1].says if told else ())

    def hand_path(self, incident: Incident, path: Path) -> None:
        """Into the incident's thread: the picture of what the tables on the way hold."""
        alt, comment = path_lines.described(path), f"What the tables on the way hold for {path.target}."
        self._attach(incident, f"{path.target}-tables.png", lambda: apart(path_picture.draw, path), comment, alt)

    def hand_reach(self, incident: Incident, reach: Reach) -> None:
        """Into the incident's thread: the heat map of a comparison."""
        comment = "Every machine as every place hears it."
        self._attach(
            incident, "reach.png", lambda: apart(reach_picture.draw, reach), comment, reach_words.described(reach)
        )

    def _draw(self, incident: Incident, drawn: Chart, lines: tuple[str, ...]) -> None:
        alt = f"Who claimed {incident.address} when, at each vantage. {' '.join(lines)}"
        comment = f"{incident.address} over time, as each vantage saw it."
        self._attach(incident, f"{incident.address}-{_PICTURE}.png", lambda: apart(timeline.draw, drawn), comment, alt)

    def _attach(self, incident: Incident, name: str, draw: Callable[[], bytes], comment: str, alt: str) -> None:
        try:
            png = draw()
        except InstrumentError as error:
            _log.warning("picture_not_drawn", incident=incident.id, reason=str(error))
            self.chat.tell(incident, (f"{error} Everything else is here.",))
            return
        alt = alt.replace("`", "")
        alt = alt if len(alt) <= _ALT else f"{alt[: _ALT - 1]}…"
        self.chat.attach(incident, name, png, comment, alt)

    def _note(self, incident: Incident, artifact: Artifact) -> None:
        self.clerk.note(
            Deed.CAPTURED,
            incident=incident.id,
            place=incident.request.place,
            rule=artifact.incomplete,
            agent=artifact.vantage.agent,
            size_bytes=artifact.size_bytes,
            dropped=artifact.dropped,
            digest=artifact.digest,
        )

    def _upload(self, incident: Incident, artifact: Artifact, data: bytes) -> None:
        address, wish = incident.address, incident.request.capture
        payload = wish is not None and wish.payload
        assert address is not None, "what has been captured has an address"
        rules, size_bytes = self.clerk.rules, artifact.size_bytes
        if not all(policy.may_upload(rules, machine, size_bytes, payload) for machine in machines_of(incident)):
            return
        agent = artifact.vantage.agent
        filename = f"{address}-{agent}.{suffix(data)}"
        comment = f"{agent}: {artifact.size_bytes} bytes, {lost((artifact,))}, {artifact.digest}"
        try:
            self.clerk.record(
                Deed.UPLOADED,
                incident=incident.id,
                place=incident.request.place,
                agent=agent,
                size_bytes=artifact.size_bytes,
                dropped=artifact.dropped,
                digest=artifact.digest,
            )
        except InstrumentError as error:
            self.chat.tell(incident, (f"{filename} is not shared here. {error}",))
            return
        self.chat.attach(incident, filename, data, comment)


def _drawn(picture: str, incident: Incident, draw: Callable[[], None]) -> None:
    try:
        draw()
    except Exception:  # noqa: BLE001  nobody waits for this thread's result, and the card stands already
        _log.exception("picture_broke", incident=incident.id, picture=picture)
