"""What a browser shows before the download, and instead of it. No script, no style, nothing from elsewhere."""

import html
from datetime import datetime

from bot.downloads.tickets import Ticket
from bot.model.download import KeptCapture

_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title} · ruleout</title>
<h1>{title}</h1>
{body}
</html>
"""


def offer(ticket: Ticket, kept: KeptCapture) -> str:
    """The page with the button: an address that is merely looked at, by a mail scanner say, must use nothing up."""
    return _page(
        kept.filename,
        f"<p>{kept.size_bytes:,} bytes, case {html.escape(ticket.case)}</p>"
        f"<p><code>{html.escape(kept.digest)}</code></p>"
        f'<form method="post"><button>Download once, until {_moment(ticket.expires_at)}</button></form>',
    )


def refusal(sentence: str) -> str:
    """The page that says why there is nothing to download, and what to do."""
    return _page("No download", f"<p>{html.escape(sentence)}</p>")


def _page(title: str, body: str) -> str:
    return _PAGE.format(title=html.escape(title), body=body)


def _moment(at: datetime) -> str:
    return f"{at:%H:%M:%S} UTC"
