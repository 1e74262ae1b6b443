"""Slopes and quotients as a lecture writes them: LaTeX without code in it, operators in words."""

from __future__ import annotations

import ast

import pytest

from engine import latex
from engine.primitives import REGISTRY, Structure
from tests.engine.asking import traced


def elementwise_programs() -> list[tuple[str, str]]:
    """Returns a call of every elementwise primitive that has a spelling."""
    found = []
    for primitive in REGISTRY.values():
        names = ", ".join("abc"[: len(primitive.arguments)])
        if primitive.structure is Structure.DIAGONAL and primitive.spellings:
            found.append((primitive.name, f"f = {primitive.spellings[0]}({names})"))
    return [
        *found,
        ("clip", "f = np.clip(a, b, c)"),
        ("clip_low", "f = np.clip(a, b, None)"),
        ("clip_high", "f = np.clip(a, None, b)"),
        ("maximum_of", "f = max(a, b, c)"),
    ]


@pytest.mark.parametrize(("name", "source"), elementwise_programs(), ids=lambda p: p[:12])
def test_a_slope_is_written_as_mathematics_and_not_as_code(name: str, source: str) -> None:
    inputs = dict(zip("abc", ([0.4, 0.6], [0.3, 0.7], [0.5, 0.8]), strict=True))
    node = traced(source, inputs).nodes[-1]
    assert node.node.primitive == name
    for wire in node.wires:
        assert r"\texttt" not in wire.local.latex
        assert r"\mathrm" not in wire.local.latex
        assert wire.local.latex.count("{") == wire.local.latex.count("}")


@pytest.mark.parametrize(
    ("call", "slope"),
    [
        ("np.arctan(x)", r"\frac{1}{1 + x^{2}}"),
        ("np.sinh(x)", r"\cosh\left(x\right)"),
        ("np.abs(x)", r"\operatorname{sign}\left(x\right)"),
        ("np.deg2rad(x)", r"\frac{\pi}{180}"),
        ("np.exp2(x)", r"f \cdot \log\left(2\right)"),
        ("np.clip(x, 0, 1)", r"\mathbf{1}[0 < x] \cdot \mathbf{1}[x < 1]"),
        ("np.clip(x, None, 6)", r"\mathbf{1}[x < 6]"),
        ("np.fmax(x, 0)", r"\mathbf{1}[x > 0]"),
        ("np.nan_to_num(x)", r"\mathbf{1}[\left|x\right| < \infty]"),
        ("np.where(m > 0, x, 0)", r"\begin{cases}1 & \left(m > 0\right) \\ 0 & \text{else}\end{cases}"),
        ("np.var(x)", r"\frac{2 \cdot \left(x - \operatorname{mean}\left(x\right)\right)}{\operatorname{size}(x)}"),
    ],
)  # fmt: skip
def test_slopes_are_in_the_lectures_notation(call: str, slope: str) -> None:
    inputs: dict[str, object] = {"x": [0.4, 0.6], **({"m": [1, 2]} if "m >" in call else {})}
    wires = traced(f"f = {call}", inputs).nodes[-1].wires
    assert next(w for w in wires if w.downstream is not None).local.latex == slope


def test_the_whole_quotient_of_a_remainder_is_written_as_one() -> None:
    wires = traced("f = x % y", {"x": 7.0, "y": 3.0}).nodes[-1].wires
    assert wires[1].local.latex == r"-\left\lfloor \frac{x}{y} \right\rfloor"


@pytest.mark.parametrize(
    ("code", "written"),
    [
        ("(2 * a) ** 2", r"\left(2 \cdot a\right)^{2}"),
        ("np.exp(a) ** 2", r"\left(e^{a}\right)^{2}"),
        ("(-a) ** 3", r"\left(-a\right)^{3}"),
        ("np.cos(a) ** 2", r"\cos\left(a\right)^{2}"),
        ("a // b", r"\left\lfloor \frac{a}{b} \right\rfloor"),
        ("(a > 0) & (a < b)", r"\mathbf{1}[a > 0] \cdot \mathbf{1}[a < b]"),
        ("a != a", r"\mathbf{1}[a \text{ is NaN}]"),
        ("np.where(np.isnan(a), 0, b)", r"\begin{cases}0 & a \text{ is NaN} \\ b & \text{else}\end{cases}"),
        ("np.pi * np.inf - np.nan", r"\pi \cdot \infty - \text{NaN}"),
        ("np.floor(a) + np.ceil(b)", r"\left\lfloor a \right\rfloor + \left\lceil b \right\rceil"),
    ],
)  # fmt: skip
def test_code_is_read_as_mathematics(code: str, written: str) -> None:
    assert latex.expression(ast.parse(code, mode="eval").body, {}) == written


def test_remainders_and_quotients_read_as_operators_in_words() -> None:
    texts = [step.text for step in traced("f = x % y + x // y", {"x": 7.0, "y": 2.0}).steps]
    assert any("7 % 2 = 1" in text for text in texts)
    assert any("7 // 2 = 3" in text for text in texts)
