"""The fix that comes with a refusal or a notice: edits that a click makes, and after which the program is read."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from engine import EngineError, build
from engine.errors import Edit


def mend(source: str, fix: Sequence[Edit]) -> str:
    """Returns the program with every edit made, as the page makes them: the last first."""
    lines = source.split("\n")
    for edit in sorted(fix, key=lambda e: (e.span.line, e.span.column), reverse=True):
        line = lines[edit.span.line - 1]
        changed = line[: edit.span.column] + edit.text + line[edit.span.end_column :]
        lines[edit.span.line - 1] = changed
    return "\n".join(lines)


def fix_of(source: str) -> Sequence[Edit]:
    with pytest.raises(EngineError) as refused:
        build(source, {})
    return refused.value.fix


@pytest.mark.parametrize(
    ("source", "mended"),
    [
        ("q = x + y\nf = q * (z", "q = x + y\nf = q * (z)"),
        ("f = sigmoid((w*x + b  # neuron", "f = sigmoid((w*x + b))  # neuron"),
        ("f = [x[0", "f = [x[0]]"),
        ("f = x + y)", "f = x + y"),
        ("f = (x + y]", "f = (x + y)"),
        ("f = 2x + 3", "f = 2*x + 3"),
        ("f = 2.5x", "f = 2.5*x"),
        ("f = x y", "f = x * y"),
        ("f = 2 x + 1", "f = 2 * x + 1"),
        ("v = np.array([1 2])\nf = np.sum(v)", "v = np.array([1, 2])\nf = np.sum(v)"),
        ("z_1 = x * y\nf = z1 * 2", "z_1 = x * y\nf = z_1 * 2"),
        ("f = np.maximun(x, 0)", "f = np.maximum(x, 0)"),
        ("f = expp(x)", "f = exp(x)"),
        ("f = np.linalg.nrom(v)", "f = np.linalg.norm(v)"),
        ("f = (x @ W).summ()", "f = (x @ W).sum()"),
    ],
)
def test_a_slip_with_one_way_out_carries_the_edit(source: str, mended: str) -> None:
    assert mend(source, fix_of(source)) == mended
    build(mended, {})


@pytest.mark.parametrize(
    "source",
    [
        "f = x +",
        "f = x y z",
        "f = np.array([1 2 3])",
        "f = np.fft.fft(x)",
        "f = qqq(x)",
        "while x: 1",
    ],
)
def test_where_the_student_must_decide_there_is_no_edit(source: str) -> None:
    assert fix_of(source) == ()


def test_what_slides_write_is_written_as_code_by_one_fix() -> None:
    source = "f = x^2 \u2212 3\u00b7y"
    notices = [n for n in build(source, {}).trace().notices if n.code == "notice"]
    assert len(notices) == 2
    for notice in notices:
        assert mend(source, notice.fix) == "f = x**2 - 3*y"


def test_a_slip_in_backward_code_carries_its_edit() -> None:
    source = "z_1 = x * y\nL = z_1**2\ndz_1 = 2 * z1\ndx = dz_1 * y"
    backward = build(source, {}).trace().backward_code
    assert backward is not None
    assert mend(source, backward.problems[0].fix) == source.replace("z1\n", "z_1\n")


def test_a_long_text_from_slides_gets_no_fix_of_thousands_of_edits() -> None:
    source = "f = " + " + ".join(["x\u00b7y"] * 101)
    assert [n.fix for n in build(source, {}).trace().notices if n.code == "notice"] == [()]
