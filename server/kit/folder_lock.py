"""One process at a time may own a data folder; the kernel forgets the lock when its owner dies."""

import fcntl
import os
from pathlib import Path


class Taken(Exception):
    """Another process holds the lock; ``holder`` is its id, if it wrote one."""

    def __init__(self, path: Path, holder: str) -> None:
        super().__init__(f"{path.parent} is in use by process {holder or 'unknown'}")
        self.holder = holder


class FolderLock:
    """Held from construction until :meth:`release` or the end of the process."""

    def __init__(self, path: Path) -> None:
        self._file: int | None = None
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.read(file, 32).decode("ascii", "replace").strip()
            os.close(file)
            raise Taken(path, holder) from error
        os.ftruncate(file, 0)
        os.write(file, f"{os.getpid()}\n".encode())
        self._file = file

    def release(self) -> None:
        """Give the folder free; a second time does nothing."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
