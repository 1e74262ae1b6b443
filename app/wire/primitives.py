"""The wire format of /api/primitives: all that a program may call."""

from __future__ import annotations

from pydantic import Field

from app.wire.exact import Exact


class PrimitiveModel(Exact):
    """A function that programs may use."""

    name: str
    form: str = Field(
        description="How it is written, with np. where NumPy has it; empty for a sign or a bracket."
    )
    family: str
    symbol: str
    words: str = Field(description="What it does to a gradient.")
    latex: str = Field(description="Template over the arguments' names.")
    arguments: list[str]
    variadic: bool = Field(description="The last argument stands for any number.")
    settings: dict[str, str | float | bool | list[int] | None] = Field(
        description="Keyword settings with their defaults."
    )
    required: list[str] = Field(description="Keyword settings without a default.")
    spellings: list[str] = Field(description="What a program may call it, with or without np.")
    methods: list[str] = Field(description="What an array's method may be called.")
    structure: dict[str, str] = Field(description="Of each argument's Jacobian.")
    gradients: dict[str, str] = Field(description="The NumPy code of each argument's rule.")


class FunctionModel(Exact):
    """A function that is made of several primitives, or chooses one."""

    name: str
    form: str = Field(description="How it is written, with NumPy's names and defaults.")
    words: str
    spellings: list[str] = Field(description="What a program may call it, with or without np.")
    methods: list[str] = Field(description="What an array's method may be called.")


class Primitives(Exact):
    """All primitives, family by family, and the functions made of them."""

    primitives: list[PrimitiveModel]
    functions: list[FunctionModel]
    overloads: list[str] = Field(
        description="Spellings that stand for several primitives; the arguments' axes choose one."
    )
    overload_forms: list[str] = Field(
        description="How those of NumPy's names among the overloads are written."
    )
