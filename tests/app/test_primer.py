"""Balancing and deriving over HTTP: fields, bytes, refusals."""

from __future__ import annotations

import numpy as np
import pytest
from starlette.testclient import TestClient

from app.wire.primer import BalanceAnswer, DerivationAnswer

NETWORK = {
    "source": "z_1 = X @ W_1\nh_1 = np.maximum(z_1, 0)\ny_hat = h_1 @ W_2\nL = np.sum(y_hat**2)"
}


def test_one_answer_has_the_truth_tables_of_both_sides(client: TestClient) -> None:
    content = client.post("/api/balance", json={**NETWORK, "node": "y_hat"}).content
    answer = BalanceAnswer.model_validate_json(content)
    assert [(side.node, side.other, len(side.levels)) for side in answer.sides] == [
        ("n5", "n2", 2),
        ("n2", "n5", 2),
    ]
    own = answer.sides[1].levels[0]
    assert len(own.products) == 16
    assert [
        (p.left.factor, p.left.transposed, p.sign, p.right.factor, p.right.transposed)
        for p in own.products
        if p.value_ok
    ] == [("other", True, "@", "upstream", False)]
    assert all((p.value is None) == (not p.shape_ok) for p in own.products)
    assert content == client.post("/api/balance", json={**NETWORK, "node": "n6"}).content


def test_a_derivation_has_its_lines_slices_and_share(client: TestClient) -> None:
    body = {**NETWORK, "node": "y_hat", "argument": 1, "entry": [2, 1], "example": 1}
    answer = DerivationAnswer.model_validate_json(client.post("/api/derivation", json=body).content)
    assert {line.stage for line in answer.lines} == {"element", "pattern", "vectorized"}
    assert all(line.holds for line in answer.lines)
    assert answer.entry == [2, 1]
    assert answer.slices is not None
    assert answer.slices.outputs == [[1, 0], [1, 1]]
    assert answer.slices.slopes.shape == [2, 5, 2]
    assert answer.share is not None
    assert answer.share.holds
    np.testing.assert_allclose(answer.share.total.data, answer.gradient.data, rtol=1e-12)


@pytest.mark.parametrize(
    ("path", "more", "code"),
    [
        ("/api/balance", {"node": "h_1"}, "bad-input"),
        ("/api/balance", {"node": "q"}, "undefined-name"),
        ("/api/derivation", {"node": "y_hat", "argument": 7}, "bad-input"),
        ("/api/derivation", {"node": "X"}, "bad-input"),
        ("/api/derivation", {"node": "y_hat", "entry": [0]}, "bad-input"),
        ("/api/derivation", {"node": "y_hat", "example": -1}, "bad-input"),
        ("/api/derivation", {"node": "y_hat", "wrong": 1}, "bad-request"),
    ],
)
def test_refusals_say_why(
    client: TestClient, path: str, more: dict[str, object], code: str
) -> None:
    answer = client.post(path, json={**NETWORK, **more})
    assert answer.status_code == 422
    assert answer.json()["code"] == code
