"""What can go wrong on purpose; the class says what to answer, the code says what it was."""


class TawasulError(Exception):
    """Something a person can understand and act on. ``code`` is stable and translated on screen."""

    status = 500
    code = "error"


class NotFound(TawasulError):
    """It does not exist, or not for this person: the two must look the same."""

    status = 404
    code = "not_found"


class Forbidden(TawasulError):
    """Seeing is allowed to this person, doing is not."""

    status = 403
    code = "forbidden"


class Invalid(TawasulError):
    """What was sent cannot be used; ``field`` names where."""

    status = 422
    code = "invalid"

    def __init__(self, code: str, *, field: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.field = field


class Conflict(TawasulError):
    """Something happened meanwhile that matters."""

    status = 409
    code = "conflict"
