"""Handing over what was captured: the story, the picture, and the files where the rules let them into the channel.

Also the picture of the tables on the way, where they were compared. What stands already, because a bot that died had
handed it over, is not made again.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from bot import log
from bot.clerk import Clerk, machines_of
from bot.drawing import path_picture, reach_picture, timeline
from bot.drawing.apart import apart
from bot.errors import InstrumentError
from bot.frames.recording import suffix
from bot.incidents import folds, judging, parts, path_lines, path_words, policy, reach_words, story
from bot.incidents.captured import lost
from bot.incidents.chart import Chart, chart
from bot.model.audit import Deed
from bot.model.incident import Flipped, Incident, Outcome, Watched
from bot.model.job import Artifact
from bot.model.observation import Observation
from bot.model.path import Path
from bot.model.reach import Reach
from bot.model.request import CAPTURE, TRACE, WATCH
from bot.ports import Chat

_log = log.get(__name__)

_PICTURE = "timeline"
_ALT = 1000  # characters that Slack takes of a picture's description


@dataclass(frozen=True, slots=True)
class Handing:
    """What happens between the last report and the end of a capture, and after other ends. Takes its time; no lock."""

    clerk: Clerk
    chat: Chat

    def owes(self, incident: Incident, now: datetime) -> bool:
        """Whether something made of the evidence belongs into the thread of what has ended."""
        return not parts.late(incident, now) and any(True for _ in self._owed(incident, (), {}))

    def finish(self, incident: Incident, seen: tuple[Observation, ...], blobs: Mapping[str, bytes]) -> None:
        """Into the thread of what has ended: everything that belongs there beside the details; then that it is all."""
        for hand in self._owed(incident, seen, blobs):
            try:
                hand()
            except Exception:  # noqa: BLE001  nobody waits for this thread's result, and the card stands already
                _log.exception("handing_over_broke", incident=incident.id)
        self.chat.complete(incident)

    def _owed(
        self, incident: Incident, seen: tuple[Observation, ...], blobs: Mapping[str, bytes]
    ) -> Iterator[Callable[[], None]]:
        closed, path, command = incident.closed, incident.path, incident.request.command
        if closed is None or incident.request.place.channel == policy.TERMINAL:  # which shows none
            return
        if command == CAPTURE and closed.outcome in (Outcome.ANSWERED, Outcome.STOPPED) and folds.captures(incident):
            yield partial(self.hand_over, incident, blobs)
        if incident.reach:
            yield partial(self.hand_reach, incident, incident.reach)
        if command == WATCH:
            yield partial(self.hand_watch, incident, seen)
        # Beside a verdict a picture of tables that agree says nothing new.
        if path and closed.outcome is Outcome.ANSWERED and (command == TRACE or path_words.differing(path)):
            yield partial(self.hand_path, incident, path)

    def tell_flips(self, incident: Incident, flips: Sequence[Flipped]) -> None:
        """Into a watch's thread: what changed in it, all that was found in one moment together."""
        lines = [f"`{one.when:%H:%M:%S}` UTC: {one.says}" for one in flips]
        self.chat.tell(incident, lines, parts.flips(flips[0]))

    def hand_over(self, incident: Incident, blobs: Mapping[str, bytes]) -> None:
        """Into the incident's thread: what it shows, a picture, the files. What fails costs only itself."""
        captured = folds.captures(incident)
        for artifact in () if incident.closed else captured:  # else the bot that ended it has noted it down
            self._note(incident, artifact)
        seen, unreadable = judging.read(folds.artifacts(incident), blobs, incident.address)
        lines = story.tell(incident, seen, captured).lines
        if lines or unreadable:
            self.chat.tell(incident, (*lines, *unreadable), parts.STORY)
        if drawn := chart(incident, seen, captured):
            self._draw(incident, drawn, lines)
        times: Counter[str] = Counter()
        for artifact in captured:
            agent = artifact.vantage.agent
            times[agent] += 1
            again = f"-{times[agent]}" if times[agent] > 1 else ""  # it died, and began anew
            self._upload(incident, artifact, f"{incident.address}-{agent}{again}", blobs.get(artifact.digest))

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
        if parts.stands(incident, parts.file(name)):
            return
        try:
            png = draw()
        except InstrumentError as error:
            _log.warning("picture_not_drawn", incident=incident.id, reason=str(error))
            self.chat.tell(incident, (f"{error} Everything else is here.",), parts.file(name))
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

    def _upload(self, incident: Incident, artifact: Artifact, name: str, data: bytes | None) -> None:
        """``data`` None: they went with the bot that had them."""
        address, wish = incident.address, incident.request.capture
        payload = wish is not None and wish.payload
        assert address is not None, "what has been captured has an address"
        rules, size_bytes = self.clerk.rules, artifact.size_bytes
        if not all(policy.may_upload(rules, machine, size_bytes, payload) for machine in machines_of(incident)):
            return
        agent = artifact.vantage.agent
        if data is None:
            self.chat.tell(incident, (judging.gone(artifact),), parts.file(name))
            return
        filename = f"{name}.{suffix(data)}"
        if parts.stands(incident, parts.file(filename)):
            return
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
            self.chat.tell(incident, (f"{filename} is not shared here. {error}",), parts.file(filename))
            return
        self.chat.attach(incident, filename, data, comment)
