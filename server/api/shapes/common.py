"""What several answers of the API are made of."""

from typing import Annotated

from msgspec import Meta, Struct

Id = Annotated[
    str,
    Meta(pattern=r"^[0-9]{1,19}$", description="An id; a string of digits.", examples=["1024"]),
]


class Names(Struct, frozen=True):
    """What something is called in Arabic and in English."""

    ar: Annotated[str, Meta(examples=["تجديد جواز السفر"])]
    en: Annotated[str, Meta(examples=["Passport renewal"])]


class Named(Struct, frozen=True):
    """Something with an id and a name in both languages."""

    id: Id
    name: Names


class Person(Struct, frozen=True):
    """Somebody who works here."""

    id: Id
    name: str


class Wrong(Struct, frozen=True):
    """A field, and a code that says what is wrong with it."""

    field: str
    code: str


class Problem(Struct, frozen=True, omit_defaults=True):
    """What went wrong (RFC 9457); `code` stays the same from version to version."""

    type: str
    title: str
    status: int
    code: str
    errors: tuple[Wrong, ...] = ()
    newer_seqs: tuple[int, ...] = ()
    merged_into: str = ""
    scope: str = ""
