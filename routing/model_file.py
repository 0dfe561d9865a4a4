"""A topic model as one file: arrays and JSON, never a pickle, written whole or not at all."""

import io
import json
import os
import zipfile
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from routing.errors import DamagedModel
from routing.features import KINDS
from routing.parts import Network, Parts, check

_FORMAT: Final = 2
# A model of 500 topics and the most pieces we keep stays well below; anything larger is not ours.
_LARGEST_FILE: Final = 1 << 30


def save(parts: Parts, path: str | os.PathLike[str]) -> None:
    """Write the file beside its place, then put it there."""
    about = {
        "format": _FORMAT,
        "topics": parts.topics,
        "kinds": parts.kinds,
        "vocabulary": parts.vocabulary,
        "temperature": parts.temperature,
        "threshold": parts.threshold,
        "share": parts.share,
        "report": parts.report,
    }
    arrays: dict[str, NDArray[Any]] = {
        "about": np.frombuffer(json.dumps(about).encode(), dtype=np.uint8),
        "idf": parts.idf,
        "weights": parts.weights,
        "bias": parts.bias,
    }
    if parts.network is not None:
        arrays |= parts.network._asdict()
    target = Path(path)
    unfinished = target.with_name(f"{target.name}.unfinished")
    with unfinished.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(target)


def load(path: str | os.PathLike[str]) -> Parts:
    """Read a saved model, or raise `DamagedModel` saying what is wrong with the file."""
    try:
        parts = _read(Path(path))
        check(parts)
    except FileNotFoundError as error:
        raise DamagedModel(f"there is no topic model at {path}") from error
    except (
        OSError,
        ValueError,
        KeyError,
        TypeError,
        EOFError,
        zipfile.BadZipFile,
        NotImplementedError,
    ) as error:
        raise DamagedModel(f"the topic model at {path} cannot be read: {error!s:.200}") from error
    return parts


def _read(path: Path) -> Parts:
    blob = path.read_bytes()
    with zipfile.ZipFile(io.BytesIO(blob)) as archive:
        if sum(member.file_size for member in archive.infolist()) > _LARGEST_FILE:
            raise ValueError("it is larger than any model of ours")
    with np.load(io.BytesIO(blob), allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    about = json.loads(arrays["about"].tobytes())
    if about["format"] != _FORMAT:
        raise ValueError(f"its format is {about['format']!r:.40}, ours is {_FORMAT}")
    network = Network(*(arrays[name] for name in Network._fields)) if "inner" in arrays else None
    return Parts(
        topics=tuple(about["topics"]),
        kinds=tuple(map(float, about["kinds"])),
        vocabulary={kind: tuple(about["vocabulary"][kind]) for kind in KINDS},
        idf=arrays["idf"],
        weights=arrays["weights"],
        bias=arrays["bias"],
        temperature=float(about["temperature"]),
        threshold=float(about["threshold"]),
        report=about["report"],
        network=network,
        share=float(about["share"]),
    )
