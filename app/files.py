"""Static files that a browser may keep but always asks about, so that no module is ever stale."""

from __future__ import annotations

import hashlib
import os
from functools import lru_cache
from pathlib import Path

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response
from starlette.staticfiles import NotModifiedResponse, StaticFiles
from starlette.types import Scope

SERVED = ("css", "js", "vendor", "img")
"""The folders of static/ that hold more than manifests."""

MEDIA_TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".json": "application/json",
    ".map": "application/json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".woff2": "font/woff2",
}
"""The same on every machine; Python's own table reads the system's."""


def web_root() -> Path:
    """Returns the folder of templates/ and static/: inside an installed wheel, else the repository."""
    installed = Path(__file__).parent / "_web"
    return installed if installed.is_dir() else Path(__file__).parent.parent


class Files(StaticFiles):
    """Serves the folders of SERVED with a digest of the content as ETag."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Returns a file, or raises 404 for what is none or not meant for browsers."""
        if path.split(os.sep)[0] not in SERVED:
            raise HTTPException(404)
        return await super().get_response(path, scope)

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        """Returns a file, or 304 when the browser has this very content."""
        response = FileResponse(
            full_path,
            status_code,
            media_type=MEDIA_TYPES.get(os.path.splitext(full_path)[1], "application/octet-stream"),
            stat_result=stat_result,
        )
        response.headers["ETag"] = digest(
            str(full_path), stat_result.st_mtime_ns, stat_result.st_size
        )
        response.headers["Cache-Control"] = "no-cache"
        # A build may give every file the same time: only the content says what changed.
        del response.headers["Last-Modified"]
        if self.is_not_modified(response.headers, Headers(scope=scope)):
            return NotModifiedResponse(response.headers)
        return response


@lru_cache(maxsize=1024)
def digest(path: str, changed: int, size: int) -> str:
    """Returns the ETag of a file's content; `changed` and `size` only say when to read it again."""
    return etag(Path(path).read_bytes())


def etag(content: bytes) -> str:
    """Returns the ETag of some content."""
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'
