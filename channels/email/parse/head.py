"""The headers of one mail, decoded when asked for."""

from channels.email.parse import addresses, ids, limits, words
from channels.message import Party


class Head:
    """Looks headers up by lower-case name, each decoded once; the topmost wins where it matters."""

    def __init__(self, headers: list[tuple[str, bytes]]) -> None:
        self._texts: dict[str, str | None] = {}
        self._parties: dict[str, tuple[Party, ...]] = {}
        self._values: dict[str, list[bytes]] = {}
        for name, value in headers:
            self._values.setdefault(name, []).append(value)
        self.sender = self._sender()

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def first(self, name: str) -> bytes | None:
        found = self._values.get(name)
        return found[0] if found else None

    def text(self, name: str) -> str | None:
        """Decode the first header of that name that is not empty."""
        if name not in self._texts:
            decoded = map(words.text, self._values.get(name, ()))
            self._texts[name] = next((text for text in decoded if text), None)
        return self._texts[name]

    def all(self, name: str) -> tuple[str, ...]:
        return tuple(words.text(value) for value in self._values.get(name, ()))

    def parties(self, name: str) -> tuple[Party, ...]:
        """Read every address header of that name as one list."""
        if name not in self._parties:
            found = [
                party
                for value in self._values.get(name, ())
                for party in addresses.parse(value, encoded_whole=name in ("to", "cc"))
            ]
            self._parties[name] = tuple(found[: limits.ADDRESSES])
        return self._parties[name]

    @property
    def subject(self) -> str | None:
        return self.text("subject")

    @property
    def message_id(self) -> str | None:
        return ids.one(self.text("message-id"))

    def _sender(self) -> Party | None:
        """Give the author; `Sender` stands in only where nobody signs as author."""
        for name in ("from", "sender"):
            parties = self.parties(name)
            usable = [party for party in parties if party.address]
            if parties:
                return usable[0] if usable else parties[0]
        return None
