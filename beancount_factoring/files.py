"""Files written whole or not at all, one or several."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path


def write_whole(path: Path, content: str | bytes) -> None:
    r"""Write a file so that it is either complete and new, or as it was.

    The content goes to a temporary file in the same folder, which then replaces `path`; a file
    that stood there keeps its permissions. Text is UTF-8 with `\\n` line ends.
    """
    write_together({path: content})


def write_together(contents: Mapping[Path, str | bytes]) -> None:
    """Write several files: all of them, in the order given, or none.

    All are complete beside their places before the first is put there. Where one cannot be put,
    those before it are as they were: name last the file that makes the others count.
    """
    staged: list[tuple[Path, Path]] = []
    undo: dict[Path, bytes | None] = {}
    try:
        for path, content in contents.items():
            staged.append((_stage(path.resolve(), content), path.resolve()))
        for temporary, target in staged:
            if len(staged) > 1:
                undo[target] = target.read_bytes() if target.exists() else None
            temporary.replace(target)
    except BaseException:
        put_back(undo)
        for temporary, _target in staged:
            temporary.unlink(missing_ok=True)
        raise


def put_back(before: Mapping[Path, bytes | None]) -> None:
    """Give files the content that they had, the last one first; what was not there goes."""
    for path, content in reversed(list(before.items())):
        if content is None:
            path.unlink(missing_ok=True)
        elif path.read_bytes() != content:
            _stage(path, content).replace(path)


def _stage(target: Path, content: str | bytes) -> Path:
    """Write what is to replace a file beside it, with its permissions; return where it is."""
    data = content.encode() if isinstance(content, str) else content
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        mode = target.stat().st_mode & 0o7777 if target.exists() else 0o666 & ~_umask()
        temporary.chmod(mode)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def _umask() -> int:
    """Return the process's mask of permissions, which can only be read by setting it."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
