"""The wire format of the primer: puzzles of dimension balancing, and derivations from first principles."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field
from pydantic.types import JsonValue

from app.wire.exact import Exact, Json, Numeric
from app.wire.program import PassRequest
from app.wire.tensor import Tensor, Writer
from engine.balance import Balance, Laid, Level, Side, Tile
from engine.derivation import Derivation, Share, Slices

NETWORK: dict[str, JsonValue] = {
    "source": "z_1 = X @ W_1\nh_1 = np.maximum(z_1, 0)\ny_hat = h_1 @ W_2\nL = np.sum(y_hat**2)",
    "node": "y_hat",
}


class BalanceRequest(PassRequest):
    """A program, and one of its products of matrices."""

    model_config = ConfigDict(json_schema_extra={"examples": [NETWORK]})

    node: str = Field(description='The product: a name, or a node\'s id such as "n4".')


class DerivationRequest(PassRequest):
    """A program, and a wire of it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**NETWORK, "argument": 1}]})

    node: str = Field(description='The gate: a name, or a node\'s id such as "n4".')
    argument: int = Field(
        default=0, description="Which of its arguments the gradient is for, counted from 0."
    )
    entry: list[int] | None = Field(
        default=None, description="The entry that the element lines are about."
    )
    example: int = Field(
        default=0, description="The row of outputs that is looked at, counted from 0."
    )


class TileModel(Exact):
    """One factor as it is laid down."""

    factor: Literal["other", "upstream"]
    transposed: bool


class ProductModel(Exact):
    """Two tiles and a sign, and what is right about them."""

    left: TileModel
    right: TileModel
    sign: Literal["@", "*"]
    multiplies: bool
    shape: list[int] | None
    shape_ok: bool
    value_ok: bool = Field(description="To relative 1e-6, absolute 1e-9.")
    general: bool = Field(description="Right for other numbers of the same shapes, too.")
    value: Tensor | None = Field(description="Null where the shape is not the gradient's.")


class NudgedModel(Exact):
    """One entry moved a little, and the change of the product, weighted by the upstream, a unit."""

    index: list[int]
    h: float
    slope: Numeric


class LevelModel(Exact):
    """One puzzle; vectors stand as matrices."""

    kind: Literal["own", "distinct", "square"] = Field(
        description="The program's numbers, or made-up ones: of different sizes, of equal sizes."
    )
    other: Tensor
    upstream: Tensor
    gradient: Tensor
    products: list[ProductModel] = Field(description="All 16, those with @ first.")
    check: NudgedModel


class SideModel(Exact):
    """One argument of the product."""

    argument: int
    edge: str
    node: str
    other: str
    code: str = Field(description="The line that the backward pass runs.")
    levels: list[LevelModel]


class BalanceAnswer(Exact):
    """The puzzles of one product."""

    node: str
    sides: list[SideModel]
    note: str


class DerivationLine(Exact):
    """One equation; both sides of it have been computed."""

    stage: Literal["element", "pattern", "vectorized"]
    words: str
    formula: str
    numbers: str = Field(description="For the entry looked at, or empty.")
    holds: bool


class SlicesModel(Exact):
    """The derivative of one row of outputs: a slice an output, each of the variable's shape."""

    outputs: list[list[int]]
    slopes: Tensor
    weights: Tensor = Field(description="The upstream of each output.")
    collapsed: Tensor = Field(description="The slices, each times its weight, added.")
    nonzeros: int


class ShareModel(Exact):
    """What one example contributes to a gradient that all examples share."""

    factor: Tensor
    upstream: Tensor
    product: Tensor = Field(description="Their outer product.")
    so_far: Tensor = Field(description="The outer products of all examples up to it, added.")
    total: Tensor
    holds: bool = Field(description="The total is what the backward pass computed.")


class DerivationAnswer(Exact):
    """How one gate sends a gradient to one of its arguments."""

    node: str
    argument: int
    edge: str
    source: str = Field(description="Where the argument comes from.")
    layout: Literal["denominator"] = Field(description="Each slice has the shape of the variable.")
    case: str
    entry: list[int]
    example: int
    examples: int
    gradient: Tensor
    lines: list[DerivationLine]
    slices: SlicesModel | None
    share: ShareModel | None
    note: str


def balance_json(found: Balance, writer: Writer) -> Json:
    """Returns the puzzles of one product."""
    return {
        "node": f"n{found.gate.node.index}",
        "sides": [side_json(side, writer) for side in found.sides],
        "note": found.note,
    }


def side_json(side: Side, writer: Writer) -> Json:
    """Returns the puzzles of one argument."""
    return {
        "argument": side.wire.key,
        "edge": side.wire.id,
        "node": f"n{side.argument.node.index}",
        "other": f"n{side.other.node.index}",
        "code": side.wire.code,
        "levels": [level_json(level, writer) for level in side.levels],
    }


def level_json(level: Level, writer: Writer) -> Json:
    """Returns one puzzle."""
    return {
        "kind": level.kind,
        "other": writer.tensor(level.factors.other),
        "upstream": writer.tensor(level.factors.upstream),
        "gradient": writer.tensor(level.factors.wanted),
        "products": [product_json(product, writer) for product in level.products],
        "check": {"index": level.check.index, "h": level.check.h, "slope": level.check.slope},
    }


def product_json(product: Laid, writer: Writer) -> Json:
    """Returns two tiles and a sign."""
    return {
        "left": tile_json(product.left),
        "right": tile_json(product.right),
        "sign": product.sign,
        "multiplies": product.multiplies,
        "shape": product.shape,
        "shape_ok": product.shape_ok,
        "value_ok": product.value_ok,
        "general": product.general,
        "value": writer.optional(product.value),
    }


def tile_json(tile: Tile) -> Json:
    """Returns one tile."""
    return {"factor": "upstream" if tile.upstream else "other", "transposed": tile.transposed}


def derivation_json(found: Derivation, writer: Writer) -> Json:
    """Returns a derivation."""
    assert found.wire.downstream is not None
    return {
        "node": f"n{found.gate.node.index}",
        "argument": found.wire.key,
        "edge": found.wire.id,
        "source": f"n{found.argument.node.index}",
        "layout": "denominator",
        "case": found.case,
        "entry": found.entry,
        "example": found.example,
        "examples": found.examples,
        "gradient": writer.tensor(found.wire.downstream),
        "lines": list(found.lines),
        "slices": None if found.slices is None else slices_json(found.slices, writer),
        "share": None if found.share is None else share_json(found.share, writer),
        "note": found.note,
    }


def slices_json(slices: Slices, writer: Writer) -> Json:
    """Returns a stack of slices."""
    return {
        "outputs": slices.outputs,
        "slopes": writer.tensor(slices.slopes),
        "weights": writer.tensor(slices.weights),
        "collapsed": writer.tensor(slices.collapsed),
        "nonzeros": slices.nonzeros,
    }


def share_json(share: Share, writer: Writer) -> Json:
    """Returns what one example contributes."""
    return {
        "factor": writer.tensor(share.factor),
        "upstream": writer.tensor(share.upstream),
        "product": writer.tensor(share.product),
        "so_far": writer.tensor(share.so_far),
        "total": writer.tensor(share.total),
        "holds": share.holds,
    }
