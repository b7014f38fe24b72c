"""Files: the three steps of an upload, and reading them back."""

import asyncio
import mimetypes
import secrets

from deploy.demo.slack.methods import Method
from deploy.demo.slack.methods.chat import content, parent_ts, writable
from deploy.demo.slack.records import BOT_USER, Channel, Json, Message, new_id
from deploy.demo.slack.slack import File, Refused, Slack

PREVIEWED = {"image/png", "image/jpeg", "image/gif", "image/webp"}


def described(slack: Slack, file: File) -> Json:
    """The file as messages and ``files.info`` carry it."""
    mimetype = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    url = f"{slack.address}/files-pri/{file.id}/{file.name}"
    return {
        "id": file.id,
        "name": file.name,
        "title": file.title or file.name,
        "mimetype": mimetype,
        "filetype": file.name.rpartition(".")[2].lower(),
        "size": len(file.data or b""),
        "user": file.user,
        "mode": "hosted",
        "url_private": url,
        "url_private_download": url,
        "previewed": mimetype in PREVIEWED,
        **({"alt_txt": file.alt} if file.alt else {}),
        "shares": file.shares,
        "channels": [channel for places in file.shares.values() for channel in places],
    }


def share(slack: Slack, channel: Channel, files: list[File], user: str, text: str, thread_ts: str | None) -> Message:
    """The message that shows the files in a channel or thread."""
    ts = slack.workspace.new_ts()
    for file in files:
        file.shares.setdefault("public", {})[channel.id] = [
            {"ts": ts, **({"thread_ts": thread_ts} if thread_ts else {})}
        ]
    shown = [described(slack, file) for file in files]
    return slack.workspace.post(channel, Message(ts, channel.id, user, text, thread_ts=thread_ts, files=shown))


def upload_url(slack: Slack, args: Json) -> Json:
    """Step one: where to send the bytes."""
    name, length = str(args.get("filename", "")), str(args.get("length", ""))
    if not name or not length.isdigit() or int(length) == 0:
        raise Refused("invalid_arguments", ["[ERROR] missing required field: filename and length"])
    file = File(new_id("F"), name.replace("/", "_"), int(length), BOT_USER, alt=str(args.get("alt_txt") or ""))
    slack.files[file.id] = file
    return {"upload_url": f"{slack.address}/upload/{file.id}/{secrets.token_urlsafe(12)}", "file_id": file.id}


def complete(slack: Slack, args: Json) -> Json:
    """Step three: share the files. They appear in the channel only after this answer."""
    given = args.get("files")
    if not isinstance(given, list) or not all(isinstance(each, dict) for each in given):
        raise Refused("invalid_arguments", ["[ERROR] missing required field: files"])
    files: list[File] = []
    for each in given:
        file = slack.files.get(str(each.get("id")))
        if file is None or file.data is None:
            raise Refused("file_not_found")
        file.title = each.get("title") or file.name
        files.append(file)
    if args.get("channel_id"):
        channel = writable(slack, {"channel": args["channel_id"]})
        thread_ts = parent_ts(channel, args.get("thread_ts"))
        comment = content({"text": args.get("initial_comment")}, needed=False).get("text", "")
        slack.spawn(_share_later(slack, channel, files, comment, thread_ts))
    return {"files": [described(slack, file) for file in files]}


async def _share_later(slack: Slack, channel: Channel, files: list[File], comment: str, thread_ts: str | None) -> None:
    await asyncio.sleep(slack.timing.share_s)
    share(slack, channel, files, BOT_USER, comment, thread_ts)


def info(slack: Slack, args: Json) -> Json:
    """One file."""
    file = slack.files.get(str(args.get("file", "")))
    if file is None:
        raise Refused("file_not_found")
    return {"file": described(slack, file), "comments": []}


METHODS = {
    "files.getUploadURLExternal": Method(upload_url, "files:write", 4, reads_json=False),
    "files.completeUploadExternal": Method(complete, "files:write", 4, reads_json=False),
    "files.info": Method(info, "files:read", 4, reads_json=False),
}
