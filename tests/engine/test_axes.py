"""Letters of axes: the same where the program ties them, and what lecturers call them."""

from __future__ import annotations

import pytest

from engine import build

NETWORK = (
    "z_1 = np.dot(X, W_1)\nh_1 = np.maximum(z_1, 0)\ny_hat = np.dot(h_1, W_2)\nL = np.sum(y_hat**2)"
)


def letters(source: str, inputs: dict[str, object] | None = None) -> dict[str, str]:
    """Returns the letters of each named node, as "ND"."""
    nodes = build(source, inputs or {}).trace().nodes
    return {each.node.name: "".join(each.dims) for each in nodes if each.node.name and each.dims}


def test_the_lectures_network_has_the_lectures_letters() -> None:
    assert letters(NETWORK) == {
        **{"X": "ND", "W_1": "DH", "W_2": "HC"},
        **{"z_1": "NH", "h_1": "NH", "y_hat": "NC"},
    }


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        # a bias is stretched along the examples; a target has the shape of what it is compared with
        ("s = X @ W + b\nL = np.sum((s - t)**2)", {"b": "C", "s": "NC", "t": "NC"}),
        ("A = W.T\nL = np.sum(A @ X)", {"W": "NC", "A": "CN", "X": "ND"}),
        (
            "X = np.ones((3, 2))\nm = np.mean(X, axis=0)\nL = np.sum((X - m)**2)",
            {"X": "ND", "m": "D"},
        ),
        ("e = X @ W\nm = np.max(e, axis=1, keepdims=True)\nL = np.sum(e - m)", {"m": "N1"}),
        ("P = np.outer(u, v)\nL = np.sum(P**2)", {"u": "D", "v": "C", "P": "DC"}),
        ("r = X[1]\nL = np.sum(r * r)", {"X": "ND", "r": "D"}),
        # the label of an example is counted as the examples are
        (
            "p = softmax(X @ W)\nN = X.shape[0]\nl = np.log(p[np.arange(N), y])\nL = -np.mean(l)",
            {"p": "NC", "y": "N", "l": "N"},
        ),
        # one class twice in a matrix: what a recurrence keeps
        ("h = np.zeros(3)\nfor t in range(2):\n    h = np.tanh(W @ h)\nL = np.sum(h)", {"W": "HH"}),
    ],
)
def test_axes_are_tied_by_what_gates_do(source: str, expected: dict[str, str]) -> None:
    assert expected.items() <= letters(source).items()


def test_sizes_that_happen_to_be_equal_tie_nothing() -> None:
    X = [[1.0, 2.0], [3.0, 4.0]]
    found = letters("z = np.dot(X, W)\nL = np.sum(z)", {"X": X, "W": X})
    assert found == {"X": "ND", "W": "DC", "z": "NC"}


def test_a_name_of_the_program_is_never_a_letter() -> None:
    found = letters("D = X @ W\nL = np.sum(D**2)")
    assert found["X"][0] == "N"
    assert "D" not in "".join(found.values())


def test_what_only_a_reshape_knows_gets_letters_of_its_own() -> None:
    found = letters("z = X.reshape(6)\nL = np.sum(z**2)", {"X": [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]})
    assert found["X"] == "ND"
    assert found["z"] not in ("N", "D")
