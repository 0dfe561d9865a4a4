"""What a command could not do, as one line for the person who typed it."""

import traceback
from pathlib import Path


class Failed(Exception):
    """The message says what and, where we know, what to do about it."""

    def __init__(self, message: str, *, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


def sentence(error: BaseException) -> str:
    """Return one line about any error; one we did not foresee also says where it happened."""
    text = " ".join(str(error).split())
    if not is_foreseen(error):
        where = traceback.extract_tb(error.__traceback__)
        last = f" ({Path(where[-1].filename).name}:{where[-1].lineno})" if where else ""
        return f"{type(error).__name__}: {text}{last}"
    field, code = getattr(error, "field", None), getattr(error, "code", None)
    said = text if " " in text else str(code or text or type(error).__name__).replace("_", " ")
    return f"{field}: {said}" if field else said


def is_foreseen(error: BaseException) -> bool:
    from server.kit.database_user import CannotStart
    from server.kit.errors import TawasulError
    from server.kit.folder_lock import Taken
    from server.kit.settings import WrongSetting

    return isinstance(error, OSError | CannotStart | TawasulError | Taken | WrongSetting)
