"""The topic model in use: the newest file that can be read, looked for again now and then.

A model that is missing or damaged stops nothing: rules and keywords go on without it.
"""

import time
from pathlib import Path
from typing import TYPE_CHECKING

from prometheus_client import Counter

from server.kit import log
from server.kit.settings import settings

if TYPE_CHECKING:
    from routing import TopicModel

LOOK_EVERY = 5.0
KEPT = 3

_log = log.get(__name__)
_damaged = Counter("tawasul_topic_models_damaged_total", "Topic model files that could not be read")
_in_use: dict[Path, "TopicModel | None"] = {}
_looked: dict[Path, float] = {}
_sound: dict[Path, tuple[tuple[int, int], bool]] = {}


def folder() -> Path:
    """Return where the versions lie."""
    return settings().data_dir / "models"


def versions() -> list[Path]:
    """Return the versions, the newest first."""
    return sorted(folder().glob("topics-*.npz"), reverse=True)


def current() -> "TopicModel | None":
    """Return the newest model that can be read, if there is one."""
    home = folder()
    if time.monotonic() - _looked.get(home, -LOOK_EVERY) < LOOK_EVERY:
        return next(
            (model for path, model in _in_use.items() if path.parent == home and model), None
        )
    _looked[home] = time.monotonic()
    found = versions()
    for gone in [path for path in _in_use if path not in found]:
        del _in_use[gone]
    for path in found:
        if (model := _read(path)) is not None:
            for other in [other for other in _in_use if other != path and _in_use[other]]:
                del _in_use[other]
            return model
    return None


def tell(text: str) -> tuple[int, float] | None:
    """Return the topic of a text with its probability; nothing when the model is not sure enough."""
    model = current()
    chosen = model.choose(text) if model is not None else None
    return None if chosen is None else (int(chosen[0]), chosen[1])


def stands(name: str) -> bool:
    """Tell whether the file of a version is there and sound; it is read again only when it has changed."""
    from routing import DamagedModel, TopicModel

    path = folder() / name
    try:
        found = path.stat()
    except OSError:
        return False
    seen = (found.st_mtime_ns, found.st_size)
    if path not in _sound or _sound[path][0] != seen:
        try:
            TopicModel.load(path)
        except DamagedModel:
            _sound[path] = (seen, False)
        else:
            _sound[path] = (seen, True)
    return _sound[path][1]


def forget() -> None:
    """Look again at the next question."""
    _looked.clear()


def _read(path: Path) -> "TopicModel | None":
    if path not in _in_use:
        from routing import DamagedModel, TopicModel

        try:
            _in_use[path] = TopicModel.load(path)
        except DamagedModel as error:
            _in_use[path] = None
            _damaged.inc()
            _log.error("topic model cannot be read", path=path.name, error=str(error)[:200])
    return _in_use[path]
