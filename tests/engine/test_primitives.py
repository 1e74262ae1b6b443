"""What every primitive promises, generated from REGISTRY; then kinks, faces and shapes by hand."""

from __future__ import annotations

import ast
import inspect
import re
import string
from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from engine.errors import BadCall, ShapeMismatch
from engine.primitives import OVERLOADS, REGISTRY, Primitive, Structure
from engine.primitives.primitive import Argument, Forward, register, rule_statements
from engine.primitives.shapes import axes_of, broadcast, show
from tests.engine.differences import five_point, relative_error

Array = NDArray[np.float64]
Shape = tuple[int, ...]

every_primitive = pytest.mark.parametrize("primitive", REGISTRY.values(), ids=lambda p: p.name)


class Wire:
    """One argument of one primitive at one sample: what its rule says there."""

    def __init__(
        self,
        primitive: Primitive,
        arrays: tuple[Argument, ...],
        settings: Mapping[str, object],
        key: int,
    ) -> None:
        names = primitive.arguments
        self.primitive = primitive
        self.arrays = arrays
        self.settings = primitive.completed(settings, [np.shape(a) for a in arrays])
        self.key = key
        self.name = names[min(key, len(names) - 1)]
        self.structure = primitive.structure_of(self.name)
        self.position = (
            {"position": key - len(names) + 1}
            if primitive.variadic and self.name == names[-1]
            else {}
        )

    @property
    def argument(self) -> Array:
        return np.asarray(self.arrays[self.key], dtype=np.float64)

    def out(self, argument: Array | None = None) -> Array:
        arrays = list(self.arrays)
        if argument is not None:
            arrays[self.key] = argument
        return np.asarray(self.primitive.forward(*arrays, **self.settings), dtype=np.float64)

    def kept(self, array: Array) -> Array:
        """Returns what a rule is given for an array of the output's shape."""
        if self.structure is not Structure.REDUCTION:
            return array
        settings = {**self.settings, "keepdims": True}
        return np.reshape(array, self.primitive.shape(np.shape(self.argument), **settings))

    def rule_arguments(self, upstream: Array) -> tuple[Argument, ...]:
        return self.kept(upstream), self.kept(self.out()), *self.arrays

    def raw(self, upstream: Array) -> Array:
        """Returns what the rule gives, before anything is summed."""
        rule = self.primitive.vjp[self.name]
        given = self.rule_arguments(upstream)
        return np.asarray(rule(*given, **self.settings, **self.position))

    def downstream(self, upstream: Array) -> Array:
        return unbroadcast(self.raw(upstream), np.shape(self.argument))

    def jacobian(self) -> Array:
        """Returns the Jacobian that the rule stands for, one one-hot upstream a row."""
        one_hots = np.eye(self.out().size).reshape(-1, *np.shape(self.out()))
        return np.stack([np.ravel(self.downstream(one_hot)) for one_hot in one_hots])


def unbroadcast(gradient: Array, shape: Shape) -> Array:
    """Returns the gradient summed along the axes in which `shape` was stretched."""
    lead = gradient.ndim - len(shape)
    summed = np.sum(gradient, axis=tuple(range(lead)))
    stretched = tuple(i for i, n in enumerate(shape) if n == 1)
    return np.reshape(np.sum(summed, axis=stretched, keepdims=True), shape)


def wires(primitive: Primitive) -> Iterator[Wire]:
    """Yields every argument that has a rule, at every sample."""
    for arrays, settings in primitive.samples(np.random.default_rng(0)):
        for key in range(len(arrays)):
            wire = Wire(primitive, arrays, settings, key)
            if wire.name in primitive.vjp:
                yield wire


def normal(shape: Shape, seed: int = 1) -> Array:
    return np.array(np.random.default_rng(seed).normal(size=shape))


def gradient(
    name: str, key: int, *arrays: object, upstream: object = 1.0, **settings: object
) -> Array:
    """Returns what argument `key` receives, the upstream being stretched over the output."""
    typed = tuple(np.asarray(a, dtype=np.float64) for a in arrays)
    wire = Wire(REGISTRY[name], typed, settings, key)
    full = np.broadcast_to(np.asarray(upstream, dtype=np.float64), np.shape(wire.out()))
    return wire.downstream(full)


# ---------- promises of every primitive ----------


@every_primitive
def test_each_rule_is_the_upstream_times_the_numerical_jacobian(primitive: Primitive) -> None:
    for wire in wires(primitive):
        upstream = normal(np.shape(wire.out()))
        analytic = wire.downstream(upstream)
        numerical = np.ravel(upstream) @ five_point(wire.out, wire.argument)
        numerical = np.reshape(numerical, np.shape(wire.argument))
        assert analytic.shape == np.shape(wire.argument)
        assert relative_error(analytic, numerical) < 1e-7, (wire.name, wire.settings)


@every_primitive
def test_the_declared_structure_holds(primitive: Primitive) -> None:
    for wire in wires(primitive):
        size, shape = wire.out().size, np.shape(wire.out())
        if wire.structure is Structure.DIAGONAL:
            for i, one_hot in enumerate(np.eye(size).reshape(-1, *shape)):
                stretched = np.ravel(np.broadcast_to(wire.raw(one_hot), shape))
                assert np.count_nonzero(np.delete(stretched, i)) == 0
        elif wire.structure is Structure.REDUCTION:
            upstream = normal(shape)
            value = wire.raw(np.ones(shape))
            assert value.shape == np.shape(wire.argument)
            np.testing.assert_allclose(wire.raw(upstream), wire.kept(upstream) * value, rtol=1e-12)
        elif wire.structure in {Structure.PERMUTATION, Structure.SELECTION, Structure.BROADCAST}:
            jacobian = wire.jacobian()
            assert set(np.unique(jacobian)) <= {0.0, 1.0}
            assert np.all(jacobian.sum(axis=1) == 1)
            if wire.structure is Structure.PERMUTATION:
                assert np.all(jacobian.sum(axis=0) == 1)
            if wire.structure is Structure.BROADCAST:
                assert np.all(jacobian.sum(axis=0) * wire.argument.size == size)


@every_primitive
def test_each_rule_is_linear_in_the_upstream(primitive: Primitive) -> None:
    for wire in wires(primitive):
        shape = np.shape(wire.out())
        first, second = normal(shape), normal(shape, seed=2)
        together = wire.downstream(3 * first - second)
        apart = 3 * wire.downstream(first) - wire.downstream(second)
        np.testing.assert_allclose(together, apart, rtol=1e-9, atol=1e-12)


@every_primitive
def test_a_diagonal_downstream_is_the_upstream_times_the_local_gradient(
    primitive: Primitive,
) -> None:
    for wire in wires(primitive):
        if wire.structure is Structure.DIAGONAL:
            shape = np.shape(wire.out())
            upstream = normal(shape)
            local = wire.raw(np.ones(shape))
            np.testing.assert_allclose(wire.raw(upstream), upstream * local, rtol=1e-12)


@every_primitive
def test_the_shape_rule_agrees_with_forward(primitive: Primitive) -> None:
    for arrays, settings in primitive.samples(np.random.default_rng(0)):
        shapes = [np.shape(a) for a in arrays]
        complete = primitive.completed(settings, shapes)
        assert primitive.shape(*shapes, **complete) == np.shape(
            primitive.forward(*arrays, **complete)
        )


@every_primitive
def test_nothing_changes_its_arguments(primitive: Primitive) -> None:
    for wire in wires(primitive):
        upstream = normal(np.shape(wire.out()))
        for array in (*wire.arrays, upstream):
            array.setflags(write=False)
        wire.out()
        wire.raw(upstream)


def alone(function: Forward) -> Forward:
    """Returns a function made of a rule's text and nothing but NumPy."""
    signature = inspect.signature(function)
    parameters = [
        p.replace(annotation=p.empty, default=p.empty) for p in signature.parameters.values()
    ]
    untyped = inspect.Signature(parameters)
    body = "".join(f"    {ast.unparse(statement)}\n" for statement in rule_statements(function))
    namespace: dict[str, Forward] = {}
    exec(f"def rule{untyped}:\n{body}", {"np": np, "__builtins__": {}}, namespace)
    return namespace["rule"]


@every_primitive
def test_the_shown_text_run_alone_gives_the_same(primitive: Primitive) -> None:
    for wire in wires(primitive):
        upstream = normal(np.shape(wire.out()))
        forward, rule = alone(primitive.forward), alone(primitive.vjp[wire.name])
        np.testing.assert_array_equal(forward(*wire.arrays, **wire.settings), wire.out())
        np.testing.assert_array_equal(
            rule(*wire.rule_arguments(upstream), **wire.settings, **wire.position),
            wire.raw(upstream),
        )


@every_primitive
def test_the_shown_text_calls_only_numpy(primitive: Primitive) -> None:
    for function in (primitive.forward, *primitive.vjp.values()):
        statements = rule_statements(function)
        nodes = [node for statement in statements for node in ast.walk(statement)]
        names = [node for node in nodes if isinstance(node, ast.Name)]
        known = set(inspect.signature(function).parameters) | {"np"}
        known |= {name.id for name in names if isinstance(name.ctx, ast.Store)}
        assert {name.id for name in names} <= known
        for node in nodes:
            if isinstance(node, ast.Call):
                assert isinstance(node.func, ast.Attribute), ast.unparse(node)


@every_primitive
def test_the_latex_names_every_argument_that_has_a_gradient(primitive: Primitive) -> None:
    fields = {field for _, field, _, _ in string.Formatter().parse(primitive.latex) if field}
    assert set(primitive.vjp or primitive.arguments) <= fields
    assert fields <= {*primitive.arguments, *primitive.settings}
    written = primitive.latex.format(**dict.fromkeys(fields, "a"))
    assert written.count("{") == written.count("}")


@every_primitive
def test_the_words_are_one_sentence(primitive: Primitive) -> None:
    assert re.fullmatch(r"[A-Z][^.!?]*\.", primitive.words)


@every_primitive
def test_the_symbol_fits_its_gate(primitive: Primitive) -> None:
    assert 1 <= len(primitive.symbol) <= 8


@every_primitive
def test_the_record_names_only_what_exists(primitive: Primitive) -> None:
    assert primitive.positive <= set(primitive.arguments)
    assert all(hasattr(np.ndarray, method) for method in primitive.methods)
    assert inspect.getmodule(primitive.forward) is not None
    assert primitive.family == primitive.forward.__module__.rsplit(".", 1)[-1]


@every_primitive
def test_a_spelling_that_numpy_has_means_what_numpy_means(primitive: Primitive) -> None:
    for arrays, settings in primitive.samples(np.random.default_rng(0)):
        complete = primitive.completed(settings, [np.shape(a) for a in arrays])
        out = primitive.forward(*arrays, **complete)
        given = {k: v for k, v in settings.items() if k not in primitive.derived}
        listed = (arrays,) if primitive.variadic else arrays
        for spelling in primitive.spellings:
            function = of_numpy(spelling)
            if function is not None:
                wanted = function(*listed, **given)
                assert np.shape(wanted) == np.shape(out)
                # float_power and ** round the last digit differently.
                np.testing.assert_allclose(out, wanted, rtol=1e-15)


def of_numpy(spelling: str) -> Forward | None:
    """Returns what NumPy has under a spelling such as "linalg.inv", or None."""
    found: object = np
    for part in spelling.split("."):
        found = getattr(found, part, None)
    return found if callable(found) else None


@every_primitive
def test_the_samples_are_the_same_every_time(primitive: Primitive) -> None:
    first = primitive.samples(np.random.default_rng(7))
    second = primitive.samples(np.random.default_rng(7))
    assert first
    for (arrays, settings), (again, same) in zip(first, second, strict=True):
        assert settings == same
        for a, b in zip(arrays, again, strict=True):
            np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("kind", ["spellings", "methods"])
def test_no_two_primitives_share_a_name(kind: str) -> None:
    names = [name for primitive in REGISTRY.values() for name in getattr(primitive, kind)]
    names += list(OVERLOADS) if kind == "spellings" else []
    assert len(names) == len(set(names))


def test_a_second_primitive_of_the_same_name_is_refused() -> None:
    with pytest.raises(ValueError, match="'mul' is registered twice"):
        register(REGISTRY["mul"])


def test_a_rule_for_an_argument_that_does_not_exist_is_refused() -> None:
    mul = REGISTRY["mul"]
    with pytest.raises(ValueError, match=r"unknown arguments \['z'\]"):
        register(replace(mul, name="mul_again", vjp={**mul.vjp, "z": mul.vjp["x"]}))


def test_a_rule_that_cannot_be_shown_is_refused() -> None:
    def branches(upstream: Array) -> Array:
        if upstream.size:
            return upstream
        return -upstream

    rules: dict[str, Forward] = {"x": lambda upstream: upstream}
    with pytest.raises(TypeError, match="assignments and one return"):
        rule_statements(branches)
    with pytest.raises(TypeError, match="must be a def"):
        rule_statements(rules["x"])


def test_a_record_gives_the_text_of_its_rules() -> None:
    mul = REGISTRY["mul"]
    assert [ast.unparse(s) for s in mul.rule_text["x"]] == ["return upstream * y"]
    assert [ast.unparse(s) for s in mul.forward_text] == ["return x * y"]


# ---------- kinks: the written policy ----------


def test_a_tie_of_maximum_is_split_evenly() -> None:
    assert gradient("maximum", 0, 3, 3) == 0.5
    assert gradient("maximum", 1, 3, 3) == 0.5
    assert gradient("minimum", 0, 3, 3) == 0.5


def test_a_tie_with_a_literal_gives_the_literal_the_whole_share() -> None:
    np.testing.assert_array_equal(gradient("maximum", 0, [-1, 0, 2], 0, tie=0), [0, 0, 1])
    np.testing.assert_array_equal(gradient("maximum", 1, 0, [-1, 0, 2], tie=0), [0, 0, 1])
    np.testing.assert_array_equal(gradient("minimum", 0, [-1, 0, 2], 0, tie=0), [1, 0, 0])


def test_maximum_of_several_splits_among_those_that_tie() -> None:
    # max(3, 1, 3): two of the three tie.
    assert [gradient("maximum_of", i, 3, 1, 3) for i in range(3)] == [0.5, 0, 0.5]
    assert [gradient("minimum_of", i, 2, 2, 2) for i in range(3)] == pytest.approx([1 / 3] * 3)


def test_max_splits_among_the_entries_that_tie() -> None:
    np.testing.assert_array_equal(gradient("max", 0, [1, 3, 3], upstream=4), [0, 2, 2])
    np.testing.assert_array_equal(gradient("min", 0, [1, 1, 3], upstream=4), [2, 2, 0])


def test_max_along_an_axis_splits_in_each_row() -> None:
    # Rows [1, 3, 3] and [5, 5, 5], upstream 6 and 9.
    rows = gradient("max", 0, [[1, 3, 3], [5, 5, 5]], upstream=[6, 9], axis=1)
    np.testing.assert_allclose(rows, [[0, 3, 3], [3, 3, 3]])


def test_relu_has_slope_0_at_0() -> None:
    np.testing.assert_array_equal(gradient("relu", 0, [-1, 0, 2]), [0, 0, 1])


def test_abs_has_slope_0_at_0() -> None:
    np.testing.assert_array_equal(gradient("abs", 0, [-2, 0, 2]), [-1, 0, 1])


def test_sqrt_has_an_infinite_slope_at_0() -> None:
    with np.errstate(divide="ignore"):
        assert gradient("sqrt", 0, 0) == np.inf


def test_the_branch_that_where_does_not_take_gets_0_never_nan() -> None:
    upstream = [np.inf, np.nan]
    x = gradient("where", 1, [0, 0], [1, 2], [3, 4], upstream=upstream)
    y = gradient("where", 2, [1, 1], [1, 2], [3, 4], upstream=upstream)
    np.testing.assert_array_equal(x, [0, 0])
    np.testing.assert_array_equal(y, [0, 0])


def test_powers_are_right_at_0() -> None:
    assert gradient("pow", 0, 0, 2) == 0  # 2 · 0
    assert gradient("pow", 0, 0, 1) == 1
    assert gradient("pow", 0, 0, 0) == 0  # x ** 0 is 1 everywhere
    assert gradient("pow", 0, -3, 2) == -6
    assert gradient("pow", 1, 0, 2) == 0  # 0 ** y is 0 for every y > 0
    assert gradient("pow", 1, np.e, 2) == pytest.approx(np.e**2)


def test_the_exponent_of_a_negative_number_has_no_gradient_to_show() -> None:
    with np.errstate(invalid="ignore"):
        assert np.isnan(gradient("pow", 1, -2, 3))


# ---------- large and small numbers ----------


@pytest.mark.parametrize(
    ("name", "x", "value"),
    [
        ("sigmoid", 1000, 1),
        ("sigmoid", -1000, 0),
        ("softplus", 1000, 1000),
        ("softplus", -1000, 0),
        ("softmax", [1000, 0], [1, 0]),
        ("log_softmax", [1000, 0], [0, -1000]),
    ],
)
def test_an_activation_does_not_overflow(name: str, x: object, value: object) -> None:
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        out = REGISTRY[name].forward(np.asarray(x, dtype=np.float64))
        slope = gradient(name, 0, x)
    np.testing.assert_array_equal(out, value)
    assert np.all(np.isfinite(slope))


def test_sigmoid_keeps_its_digits_far_to_the_left() -> None:
    out = REGISTRY["sigmoid"].forward(np.array(-40.0))
    assert out == pytest.approx(np.exp(-40.0), rel=1e-14)


# ---------- faces ----------


@pytest.mark.parametrize(
    ("name", "literals", "face"),
    [
        ("pow", (None, "2"), "x²"),
        ("pow", (None, "-1"), "x⁻¹"),
        ("pow", (None, "2.0"), "x²"),
        ("pow", (None, "0.5"), "x^0.5"),
        ("pow", ("2", None), "2ˣ"),
        ("mul", (None, "2"), "×2"),
        ("mul", ("-2", None), "×−2"),
        ("add", (None, "1"), "+1"),
        ("add", ("-1", None), "−1"),
        ("sub", (None, "1"), "−1"),
        ("sub", (None, "-1"), "+1"),
        ("sub", ("1", None), "1−x"),
        ("div", ("1", None), "1/x"),
        ("div", (None, "2"), "÷2"),
        ("maximum", (None, "0"), "relu"),
        ("maximum", ("0.0", None), "relu"),
        ("maximum", (None, "3"), "max 3"),
        ("minimum", (None, "-3"), "min −3"),
    ],
)
def test_a_folded_literal_shows_on_the_gate(
    name: str, literals: tuple[str | None, ...], face: str
) -> None:
    draw = REGISTRY[name].face
    assert draw is not None
    assert draw(*literals) == face


# ---------- products ----------


@pytest.mark.parametrize(
    ("spelling", "ranks", "name"),
    [
        ("dot", (0, 2), "mul"),
        ("dot", (3, 0), "mul"),
        ("dot", (1, 1), "inner"),
        ("dot", (2, 1), "matvec"),
        ("dot", (1, 2), "vecmat"),
        ("dot", (2, 2), "matmul"),
        ("matmul", (2, 2), "matmul"),
        ("matmul", (1, 1), "inner"),
        ("matmul", (3, 2), "matmul_batched"),
        ("matmul", (2, 4), "matmul_batched"),
        ("matmul", (1, 3), "vecmat_batched"),
        ("matmul", (4, 1), "matvec_batched"),
        ("dot", (1, 3), "vecmat_batched"),
        ("dot", (3, 2), "matmul_batched"),
        ("dot", (2, 3), "dot_nd"),
        ("inner", (2, 2), "inner_rows"),
        ("inner", (1, 2), "inner_nd"),
        ("vdot", (2, 2), "vdot"),
        ("outer", (1, 1), "outer"),
        ("outer", (2, 0), "outer_flat"),
        ("linalg.solve", (2, 1), "solve_vector"),
        ("linalg.solve", (3, 1), "solve_vectors"),
        ("linalg.solve", (2, 2), "solve"),
    ],
)
def test_ranks_choose_the_product(spelling: str, ranks: tuple[int, int], name: str) -> None:
    assert OVERLOADS[spelling](ranks) == name


def test_matmul_refuses_scalars_and_says_which() -> None:
    with pytest.raises(ShapeMismatch, match="no scalars") as refused:
        OVERLOADS["matmul"]((2, 0))
    assert refused.value.rank == (1, 1)


def test_inner_sizes_that_disagree_are_named() -> None:
    with pytest.raises(ShapeMismatch) as refused:
        REGISTRY["matmul"].shape((2, 3), (4, 5))
    assert refused.value.detail == (
        "matmul needs inner sizes to agree: (2, 3) @ (4, 5) has 3 and 4."
    )
    assert refused.value.hint == "Transpose one side?"
    assert refused.value.sizes == (3, 4)


@pytest.mark.parametrize(
    "name",
    [
        *("inner", "matvec", "vecmat", "matmul", "matmul_batched"),
        *("vecmat_batched", "matvec_batched", "dot_nd", "inner_nd"),
    ],
)
def test_a_product_refuses_ranks_that_are_not_its_own(name: str) -> None:
    with pytest.raises(ShapeMismatch, match="This product"):
        REGISTRY[name].shape((), (3, 4))


def test_a_product_costs_two_flops_a_term() -> None:
    cost = REGISTRY["matmul"].cost
    assert cost is not None
    assert cost((2, 4), (2, 3), (3, 4)) == 2 * 2 * 3 * 4


# ---------- shapes ----------


class Size(int):
    """A size that carries where it comes from, as the assumed ones do."""


@pytest.mark.parametrize(
    ("name", "shapes", "settings"),
    [
        ("matmul", ((2, 3), (3, 4)), {}),
        ("matmul_batched", ((5, 2, 3), (3, 4)), {}),
        ("vecmat", ((3,), (3, 4)), {}),
        ("dot_nd", ((2, 3), (5, 3, 4)), {}),
        ("inner_nd", ((2, 3), (5, 4, 3)), {}),
        ("outer", ((2,), (3,)), {}),
        ("tensordot", ((2, 3), (3, 4)), {"axes": 1}),
        ("einsum", ((2, 3), (3, 4)), {"subscripts": "ij,jk->ik"}),
        ("kron", ((2,), (1,)), {}),
        ("cross", ((5, 3), (3,)), {}),
        ("inv", ((3, 3),), {}),
        ("solve", ((3, 3), (3, 4)), {}),
        ("svdvals", ((3, 2),), {}),
        ("add", ((2, 3), (3,)), {}),
        ("sum", ((2, 3),), {"axis": 0}),
        ("transpose", ((2, 3),), {}),
        ("moveaxis", ((2, 3, 4),), {"source": 0, "destination": -1}),
        ("squeeze", ((1, 3),), {"axis": 0}),
        ("ravel", ((3,),), {}),
        ("softmax", ((3,),), {}),
    ],
)
def test_a_shape_rule_keeps_the_size_objects(
    name: str, shapes: tuple[Shape, ...], settings: dict[str, object]
) -> None:
    sized = [tuple(Size(n) for n in shape) for shape in shapes]
    result = REGISTRY[name].shape(*sized, **settings)
    assert all(any(n is m for shape in sized for m in shape) for n in result)


@pytest.mark.parametrize(
    ("shape", "axis", "rank"), [((), 0, 1), ((3,), 1, 2), ((3,), -2, 2), ((2, 3), (0, 2), 3)]
)
def test_a_missing_axis_is_named_with_the_rank_it_needs(
    shape: Shape, axis: int | tuple[int, ...], rank: int
) -> None:
    with pytest.raises(ShapeMismatch, match="There is no axis") as refused:
        REGISTRY["sum"].shape(shape, axis=axis)
    assert refused.value.rank == (0, rank)


@pytest.mark.parametrize(
    ("name", "shapes", "settings", "detail"),
    [
        ("sum", ((2, 3),), {"axis": (0, -2)}, "name one twice"),
        ("max", ((0, 3),), {"axis": 0}, "has no entries"),
        ("reshape", ((2, 3),), {"shape": (4, -1)}, "which has 6 entries"),
        ("reshape", ((2, 3),), {"shape": (5,)}, "which has 6 entries"),
        ("reshape", ((2, 3),), {"shape": (-2, -3)}, "which has 6 entries"),
        ("transpose", ((2, 3),), {"axes": (0,)}, "each axis"),
        ("squeeze", ((2, 3),), {"axis": 0}, "has size 2"),
        ("moveaxis", ((2, 3),), {"source": (0, 1), "destination": 0}, "as many destinations"),
        ("broadcast_to", ((3,),), {"shape": (3, 1)}, "does not stretch"),
        ("broadcast_to", ((2, 3),), {"shape": (3,)}, "does not stretch"),
        ("add", ((2, 3), (2,)), {}, "do not fit"),
        ("solve", ((3, 3), (3,)), {}, "A matrix belongs here"),
        ("solve_vector", ((3, 3), (3, 1)), {}, "an entry of the right side"),
        ("pinv", ((3,),), {}, "A matrix belongs here"),
        ("trace", ((3,),), {}, "A matrix belongs here"),
        ("svdvals", ((),), {}, "A matrix belongs here"),
    ],
)
def test_a_shape_that_cannot_be_is_refused(
    name: str, shapes: tuple[Shape, ...], settings: dict[str, object], detail: str
) -> None:
    with pytest.raises(ShapeMismatch, match=detail) as refused:
        REGISTRY[name].shape(*shapes, **settings)
    assert refused.value.hint


def test_settings_that_are_not_whole_numbers_are_refused() -> None:
    with pytest.raises(BadCall, match=r"not 0\.5"):
        REGISTRY["sum"].shape((3,), axis=0.5)
    with pytest.raises(BadCall, match="not True"):
        REGISTRY["reshape"].shape((3,), shape=(True, 3))


def test_max_of_nothing_along_another_axis_is_nothing() -> None:
    assert REGISTRY["max"].shape((0, 3), axis=1) == np.max(np.zeros((0, 3)), axis=1).shape


small_shapes = st.lists(st.integers(0, 3), max_size=3).map(tuple)


@given(st.lists(small_shapes, min_size=1, max_size=3))
def test_broadcast_is_numpys(shapes: list[Shape]) -> None:
    try:
        expected = np.broadcast_shapes(*shapes)
    except ValueError:
        with pytest.raises(ShapeMismatch):
            broadcast(*shapes)
    else:
        assert broadcast(*shapes) == expected


@given(small_shapes, st.integers(-3, 2))
def test_an_axis_counts_from_either_end(shape: Shape, axis: int) -> None:
    if -len(shape) <= axis < len(shape):
        assert axes_of(shape, axis) == (range(len(shape))[axis],)
    else:
        with pytest.raises(ShapeMismatch):
            axes_of(shape, axis)


def test_a_shape_is_written_as_numpy_writes_it() -> None:
    assert [show(s) for s in ((), (3,), (2, 3))] == ["()", "(3,)", "(2, 3)"]
