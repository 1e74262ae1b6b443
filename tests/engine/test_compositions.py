"""What every function made of several gates promises, generated from the registered ones."""

from __future__ import annotations

import inspect
import re

import numpy as np
import pytest

from engine.primitives import OVERLOADS, REGISTRY
from engine.primitives.composition import BRACKETED, Composition, compositions

every_composition = pytest.mark.parametrize("composition", compositions(), ids=lambda c: c.name)

OLDER_NAMES = {"row_stack", "trapz"}
"""What NumPy called a function before version 2."""


def of_numpy(spelling: str) -> object:
    """Returns what NumPy has under a spelling such as "linalg.norm", or None."""
    found: object = np
    for part in spelling.split("."):
        found = getattr(found, part, None)
    return found


@every_composition
def test_the_words_are_one_sentence(composition: Composition) -> None:
    assert re.fullmatch(r"[A-Z][^.!?]*\.", composition.words)


@every_composition
def test_every_spelling_and_method_is_numpys(composition: Composition) -> None:
    for spelling in set(composition.spellings) - OLDER_NAMES:
        found = [of_numpy(spelling), of_numpy(f"linalg.{spelling}")]  # linalg has short names
        assert any(function is not None for function in found), spelling
    assert all(hasattr(np.ndarray, method) for method in composition.methods)


@every_composition
def test_every_parameter_is_called_what_numpy_calls_it(composition: Composition) -> None:
    if composition.name in BRACKETED:
        return
    function = of_numpy(composition.name)
    assert callable(function)
    theirs = inspect.signature(function).parameters
    ours = list(inspect.signature(composition.function).parameters.values())[1:]
    more = any(p.kind is p.VAR_KEYWORD for p in theirs.values())
    for parameter in ours:
        assert parameter.name in theirs or more
        if parameter.default is not parameter.empty and parameter.name in theirs:
            default = theirs[parameter.name].default
            assert default in (parameter.default, parameter.empty) or default is np._NoValue


@every_composition
def test_the_form_is_a_call_with_every_parameter(composition: Composition) -> None:
    opened = "[" if composition.name in BRACKETED else "("
    assert composition.form.startswith(f"np.{composition.name}{opened}")
    for parameter in list(inspect.signature(composition.function).parameters)[1:]:
        assert parameter in composition.form


def test_a_spelling_that_a_primitive_has_too_is_its_name() -> None:
    # np.clip chooses among primitives, of which one is called so.
    for composition in compositions():
        others = [p for p in REGISTRY.values() if p.name != composition.name]
        assert not {s for p in others for s in p.spellings} & set(composition.spellings)
        assert not {m for p in others for m in p.methods} & set(composition.methods)
        assert not set(OVERLOADS) & set(composition.spellings)
