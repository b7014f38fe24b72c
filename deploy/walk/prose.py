"""Commands that the page tells in sentences, not in blocks: a rotation of the master key, as its three points say.

What they call step 2, "all but ``keys new``", is typed as it stands there.
"""

from collections.abc import Iterator, Sequence

from deploy.walk.page import Block

_APPEND = 'echo "$(cat master.keys),$(ruleout keys new)" > both && mv both master.keys'
_LOAD = "install -o redis -g redis -m 600 users.acl /etc/redis/ruleout/ && queue acl load"
_INVITE = "ruleout keys invite prod-1 prod | ruleout enroll --force --to /etc/ruleout/agent.prod-1.env --interface eth0"
_AGENT = "systemctl restart ruleout-agent@prod-1"
_READERS = "systemctl restart ruleout-vcenter@dc1 ruleout-network@dc1"
_BOT = "systemctl restart ruleout-bot && sleep 3"
_BOT_URL = 'echo "rediss://bot:$(ruleout keys password bot)@$QUEUE:6380" > bot.url'
_DOCTOR = "RULEOUT_CASES_DIR=/var/lib/ruleout/cases ruleout --env /etc/ruleout/bot.env doctor bot"

WORDS: Sequence[str] = (
    "In `/etc/ruleout/secrets`, with `umask 077`, append the new one",
    _APPEND,
    "Do step 2 (all but `keys new`)",
    "(`ruleout enroll --force` replaces its file)",
)
"""What of the page is typed here, or read so; where it is not there any more, this file is stale."""


def rotation(page: Sequence[Block]) -> Iterator[Block]:
    """The three points, as blocks."""
    keys = next(block.text for block in page if block.id == "2.1")
    again = [line for line in keys.rstrip("\n").split("\n") if "keys new" not in line and line != "ls"]
    points = (
        ["cd /etc/ruleout/secrets && umask 077", _APPEND, *again, _LOAD, _BOT, _INVITE, _AGENT, _READERS],
        ['IFS=, read -r old new < master.keys && echo "$new,$old" > master.keys', _BOT_URL, _BOT, _DOCTOR],
        ['echo "$new" > master.keys', _INVITE, _AGENT, *again, _READERS, _LOAD, _BOT, _DOCTOR],
    )
    for number, lines in enumerate(points, 1):
        yield Block("Rotation", number, "\n".join((*lines, "")), "")
