"""The wire format of /api/code: a script that computes the gradients."""

from __future__ import annotations

from typing import Literal

import orjson
from pydantic import Field

from app.wire.exact import Exact
from app.wire.program import PassRequest, node_id
from engine.errors import TooLarge
from engine.script import Script


class CodeRequest(PassRequest):
    """A program, and what its script is to be written in."""

    target: Literal["numpy", "torch", "jax"] = Field(
        default="numpy",
        description="numpy: forward and backward line by line; torch, jax: forward, and their autodiff.",
    )


class CodeLine(Exact):
    """What one line of a script is about."""

    line: int = Field(description="Counted from 1.")
    node: str | None = Field(description="null for an input that the program does not use.")
    phase: Literal["forward", "backward"]


class CodeAnswer(Exact):
    """A script that computes a program's gradients and prints them."""

    code: str
    gradients: dict[str, str] = Field(description="Each name of wrt -> its gradient's name there.")
    lines: list[CodeLine] = Field(
        description="Every line but imports, comments and empty lines, in order."
    )


def code_bytes(script: Script, most: int) -> bytes:
    """Returns a script as the contract's JSON.

    Raises:
        TooLarge: when the answer has more than `most` bytes: every number of the inputs stands in a script.
    """
    answer = orjson.dumps(
        {
            "code": script.code,
            "gradients": script.gradients,
            "lines": [
                {"line": number, "node": node_id(line.node), "phase": line.phase}
                for number, line in enumerate(script.lines, start=1)
                if line.phase
            ],
        }
    )
    if len(answer) > most:
        raise TooLarge(
            f"The script would have {len(answer):,} bytes; the limit answer_bytes is {most:,}.",
            hint="Use smaller inputs.",
            limit="answer_bytes",
        )
    return answer
