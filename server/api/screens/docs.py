"""The API as a page, read from its own description."""

from collections.abc import Iterator, Mapping
from typing import Any

from agent_ui.models.programs import ApiDocs, ApiMember, ApiOperation, ApiParameter, ApiShape

Schema = Mapping[str, Any]


def docs(document: Schema) -> ApiDocs:
    """Build the page of an OpenAPI document."""
    return ApiDocs(
        _plain(document["info"]["description"]),
        tuple(
            _operation(method.upper(), path, operation)
            for path, methods in document["paths"].items()
            for method, operation in methods.items()
        ),
        tuple(
            _shape(name, schema)
            for name, schema in sorted(document["components"]["schemas"].items())
        ),
    )


def _operation(method: str, path: str, one: Schema) -> ApiOperation:
    success = next(
        one["responses"][status] for status in ("200", "201") if status in one["responses"]
    )
    (scope,) = one["security"][0]["token"]
    return ApiOperation(
        one["operationId"],
        method,
        path,
        scope,
        one["summary"],
        _plain(one["description"]),
        tuple(
            ApiParameter(
                given["name"], given["in"], given["required"], _plain(given.get("description", ""))
            )
            for given in one.get("parameters", ())
        ),
        _named(success),
        _named(one["requestBody"]) if "requestBody" in one else "",
    )


def _named(part: Schema) -> str:
    return _name(part["content"]["application/json"]["schema"])


def _name(schema: Schema) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]


def _shape(name: str, schema: Schema) -> ApiShape:
    required = schema.get("required", ())
    return ApiShape(
        name,
        _plain(schema.get("description", "")),
        tuple(
            ApiMember(
                member,
                " or ".join(dict.fromkeys(_kinds(kind))),
                member in required,
                _plain(kind.get("description", "")),
                tuple(dict.fromkeys(_shapes(kind))),
            )
            for member, kind in schema["properties"].items()
        ),
    )


def _kinds(schema: Schema) -> Iterator[str]:
    """Name what a value may be: itself, or what an array is of."""
    for one in schema.get("oneOf", (schema,)):
        if "enum" in one:
            yield from ("null" if value is None else str(value) for value in one["enum"])
        elif "$ref" in one:
            yield "object"
        elif one.get("type") == "array":
            yield f"array of {' or '.join(_kinds(one['items']))}"
        else:
            yield str(one.get("format", one.get("type", "anything")))


def _shapes(schema: Schema) -> Iterator[str]:
    for one in schema.get("oneOf", (schema,)):
        if "$ref" in one:
            yield _name(one)
        elif one.get("type") == "array":
            yield from _shapes(one["items"])


def _plain(text: str) -> str:
    """Return a description without the marks around its names."""
    return text.replace("`", "")
