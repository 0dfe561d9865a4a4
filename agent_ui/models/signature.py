"""What a person signs answers with."""

from dataclasses import dataclass

from agent_ui.models.chrome import Chrome
from agent_ui.models.common import Reason


@dataclass(frozen=True, slots=True)
class SignatureForm:
    """The signature in either language, as typed; ``name`` signs where there is none.

    ``wrong`` is the field that ``error`` is about.
    """

    name: str
    arabic: str = ""
    english: str = ""
    limit: int = 500
    wrong: str = ""
    error: Reason | None = None
    saved: bool = False


@dataclass(frozen=True, slots=True)
class SignaturePage:
    """The page with its rail."""

    chrome: Chrome
    form: SignatureForm
