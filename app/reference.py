"""What `/docs` shows, made from the OpenAPI document and the causes of refusal."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, TypedDict
from urllib.parse import quote

from app.problems import all_causes
from app.settings import Settings

ADDRESS = "http://127.0.0.1:8000"
Schema = Mapping[str, Any]  # Any: a JSON document of which we know only parts


class Field(TypedDict):
    """One row of a table of fields."""

    name: str
    type: str
    links: list[str]
    required: bool
    description: str


class Endpoint(TypedDict):
    """One address with one method."""

    anchor: str
    method: str
    path: str
    summary: str
    description: str
    request: list[Field]
    answer: str
    fields: list[Field]
    curl: str


class Model(TypedDict):
    """One object of the answers."""

    name: str
    description: str
    fields: list[Field]


def reference(document: Schema, settings: Settings) -> dict[str, object]:
    """Returns endpoints, models, causes, and limits for the template."""
    schemas: Schema = document["components"]["schemas"]
    return {
        "endpoints": list(endpoints(document, schemas)),
        "models": [model(name, schema) for name, schema in schemas.items()],
        "causes": all_causes(),
        "limits": settings.public(),
    }


def endpoints(document: Schema, schemas: Schema) -> Iterator[Endpoint]:
    """Yields every operation, in the document's order."""
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            asked, curl = request(path, method, operation, schemas)
            answered = referred(
                operation["responses"]["200"]["content"]["application/json"]["schema"]
            )
            yield {
                "anchor": f"{method}-{path.strip('/').replace('/', '-')}",
                "method": method.upper(),
                "path": path,
                "summary": operation["summary"],
                "description": operation["description"],
                "request": asked,
                "answer": answered,
                "fields": fields(schemas[answered]),
                "curl": curl,
            }


def request(path: str, method: str, operation: Schema, schemas: Schema) -> tuple[list[Field], str]:
    """Returns what an operation takes, and a command line that asks it."""
    if "requestBody" in operation:
        name = referred(operation["requestBody"]["content"]["application/json"]["schema"])
        body = json.dumps(schemas[name]["examples"][0])
        curl = f"curl {ADDRESS}{path} -H 'Content-Type: application/json' -d '{body}'"
        return fields(schemas[name]), curl
    parameters = operation.get("parameters", [])
    given = [
        f"{p['name']}={quote(p['schema']['examples'][0], safe='')}"
        for p in parameters
        if "examples" in p["schema"]
    ]
    query = f"?{'&'.join(given)}" if given else ""
    return [field(p["name"], p["schema"], required=p["required"]) for p in parameters], (
        f"curl '{ADDRESS}{path}{query}'"
    )


def model(name: str, schema: Schema) -> Model:
    """Returns one object with its fields; what is no object says its type."""
    described = schema.get("description", "")
    if "properties" not in schema:
        described = f"{described} {type_text(schema).capitalize()}.".strip()
    return {"name": name, "description": described, "fields": fields(schema)}


def fields(schema: Schema) -> list[Field]:
    """Returns the fields of an object."""
    required = schema.get("required", ())
    return [
        field(name, property_, required=name in required)
        for name, property_ in schema.get("properties", {}).items()
    ]


def field(name: str, schema: Schema, *, required: bool) -> Field:
    """Returns one field."""
    return {
        "name": name,
        "type": type_text(schema),
        "links": sorted(set(linked(schema))),
        "required": required,
        "description": schema.get("description", ""),
    }


def type_text(schema: Schema) -> str:
    """Returns a type in a few words: "list of Node, or null"."""
    if "$ref" in schema:
        return referred(schema)
    if schema.get("title") == "Given":
        return "number, nested list, or {shape, fill, seed, scale}"
    if "anyOf" in schema:
        return ", or ".join(dict.fromkeys(type_text(option) for option in schema["anyOf"]))
    if "const" in schema:
        return json.dumps(schema["const"])
    if "enum" in schema:
        return " | ".join(json.dumps(option) for option in schema["enum"])
    kind = schema.get("type", "any")
    if kind == "array":
        return f"list of {type_text(schema['items'])}" if schema.get("items") else "list"
    if kind == "object" and isinstance(schema.get("additionalProperties"), Mapping):
        return f"name → {type_text(schema['additionalProperties'])}"
    return str(kind)


def linked(schema: Schema) -> Iterator[str]:
    """Yields the names of the models that a type mentions."""
    if "$ref" in schema:
        yield referred(schema)
    for option in schema.get("anyOf", ()):
        yield from linked(option)
    for inner in (schema.get("items"), schema.get("additionalProperties")):
        if isinstance(inner, Mapping):
            yield from linked(inner)


def referred(schema: Schema) -> str:
    """Returns the name that a reference ends in."""
    return str(schema["$ref"].rsplit("/", 1)[-1])
