"""What the page of /worksheet is rendered with: whose circuit it is, and where its other side is."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

import orjson

from app.document import script_safe
from app.problems import NOT_FOUND, Problem, Refusal, from_engine
from app.wire.gallery import Example
from engine.errors import BadInput
from engine.families import FAMILIES, MOST_SEED, program


def worksheet_context(path: str, query: Mapping[str, str], example: Example) -> dict[str, object]:
    """Returns the template's context. Values and gradients are not in it: the page asks for them where it needs them.

    Args:
        path: of the page.
        query: `family` and `seed` draw a program; `key=1` is the key.
        example: the circuit where no family is asked for; the page's link may hold another.

    Raises:
        Refusal: for a family that there is not, or a seed that is none.
    """
    family, key = query.get("family"), query.get("key") == "1"
    seed = seed_of(query.get("seed", "0"))
    opening = example.model_dump(
        include={"title", "source", "inputs", "output", "wrt"}, exclude_none=True
    )
    if family is not None:
        try:
            found = program(family, seed)
        except BadInput as error:
            raise Refusal(from_engine(error)) from error
        opening = {"title": found.title, "source": found.source, "inputs": found.inputs}
    drawn = {} if family is None else {"family": family, "seed": str(seed)}
    other = urlencode(drawn if key else {**drawn, "key": "1"})
    return {
        "opening": opening,
        "opening_json": script_safe(orjson.dumps(opening)),
        "families": families(),
        "family": family,
        "seed": seed,
        "next_seed": (seed + 1) % (MOST_SEED + 1),
        "key": key,
        "other": f"{path}?{other}" if other else path,
    }


def families() -> list[tuple[str, str]]:
    """Returns the name of each family, and what it practises."""
    return [(name, title) for name, (title, _) in FAMILIES.items()]


def seed_of(text: str) -> int:
    """Returns a seed.

    Raises:
        Refusal: for what is no whole number of at most six digits.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(MOST_SEED))):
        raise Refusal(
            Problem(NOT_FOUND, "This seed is none.", hint=f"A whole number from 0 to {MOST_SEED}.")
        )
    return int(text)
