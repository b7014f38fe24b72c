"""How a table of stories is read: what one finding says about one story."""

from bot import findings
from bot.model.finding import Finding
from tests.bot.story import Story


def said(told: Story, id_: str) -> Finding:
    """The finding with this id on the story, whatever the order of its observations."""
    evidence = told.evidence()
    (found,) = [finding for finding in findings.establish(evidence) if finding.id == id_]
    return found
