"""The figures of one process, as Prometheus reads them: counted as they happen, or read when somebody asks."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, PlatformCollector, ProcessCollector
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from bot import log
from bot.errors import InstrumentError
from bot.meters import UNREAD, Kind, Measure, Reading

_log = log.get(__name__)

Source = Callable[[], Iterable[Reading]]
"""Reads figures when somebody asks; raises InstrumentError where it cannot, and then they have no sample."""

_Kept = Counter | Gauge | Histogram


class Figures:
    """bot.ports.Meter on prometheus_client, of these measures and no others.

    What has no labels begins at zero, so that the first of a kind is a change that an alert sees. A measure that is
    not among them, or comes with other labels, is a mistake of ours: it is logged, never raised.
    """

    def __init__(self, measures: Sequence[Measure]) -> None:
        self._registry = CollectorRegistry()
        self._kept: dict[str, _Kept] = {
            measure.name: _made(measure, self._registry) for measure in measures if measure.kind is not Kind.READING
        }
        self._asked = _Asked([measure for measure in measures if measure.kind is Kind.READING])
        self._registry.register(self._asked)
        ProcessCollector(registry=self._registry)
        PlatformCollector(registry=self._registry)

    def add(self, measure: Measure, *labels: str, by: float = 1) -> None:
        """So much more."""
        found = self._of(measure, labels)
        if isinstance(found, Counter | Gauge):
            found.inc(by)

    def observe(self, measure: Measure, seconds: float, *labels: str) -> None:
        """One more value; less than nothing, as two clocks that differ may give, counts as nothing."""
        found = self._of(measure, labels)
        if isinstance(found, Histogram):
            found.observe(max(0.0, seconds))

    def read_from(self, sources: Mapping[str, Source]) -> None:
        """Ask these too from now on, whenever the figures are asked for; the names stand in the log."""
        self._asked.sources.update(sources)

    def text(self, accept: str) -> tuple[bytes, str]:
        """All figures as a scraper takes them that sent this Accept header, and the content type."""
        encode, content_type = choose_encoder(accept)
        body: bytes = encode(self._registry)
        return body, content_type

    def _of(self, measure: Measure, labels: tuple[str, ...]) -> _Kept | None:
        found = self._kept.get(measure.name)
        if found is None or len(labels) != len(measure.labels):
            _log.error("figure_not_kept", measure=measure.name, labels=len(labels))
            return None
        return found.labels(*labels) if labels else found


class _Asked(Collector):
    """Asks every source, and counts those that cannot answer."""

    def __init__(self, measures: Sequence[Measure]) -> None:
        self._measures = {measure.name: measure for measure in measures}
        self.sources: dict[str, Source] = {}
        self._troubles: dict[str, str] = {}

    def describe(self) -> Iterable[Metric]:
        """Nothing: else the sources would be asked when this is registered."""
        return ()

    def collect(self) -> Iterator[Metric]:
        families = {name: _family(measure) for name, measure in self._measures.items()}
        unread = 0
        for source, read in tuple(self.sources.items()):
            try:
                readings = tuple(read())
            except InstrumentError as error:
                unread += 1
                self._say(source, str(error))
                continue
            except Exception:  # noqa: BLE001  a bug in one source must not hide the figures of all others
                unread += 1
                _log.exception("figures_broke", source=source)
                continue
            self._troubles.pop(source, None)
            for one in readings:
                families[one.measure.name].add_metric(one.labels, one.value)
        if UNREAD.name in families:
            families[UNREAD.name].add_metric((), unread)
        yield from families.values()

    def _say(self, source: str, reason: str) -> None:
        """Once, and not at every scrape."""
        if self._troubles.get(source) != reason:
            self._troubles[source] = reason
            _log.warning("figures_unread", source=source, reason=reason)


def _family(measure: Measure) -> GaugeMetricFamily:
    return GaugeMetricFamily(measure.name, measure.meaning, labels=measure.labels)


def _made(measure: Measure, registry: CollectorRegistry) -> _Kept:
    if measure.kind is Kind.HISTOGRAM:
        return Histogram(measure.name, measure.meaning, measure.labels, buckets=measure.buckets, registry=registry)
    kind = Counter if measure.kind is Kind.COUNTER else Gauge
    return kind(measure.name, measure.meaning, measure.labels, registry=registry)
