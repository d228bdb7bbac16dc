"""Files: their ids, their download links, and how a message describes them."""

from __future__ import annotations

import hashlib
import mimetypes

from bot.standin.clock import Clock
from bot.standin.ids import Ids
from bot.standin.model import StoredFile
from bot.standin.problems import JSON, bad_request

MOST_DOWNLOAD = 20 * 1024 * 1024
MOST_UPLOAD = 50 * 1024 * 1024
LINK_LIFE = 3600
FOLDERS = {
    "voice": "voice", "photo": "photos", "video": "videos", "audio": "music", "video_note": "video_notes",
    "document": "documents", "sticker": "stickers",
}  # fmt: skip
MIME = {
    "voice": "audio/ogg", "photo": "image/jpeg", "video": "video/mp4", "audio": "audio/mpeg",
    "video_note": "video/mp4", "sticker": "image/webp",
}  # fmt: skip
FILE_KINDS = frozenset(FOLDERS)


class Files:
    """Every file of this Telegram, in memory."""

    def __init__(self, clock: Clock, ids: Ids) -> None:
        self._clock = clock
        self._ids = ids
        self._by_id: dict[str, StoredFile] = {}
        self._by_path: dict[str, StoredFile] = {}

    def keep(self, kind: str, name: str, data: bytes, *, size: int | None = None) -> StoredFile:
        """Store a file; `size` may claim more than the bytes there are, for tests of large files."""
        ending = (
            name.rpartition(".")[2] if "." in name else (mimetypes.guess_extension(MIME.get(kind, "")) or "")
        )
        path = f"{FOLDERS[kind]}/file_{len(self._by_id)}.{ending.lstrip('.') or 'bin'}"
        mime = MIME.get(kind) or mimetypes.guess_type(name)[0] or "application/octet-stream"
        unique = hashlib.sha256(data + name.encode()).hexdigest()[:15]
        file = StoredFile(
            f"{kind[:2].upper()}{self._ids.letters(48)}",
            unique,
            kind,
            name,
            mime,
            data,
            size or len(data),
            path,
        )
        self._by_id[file.id] = file
        self._by_path[path] = file
        return file

    def find(self, file_id: str) -> StoredFile | None:
        """Return the file of an id."""
        return self._by_id.get(file_id)

    def open_link(self, file: StoredFile) -> JSON:
        """Make the download link good for an hour and return the Bot API's File.

        Source: Bot API, getFile; Client.h:71 (20 MB).
        """
        if file.size > MOST_DOWNLOAD:
            raise bad_request("file is too big")
        file.link_until = self._clock.now() + LINK_LIFE
        return {**reference(file), "file_path": file.path}

    def download(self, path: str) -> StoredFile | None:
        """Return a file whose link is still good."""
        file = self._by_path.get(path)
        return file if file is not None and file.link_until > self._clock.now() else None


def reference(file: StoredFile) -> JSON:
    """Return the fields that every kind of file has."""
    return {"file_id": file.id, "file_unique_id": file.unique_id, "file_size": file.size}


def describe(file: StoredFile, told: JSON) -> JSON:
    """Return the message content for a file, with what its sender told of it (duration, width ...)."""
    base = reference(file)
    if file.kind == "photo":
        return {"photo": [{**base, "width": 640, "height": 480}]}
    if file.kind == "voice":
        body = {**base, "duration": told.get("duration", 1), "mime_type": file.mime_type}
    elif file.kind == "audio":
        body = {
            **base,
            "duration": told.get("duration", 1),
            "mime_type": file.mime_type,
            "file_name": file.name,
        }
        body |= {key: told[key] for key in ("performer", "title") if key in told}
    elif file.kind == "video":
        size = {"width": told.get("width", 640), "height": told.get("height", 480)}
        body = {
            **base,
            **size,
            "duration": told.get("duration", 1),
            "mime_type": file.mime_type,
            "file_name": file.name,
        }
    elif file.kind == "video_note":
        body = {**base, "length": told.get("length", 240), "duration": told.get("duration", 1)}
    elif file.kind == "sticker":
        flags = {"is_animated": False, "is_video": False, "type": "regular"}
        body = {**base, **flags, "width": 512, "height": 512, "emoji": told.get("emoji", "🙂")}
    else:
        body = {**base, "file_name": file.name, "mime_type": file.mime_type}
    return {file.kind: body}
