"""A circuit as a PyTorch or JAX script: the same forward lines in the framework's words, its autodiff for the gradients.

A gate's line is made from the text of its primitive's `forward`: every NumPy function in it is looked up in the tables
below, which know functions and no primitives. Where that does not do, the primitive's record says it in its own words
(`spelled`). What neither says is refused by name.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache

import numpy as np

from engine.backward import kept
from engine.errors import NotSpelled
from engine.forward import in_arithmetic
from engine.graph import Array, Kind, Node
from engine.listing import MARK, evaluation, filled, substituted
from engine.naming import RESERVED
from engine.primitives import REGISTRY, Structure
from engine.script import (
    BACKWARD,
    FORWARD,
    Finish,
    Form,
    Forward,
    Run,
    Script,
    ScriptLine,
    Template,
    assigned,
    template_of,
    titled,
)
from engine.simplify import number_of


def names(*lines: str) -> frozenset[str]:
    """Returns the words of a few lines."""
    return frozenset(" ".join(lines).split())


ELEMENTWISE = names(
    "abs absolute add arccos arccosh arcsin arcsinh arctan arctan2 arctanh bitwise_and",
    "bitwise_not bitwise_or bitwise_xor ceil copysign cos cosh deg2rad divide equal exp",
    "exp2 expm1 floor fmax fmin fmod greater greater_equal heaviside hypot",
    "isfinite isinf isnan less less_equal log log10 log1p log2 logaddexp logaddexp2",
    "logical_and logical_not logical_or logical_xor maximum minimum multiply negative",
    "nextafter not_equal positive rad2deg reciprocal sign signbit sin sinc sinh sqrt",
    "square subtract tan tanh true_divide trunc",
)
"""Functions of NumPy that PyTorch has by the same name, for tensors only."""

TORCH: tuple[tuple[str, str], ...] = (
    ("sum(a)", "torch.sum(a)"),
    ("sum(a, axis, keepdims=keepdims)", "torch.sum(a, dim=axis, keepdim=keepdims)"),
    ("sum(a, keepdims=keepdims)", "torch.sum(a, dim=None, keepdim=keepdims)"),
    ("mean(a)", "torch.mean(a)"),
    ("mean(a, axis, keepdims=keepdims)", "torch.mean(a, dim=axis, keepdim=keepdims)"),
    ("mean(a, keepdims=keepdims)", "torch.mean(a, dim=None, keepdim=keepdims)"),
    ("max(a, axis=axis, keepdims=keepdims)", "torch.amax(a, dim=axis, keepdim=keepdims)"),
    ("min(a, axis=axis, keepdims=keepdims)", "torch.amin(a, dim=axis, keepdim=keepdims)"),
    ("any(a, axis=axis, keepdims=keepdims)", "torch.any(a, dim=axis, keepdim=keepdims)"),
    ("all(a, axis=axis, keepdims=keepdims)", "torch.all(a, dim=axis, keepdim=keepdims)"),
    ("prod(a)", "torch.prod(a)"),
    ("prod(a, axis, keepdims=keepdims)", "torch.prod(a, dim=axis, keepdim=keepdims)"),
    ("prod(a, keepdims=keepdims)", "torch.prod(a).reshape([1] * a.ndim)"),
    (
        "var(a, axis=axis, keepdims=keepdims)",
        "torch.var(a, dim=axis, correction=0, keepdim=keepdims)",
    ),
    (
        "var(a, axis=axis, ddof=ddof, keepdims=keepdims)",
        "torch.var(a, dim=axis, correction=ddof, keepdim=keepdims)",
    ),
    (
        "std(a, axis=axis, keepdims=keepdims)",
        "torch.std(a, dim=axis, correction=0, keepdim=keepdims)",
    ),
    (
        "std(a, axis=axis, ddof=ddof, keepdims=keepdims)",
        "torch.std(a, dim=axis, correction=ddof, keepdim=keepdims)",
    ),
    ("argmax(a, axis=axis, keepdims=keepdims)", "torch.argmax(a, dim=axis, keepdim=keepdims)"),
    ("argmin(a, axis=axis, keepdims=keepdims)", "torch.argmin(a, dim=axis, keepdim=keepdims)"),
    ("argsort(a, axis=axis)", "torch.argsort(a, dim=axis)"),
    ("sort(a)", "torch.sort(a).values"),
    ("sort(a, axis=axis)", "torch.sort(a, dim=axis).values"),
    ("cumsum(a)", "torch.cumsum(torch.ravel(a), dim=0)"),
    ("cumsum(a, axis=axis)", "torch.cumsum(a, dim=axis)"),
    ("cumprod(a)", "torch.cumprod(torch.ravel(a), dim=0)"),
    ("cumprod(a, axis=axis)", "torch.cumprod(a, dim=axis)"),
    ("count_nonzero(a)", "torch.count_nonzero(a)"),
    ("count_nonzero(a, axis=axis)", "torch.count_nonzero(a, dim=axis)"),
    ("mod(x, y)", "x - y * torch.floor(x / y)"),
    ("floor_divide(x, y)", "torch.floor_divide(x, y)"),
    ("rint(x)", "torch.round(x)"),
    ("round(x)", "torch.round(x)"),
    ("round(x, decimals=decimals)", "torch.round(x, decimals=decimals)"),
    ("cbrt(x)", "torch.sign(x) * torch.abs(x) ** (1 / 3)"),
    ("where(c, x, y)", "torch.where(c, x, y)"),
    (
        "clip(a, low, high)",
        "torch.minimum(torch.maximum(tensor_of(a), tensor_of(low)), tensor_of(high))",
    ),
    ("nan_to_num(x)", "torch.nan_to_num(x)"),
    ("shape(a)", "a.shape"),
    ("size(a)", "a.numel()"),
    ("ravel(a)", "torch.ravel(a)"),
    ("reshape(a, shape)", "torch.reshape(a, tuple_of(shape))"),
    ("squeeze(a, axis=axis)", "torch.squeeze(a, dim=axis)"),
    ("expand_dims(a, axis)", "unsqueezed(a, axis)"),
    ("transpose(a)", "reversed_axes(a)"),
    ("transpose(a, axes)", "torch.permute(a, axes)"),
    ("swapaxes(a, axis1, axis2)", "torch.swapaxes(a, axis1, axis2)"),
    ("moveaxis(a, source, destination)", "torch.movedim(a, source, destination)"),
    ("broadcast_to(a, shape)", "torch.broadcast_to(a, tuple_of(shape))"),
    ("flip(a)", "torch.flip(a, [*range(a.ndim)])"),
    ("flip(a, axis)", "torch.flip(a, tuple_of(axis))"),
    ("roll(a, shift, axis=axis)", "torch.roll(a, shift, dims=axis)"),
    ("rot90(a, k, axes)", "torch.rot90(a, k, axes)"),
    ("concatenate(arrays, axis=axis)", "torch.cat(arrays, dim=axis)"),
    ("stack(arrays, axis=axis)", "torch.stack(arrays, dim=axis)"),
    ("tile(a, reps)", "torch.tile(a, tuple_of(reps))"),
    ("repeat(a, repeats)", "torch.repeat_interleave(torch.ravel(a), counts_of(repeats))"),
    ("repeat(a, repeats, axis=axis)", "torch.repeat_interleave(a, counts_of(repeats), dim=axis)"),
    ("nansum(a)", "torch.nansum(a)"),
    ("nansum(a, axis, keepdims=keepdims)", "torch.nansum(a, dim=axis, keepdim=keepdims)"),
    ("nanmean(a)", "torch.nanmean(a)"),
    ("nanmean(a, axis, keepdims=keepdims)", "torch.nanmean(a, dim=axis, keepdim=keepdims)"),
    ("ptp(a)", "torch.amax(a) - torch.amin(a)"),
    (
        "ptp(a, axis, keepdims=keepdims)",
        "torch.amax(a, dim=axis, keepdim=keepdims) - torch.amin(a, dim=axis, keepdim=keepdims)",
    ),
    ("median(a)", "torch.quantile(a, 0.5)"),
    ("median(a, axis, keepdims=keepdims)", "torch.quantile(a, 0.5, dim=axis, keepdim=keepdims)"),
    (
        "diagonal(a, offset=offset, axis1=axis1, axis2=axis2)",
        "torch.diagonal(a, offset=offset, dim1=axis1, dim2=axis2)",
    ),
    ("diag(a)", "torch.diag(a)"),
    ("diag(a, k)", "torch.diag(a, diagonal=k)"),
    ("trace(a)", "torch.trace(a)"),
    ("triu(a)", "torch.triu(a)"),
    ("triu(a, k)", "torch.triu(a, diagonal=k)"),
    ("tril(a)", "torch.tril(a)"),
    ("tril(a, k)", "torch.tril(a, diagonal=k)"),
    ("diff(a)", "torch.diff(a)"),
    ("diff(a, n=n, axis=axis)", "torch.diff(a, n=n, dim=axis)"),
    ("outer(a, b)", "torch.outer(torch.ravel(a), torch.ravel(b))"),
    ("inner(a, b)", "torch.inner(a, b)"),
    ("vdot(a, b)", "torch.dot(torch.ravel(a), torch.ravel(b))"),
    ("matmul(a, b)", "torch.matmul(a, b)"),
    ("tensordot(a, b, axes)", "torch.tensordot(a, b, dims=pairs_of(axes))"),
    ("einsum(subscripts, a)", "torch.einsum(subscripts, a)"),
    ("einsum(subscripts, a, b)", "torch.einsum(subscripts, a, b)"),
    ("kron(a, b)", "torch.kron(a, b)"),
    ("cross(a, b)", "torch.linalg.cross(a, b)"),
    ("trapezoid(y, dx=dx, axis=axis)", "torch.trapezoid(y, dx=dx, dim=axis)"),
    ("take_along_axis(a, indices, axis)", "torch.take_along_dim(a, indices, axis)"),
    ("linalg.inv(a)", "torch.linalg.inv(a)"),
    ("linalg.pinv(a)", "torch.linalg.pinv(a)"),
    ("linalg.det(a)", "torch.linalg.det(a)"),
    ("linalg.solve(a, b)", "torch.linalg.solve(a, b)"),
    ("linalg.cholesky(a)", "torch.linalg.cholesky(torch.tril(a) + torch.tril(a, -1).mT)"),
    ("linalg.eigvalsh(a)", "torch.linalg.eigvalsh(torch.tril(a) + torch.tril(a, -1).mT)"),
    ("linalg.svdvals(a)", "torch.linalg.svdvals(a)"),
    ("linalg.slogdet(a)", "torch.linalg.slogdet(a)"),
    (
        "linalg.norm(a, ord=ord, axis=axis, keepdims=keepdims)",
        "torch.linalg.norm(a, ord=ord, dim=axis, keepdim=keepdims)",
    ),
    ("linalg.matrix_power(a, n)", "torch.linalg.matrix_power(a, n)"),
    ("broadcast_arrays(*arrays)", "torch.broadcast_tensors(*arrays)"),
    ("ones_like(a)", "torch.ones_like(a)"),
    ("zeros_like(a)", "torch.zeros_like(a)"),
    ("arange(n)", "torch.arange(n)"),
    ("asarray(a)", "torch.as_tensor(a)"),
    ("float64(number)", "torch.tensor(number)"),
)
"""What a call of NumPy's becomes in PyTorch: the first row with the arguments that the call has; `name=name` may lack.

NumPy reads the lower triangle alone of what should be symmetric; frameworks share a gradient between both.
"""

JAX_ROWS: tuple[tuple[str, str], ...] = (
    ("linalg.cholesky(a)", "jnp.linalg.cholesky(jnp.tril(a) + jnp.tril(a, -1).mT)"),
    ("linalg.eigvalsh(a)", "jnp.linalg.eigvalsh(jnp.tril(a) + jnp.tril(a, -1).mT)"),
)
"""The same for JAX, where it is not jax.numpy's function of the same name."""

JAX = ELEMENTWISE | names(
    "all any arange argmax argmin argsort array asarray atleast_1d atleast_2d",
    "atleast_3d average bincount broadcast_to cbrt clip column_stack concatenate",
    "convolve correlate count_nonzero cross cumprod cumsum diag diagflat diagonal diff",
    "dot einsum expand_dims flip float64 floor_divide full_like gradient hstack inner",
    "int64 interp kron linspace matmul matvec max mean median min mod moveaxis",
    "nan_to_num ones_like outer prod ptp ravel remainder repeat reshape rint roll round",
    "rot90 searchsorted shape size sort split squeeze stack std sum swapaxes take",
    "take_along_axis tensordot tile trace transpose trapezoid tril triu var vdot vecdot",
    "vecmat vstack where zeros_like linalg.cholesky linalg.det linalg.eigvalsh",
    "linalg.inv linalg.matrix_power linalg.norm linalg.pinv linalg.slogdet linalg.solve",
    "linalg.svdvals pi e inf nan euler_gamma",
)
"""Functions and constants of NumPy that jax.numpy has by the same name, with the same arguments."""

OWN_WORDS = names("tuple_of pairs_of tensor_of counts_of unsqueezed reversed_axes")
"""What the rows of PyTorch say that is none of its functions; see `TorchFilling.shaped`."""
ARRAYS = names("a b x y arrays")
"""What the rows of PyTorch call arrays: numbers there are made tensors."""
MATRICES = names("triu tril")
"""Functions that PyTorch has for matrices only."""
CONSTANTS = frozenset({"pi", "e", "inf", "nan"})
ONE_AXIS = names("prod cumsum cumprod argmax argmin sort argsort concatenate median nansum nanmean")
"""Functions whose `dim` is one number in PyTorch."""
WRITES = re.compile(rf"\[.*{MARK}\d+{MARK}.*\]( =|\.set\()")
"""A line that writes where index arrays say."""


@dataclass(frozen=True, slots=True)
class Peer:
    """A framework.

    Attributes:
        name: the target's name, a key of a record's `spelled`.
        title: what people call it.
        module: what stands for `np` in its lines.
        reserved: names that its script needs for itself.
    """

    name: str
    title: str
    module: str
    reserved: frozenset[str]


TORCH_PEER = Peer("torch", "PyTorch", "torch", frozenset(RESERVED) | {"torch"})
JAX_PEER = Peer("jax", "JAX", "jnp", frozenset(RESERVED) | {"jax", "jnp", "pull", "forward"})


@dataclass(frozen=True, slots=True)
class Shapes:
    """What a spelling depends on beside the site.

    Attributes:
        form: the gate's.
        ranks: of its arguments.
        kinds: of its arguments' numbers: "f", "i" or "b".
    """

    form: Form
    ranks: tuple[int, ...]
    kinds: tuple[str, ...]


class PeerScript(Forward):
    """Writes one script of a framework; see `TorchScript` and `JaxScript`.

    Args:
        run: the circuit that has run.
        peer: the framework.
    """

    def __init__(self, run: Run, peer: Peer) -> None:
        super().__init__(run, peer.reserved)
        self.peer = peer
        self.used = [node for node in self.nodes if node.index in self.needed]
        self.asked = {
            name: place
            for name, place in run.places.items()
            if place is not None and run.wanted[place] and run.gradients.upstream[place] is not None
        }
        self.gradient_names = {
            name: self.gradient_name(name, place) for name, place in run.places.items()
        }

    def given(self) -> list[ScriptLine]:
        """Returns the lines that give inputs and constants their values."""
        return [
            ScriptLine(text, node.index, FORWARD)
            for node in self.used
            if node.kind is not Kind.GATE and not self.literal[node.index]
            for text in self.array(self.names[node.index], self.run.values[node.index])
        ]

    def array(self, name: str, value: Array) -> list[str]:
        """Returns the lines that give a name an array."""
        first, *others = assigned(name, value)
        first = re.sub(r"np\.(float64|int64|bool_|array)\(", self.constructor(), first, count=1)
        return [re.sub(r"\bnp\.", f"{self.peer.module}.", line) for line in (first, *others)]

    def constructor(self) -> str:
        """Returns the call that makes an array."""
        raise NotImplementedError

    def evaluated(self, node: Node) -> list[ScriptLine]:
        """Returns the lines that compute a gate's value, and what is to be said of them."""
        form = Form(self.site(node), self.dots(node), node.shape == ())
        ranks = tuple(len(self.nodes[a].shape) for a in node.arguments)
        kinds = tuple(self.run.values[a].dtype.kind for a in node.arguments)
        try:
            template = spelled(Shapes(form, ranks, kinds), self.peer)
        except Unspelled as error:
            raise self.unspelled(node, str(error)) from None
        if any(WRITES.search(text) for text in template.before) and self.twice(node):
            raise self.unspelled(node, "it writes a place twice in no order")
        name = self.names[node.index]
        code = self.filling(node, template, name)
        texts = [filled(text, code) for text in template.before]
        if template.last:
            texts.append(f"{name} = {filled(template.last, code)}")
        lines = [ScriptLine(text, node.index, FORWARD) for text in texts]
        return [*lines, *self.said(node)]

    def unspelled(self, node: Node, why: str) -> NotSpelled:
        """Returns the refusal of a gate."""
        return NotSpelled(
            f"{self.peer.title} has no words for {node.primitive}: {why}.",
            span=node.span,
            hint="Ask for the NumPy script, which has every function.",
        )

    def twice(self, node: Node) -> bool:
        """Returns whether a gate's index arrays may name a place twice; NumPy then keeps what is written last."""
        values = [self.run.values[a] for a in node.arguments]
        indices = [v for v in values if v.dtype.kind == "i"]
        if not indices:
            return False
        places = np.stack([np.ravel(v) for v in np.broadcast_arrays(*indices)])
        signs = {bool(sign) for sign in np.ravel(places < 0)}
        return len(signs) > 1 or np.unique(places, axis=1).shape[1] < places.shape[1]

    def said(self, node: Node) -> Iterable[ScriptLine]:
        """Yields a comment where the framework's slope may be another than ours."""
        if not self.run.wanted[node.index]:
            return
        if any(place == node.index for place, _ in self.run.gradients.cleared):
            text = f"# 0 times infinity behind a branch not chosen: 0 on the page, NaN in {self.peer.title}"
            yield ScriptLine(text, node.index, FORWARD)
        elif at_a_kink(node, self.run.values):
            text = f"# at a corner, where {self.peer.title} may take another slope than the page"
            yield ScriptLine(text, node.index, FORWARD)

    def zeros(self) -> list[ScriptLine]:
        """Returns the lines of gradients that nothing reaches."""
        lines = []
        for name, place in self.run.places.items():
            if name not in self.asked:
                shape = (
                    self.run.graph.inputs[name].value.shape
                    if place is None
                    else self.nodes[place].shape
                )
                text = f"{self.gradient_names[name]} = {self.peer.module}.zeros({shape})"
                lines.append(ScriptLine(text, place, BACKWARD))
        return lines

    def printed(self) -> list[ScriptLine]:
        """Returns the lines that print the output and the gradients."""
        output = self.run.graph.output
        shown = [(self.names[output], output, FORWARD)] + [
            (self.gradient_names[name], place, BACKWARD) for name, place in self.run.places.items()
        ]
        return [
            ScriptLine(f'print("{name} =", {name}.tolist())', place, phase)
            for name, place, phase in shown
        ]

    def seed_is_one(self) -> bool:
        """Returns whether the seed is the 1 that frameworks take by themselves."""
        return self.run.seed.shape == () and float(self.run.seed) == 1


class TorchScript(PeerScript):
    """Writes one PyTorch script."""

    def __init__(self, run: Run) -> None:
        super().__init__(run, TORCH_PEER)

    def constructor(self) -> str:
        """Returns the call that makes a tensor."""
        return "torch.tensor("

    def script(self) -> Script:
        """Returns the script."""
        output = self.run.graph.output
        leaves = {p for p in self.asked.values() if self.nodes[p].kind is not Kind.GATE}
        gates = set(self.asked.values()) - leaves
        given = self.given()
        ends = {line.node: line for line in given if line.node in leaves}.values()
        given = [replace(line, text=leaf(line.text)) if line in ends else line for line in given]
        forward: list[ScriptLine] = []
        for node in self.used:
            if node.kind is Kind.GATE:
                forward += self.evaluated(node)
            if node.index in gates:
                text = f"{self.names[node.index]}.retain_grad()"
                forward.append(ScriptLine(text, node.index, FORWARD))
        backward: list[ScriptLine] = []
        if self.asked:
            backward += self.seeded(output)
            backward += [
                ScriptLine(f"{self.gradient_names[n]} = {self.names[p]}.grad", p, BACKWARD)
                for n, p in self.asked.items()
            ]
        lines = [
            ScriptLine("import torch"),
            ScriptLine(""),
            ScriptLine("torch.set_default_dtype(torch.float64)"),
            *([ScriptLine(""), *given] if given else []),
            *titled("forward", forward),
            *titled("backward", [*backward, *self.zeros()]),
            ScriptLine(""),
            *self.printed(),
        ]
        return Script(tuple(lines), self.gradient_names)

    def seeded(self, output: int) -> list[ScriptLine]:
        """Returns the lines that start the backward pass."""
        name = self.names[output]
        if self.seed_is_one():
            return [ScriptLine(f"{name}.backward()", output, BACKWARD)]
        seed = self.fresh(self.gradients[output])
        if self.gradients[output] not in self.gradient_names.values():
            seed = self.gradients[output]
        texts = [*self.array(seed, self.run.seed), f"{name}.backward({seed})"]
        return [ScriptLine(text, output, BACKWARD) for text in texts]


class JaxScript(PeerScript):
    """Writes one JAX script."""

    def __init__(self, run: Run) -> None:
        super().__init__(run, JAX_PEER)

    def constructor(self) -> str:
        """Returns the call that makes an array."""
        return "jnp.array("

    def script(self) -> Script:
        """Returns the script."""
        output = self.run.graph.output
        places = list(dict.fromkeys(self.asked.values()))
        nudges = {
            p: self.fresh(f"at_{self.names[p]}") for p in places if self.nodes[p].kind is Kind.GATE
        }
        parameters = [nudges.get(p, self.names[p]) for p in places]
        given = self.given() + [
            ScriptLine(f"{name} = jnp.zeros({self.nodes[p].shape})", p, FORWARD)
            for p, name in nudges.items()
        ]
        body: list[ScriptLine] = []
        for node in self.used:
            if node.kind is Kind.GATE:
                body += self.evaluated(node)
            if node.index in nudges:
                name = self.names[node.index]
                text = f"{name} = {name} + {nudges[node.index]}"
                body.append(ScriptLine(text, node.index, FORWARD))
        name = self.names[output]
        call = f"forward({', '.join(parameters)})"
        function = [
            ScriptLine(f"def {call}:"),
            *[ScriptLine(f"    {line.text}", line.node, line.phase) for line in body],
            ScriptLine(f"    return {name}", output, FORWARD),
        ]
        lines = [
            ScriptLine("import jax"),
            ScriptLine("import jax.numpy as jnp"),
            ScriptLine(""),
            ScriptLine('jax.config.update("jax_enable_x64", True)'),
            *([ScriptLine(""), *given] if given else []),
            ScriptLine(""),
            ScriptLine(""),
            ScriptLine("# forward"),
            *function,
            ScriptLine(""),
            ScriptLine(""),
            ScriptLine(f"{name} = {call}", output, FORWARD),
            *titled("backward", [*self.sent(places, parameters, output), *self.zeros()]),
            ScriptLine(""),
            *self.printed(),
        ]
        return Script(tuple(lines), self.gradient_names)

    def sent(
        self, places: Sequence[int], parameters: Sequence[str], output: int
    ) -> list[ScriptLine]:
        """Returns the lines that ask for the gradients."""
        if not places:
            return []
        names = {place: self.gradient_names[name] for name, place in self.asked.items()}
        targets = ", ".join(names[place] for place in places)
        values = ", ".join(parameters)
        if self.seed_is_one():
            chosen = f", argnums={tuple(range(len(places)))}" if len(places) > 1 else ""
            texts = [f"{targets} = jax.grad(forward{chosen})({values})"]
        else:
            seed = self.fresh("seed")
            comma = "," if len(places) == 1 else ""
            texts = [
                f"pull = jax.vjp(forward, {values})[1]",
                *self.array(seed, self.run.seed),
                f"{targets}{comma} = pull({seed})",
            ]
        lines = [ScriptLine(text, output, BACKWARD) for text in texts]
        for name, place in self.asked.items():
            if self.gradient_names[name] != names[place]:
                text = f"{self.gradient_names[name]} = {names[place]}"
                lines.append(ScriptLine(text, place, BACKWARD))
        return lines


def torch_script(run: Run) -> Script:
    """Returns the PyTorch script of a circuit that has run.

    Raises:
        NotSpelled: for a gate that PyTorch has no words for.
    """
    return TorchScript(run).script()


def jax_script(run: Run) -> Script:
    """Returns the JAX script of a circuit that has run.

    Raises:
        NotSpelled: for a gate that JAX has no words for.
    """
    return JaxScript(run).script()


def leaf(text: str) -> str:
    """Returns a line that makes a tensor, so that PyTorch notes what is done with it."""
    return re.sub(r"\)$", ", requires_grad=True)", text)


def at_a_kink(node: Node, values: Sequence[Array]) -> bool:
    """Returns whether an entry stands exactly on a corner of a gate's function."""
    primitive = REGISTRY[node.primitive or ""]
    if primitive.kink is None:
        return False
    arguments = in_arithmetic(primitive, [values[a] for a in node.arguments])
    out = values[node.index]
    if primitive.structure_of(primitive.arguments[0]) is Structure.REDUCTION:
        out = kept(node, out, arguments[0])
    with np.errstate(all="ignore"):
        corner = primitive.kink.at(out, *arguments, **node.settings)
    return bool(np.any(corner))


# ---------------------------------------------------------------------- spelling


class Unspelled(Exception):
    """What a framework has no words for."""


@lru_cache(maxsize=4096)
def spelled(shapes: Shapes, peer: Peer) -> Template:
    """Returns the template of a gate's value in a framework's words.

    Raises:
        Unspelled: naming what the framework does not have.
    """
    site = shapes.form.site
    target = f"{MARK}t{MARK}"
    own = REGISTRY[site.primitive].spelled.get(peer.name)
    if own is None:
        statements = evaluation(site, target)
    else:
        result = ast.Return(ast.parse(own, mode="eval").body)
        statements = substituted(site, [result], {}, target, exact=True)
    if peer is TORCH_PEER:
        return template_of(statements, Torch(shapes))
    finish = Finish(shapes.form, "np.dot")
    return template_of([finish.visit(s) for s in statements], Jax(shapes))


def numpy_name(node: ast.expr) -> str:
    """Returns "linalg.inv" for np.linalg.inv, and "" for what is not NumPy's."""
    match = (
        re.fullmatch(r"np\.([\w.]+)", ast.unparse(node))
        if isinstance(node, ast.Attribute)
        else None
    )
    return match[1] if match else ""


def dotted(name: str) -> ast.expr:
    """Returns a dotted name."""
    return ast.parse(name, mode="eval").body


def place_of(node: ast.expr) -> int | None:
    """Returns the position of the argument that an expression is, or None."""
    text = node.id.strip(MARK) if isinstance(node, ast.Name) else ""
    return int(text) if text.isdecimal() else None


def rank_of(node: ast.expr, shapes: Shapes) -> int | None:
    """Returns the number of axes of an argument; None for other expressions."""
    place = place_of(node)
    return None if place is None else shapes.ranks[place]


class Jax(ast.NodeTransformer):
    """Puts statements into JAX's words.

    Args:
        shapes: ranks of what the slots stand for.
    """

    def __init__(self, shapes: Shapes) -> None:
        self.shapes = shapes

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        """Looks a name of NumPy's up."""
        name = numpy_name(node)
        if name:
            if name not in JAX:
                raise Unspelled(f"it has no np.{name}")
            return dotted(f"jnp.{name}")
        self.generic_visit(node)
        return node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """Stacks arrays that NumPy would take as a list."""
        name = numpy_name(node.func)
        if name in MATRICES and rank_of(node.args[0], self.shapes) in (0, 1):
            raise Unspelled(f"its {name} takes matrices")
        if name == "repeat" and isinstance(node.args[1], ast.Tuple):
            node.args[1] = ast.Call(dotted("np.array"), [node.args[1]], [])
        if name == "broadcast_arrays":
            stacked = ast.Call(dotted("jnp.broadcast_arrays"), node.args, [])
            self.generic_visit(stacked)
            return ast.Call(dotted("jnp.stack"), [stacked], [])
        for pattern, expression in JAX_ROWS:
            if pattern.startswith(f"{name}("):
                bound = bindings(pattern, node)
                if bound is not None:
                    table = {k: self.visit(v) for k, v in bound.items()}
                    return Filling(table).visit(dotted(expression))  # type: ignore[no-any-return]
        self.generic_visit(node)
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.stmt:
        """Makes a new array where NumPy would write into one."""
        self.generic_visit(node)
        return replaced(node.targets[0], "set", node.value) or node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.stmt:
        """The same for an addition."""
        self.generic_visit(node)
        if isinstance(node.target, ast.Name):
            return node
        changed = replaced(node.target, "add", node.value) if isinstance(node.op, ast.Add) else None
        if changed is None:
            raise Unspelled("it changes no array in place")
        return changed


def replaced(target: ast.expr, method: str, value: ast.expr) -> ast.stmt | None:
    """Returns `x = x.at[index].set(value)` for `x[index] = value`; None for a plain name."""
    if isinstance(target, ast.Name):
        return None
    if not isinstance(target, ast.Subscript) or not isinstance(target.value, ast.Name):
        raise Unspelled("it changes no array in place")
    name = target.value.id
    place = ast.Subscript(
        ast.Attribute(ast.Name(name, ast.Load()), "at", ast.Load()), target.slice, ast.Load()
    )
    call = ast.Call(ast.Attribute(place, method, ast.Load()), [value], [])
    return ast.fix_missing_locations(ast.Assign([ast.Name(name, ast.Store())], call))


class Torch(ast.NodeTransformer):
    """Puts statements into PyTorch's words.

    Args:
        shapes: ranks and kinds of what the slots stand for.
    """

    METHODS: Mapping[str, str] = {
        "copy": "clone",
        "reshape": "reshape",
        "astype": "to",
        "ravel": "ravel",
    }

    def __init__(self, shapes: Shapes) -> None:
        self.shapes = shapes

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        """Puts constants of NumPy's and what arrays know of themselves into words."""
        name = numpy_name(node)
        if name:
            if name not in CONSTANTS and name != "float64":
                raise Unspelled(f"it has no np.{name}")
            return dotted(f"torch.{name}")
        value: ast.expr = self.visit(node.value)
        if node.attr == "sign":
            raise Unspelled("it passes no gradient through a sign")
        if node.attr == "T":
            return self.reversed_axes(value)
        if node.attr == "size":
            return ast.Call(ast.Attribute(value, "numel", ast.Load()), [], [])
        return ast.Attribute(value, node.attr, node.ctx)

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """Looks a function or a method up."""
        name = numpy_name(node.func)
        if not name and isinstance(node.func, ast.Attribute):
            return self.method(node, node.func)
        if not name:
            self.generic_visit(node)
            return node
        if name in ELEMENTWISE and not node.keywords:
            arguments = [as_tensor(self.visit(a)) for a in node.args]
            return ast.Call(dotted(f"torch.{name}"), arguments, [])
        return self.looked_up(name, node)

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        """Flips axes that are read backwards, since PyTorch has no negative steps."""
        self.generic_visit(node)
        entries = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if not any(backwards(e) for e in entries):
            return node
        whole = all(ast.unparse(e) in (":", "::-1") for e in entries)
        if not whole or not isinstance(node.ctx, ast.Load):
            raise Unspelled("it has no slices with negative steps")
        axes = [ast.Constant(k) for k, e in enumerate(entries) if backwards(e)]
        return ast.Call(dotted("torch.flip"), [node.value, ast.Tuple(list(axes), ast.Load())], [])

    def method(self, node: ast.Call, function: ast.Attribute) -> ast.expr:
        """Returns a method's call; a framework's own function is left as it is."""
        if ast.unparse(function).startswith(("torch.", "(torch.")):
            node.args = [self.visit(a) for a in node.args]
            return node
        if function.attr not in self.METHODS:
            raise Unspelled(f"its tensors have no method {function.attr}")
        value: ast.expr = self.visit(function.value)
        arguments = [self.visit(a) for a in node.args]
        return ast.Call(
            ast.Attribute(value, self.METHODS[function.attr], ast.Load()), arguments, []
        )

    def looked_up(self, name: str, node: ast.Call) -> ast.expr:
        """Returns what the table makes of a call."""
        for pattern, expression in TORCH:
            if pattern.partition("(")[0] != name:
                continue
            bound = bindings(pattern, node)
            if bound is not None:
                return self.filled(name, bound, expression)
        raise Unspelled(f"it has no np.{name} with these settings")

    def filled(self, name: str, bound: Mapping[str, ast.expr], expression: str) -> ast.expr:
        """Returns a row's right side with what its left side is bound to."""
        table = {k: self.visit(v) for k, v in bound.items()}
        table |= {k: tensors(v) for k, v in table.items() if k in ARRAYS}
        axis = table.get("axis")
        if isinstance(axis, ast.Tuple):
            if not axis.elts:
                raise Unspelled(f"its {name} cannot reduce no axis")
            if len(axis.elts) == 1:
                table["axis"] = axis.elts[0]
            elif name in ONE_AXIS:
                raise Unspelled(f"its {name} takes one axis")
        if name in ONE_AXIS and isinstance(axis, ast.Constant) and axis.value is None:
            raise Unspelled(f"its {name} takes an axis")
        if name in MATRICES and rank_of(table["a"], self.shapes) in (0, 1):
            raise Unspelled(f"its {name} takes matrices")
        if name == "roll" and axis is not None:
            shifts, axes = tuple_entries(table["shift"]), tuple_entries(table["axis"])
            table["shift"] = ast.Tuple(shifts * (len(axes) if len(shifts) == 1 else 1), ast.Load())
            table["axis"] = ast.Tuple(axes * (len(shifts) if len(axes) == 1 else 1), ast.Load())
        if name == "cross" and rank_of(table["a"], self.shapes) != rank_of(table["b"], self.shapes):
            raise Unspelled("its cross product takes arrays of as many axes")
        if name == "where" and not self.is_mask(table["c"]):
            table["c"] = ast.Compare(as_tensor(table["c"]), [ast.NotEq()], [ast.Constant(0)])
        return TorchFilling(table, self).visit(dotted(expression))  # type: ignore[no-any-return]

    def is_mask(self, node: ast.expr) -> bool:
        """Returns whether an expression is known to hold truth values."""
        place = place_of(node)
        return isinstance(node, ast.Compare | ast.Call) or (
            place is not None and self.shapes.kinds[place] == "b"
        )

    def reversed_axes(self, value: ast.expr) -> ast.expr:
        """Returns x.T, which PyTorch has for matrices only."""
        known = rank_of(value, self.shapes)
        rank = 2 if known is None else known
        if rank < 2:
            return value
        if rank == 2:
            return ast.Attribute(value, "T", ast.Load())
        order: list[ast.expr] = [ast.Constant(k) for k in reversed(range(rank))]
        return ast.Call(dotted("torch.permute"), [value, ast.Tuple(order, ast.Load())], [])

    def unsqueezed(self, value: ast.expr, axis: ast.expr) -> ast.expr:
        """Returns np.expand_dims(x, axis), one new axis at a time."""
        rank = rank_of(value, self.shapes)
        wanted = axis.elts if isinstance(axis, ast.Tuple) else [axis]
        numbers = [int(n) for n in map(number_of, wanted) if n is not None]
        if len(numbers) > 1 and min(numbers) < 0:
            if rank is None:
                raise Unspelled("it has no np.expand_dims with these settings")
            numbers = [n % (rank + len(numbers)) for n in numbers]
        for number in sorted(numbers):
            entry = ast.parse(str(number), mode="eval").body
            value = ast.Call(dotted("torch.unsqueeze"), [value, entry], [])
        return value


class Filling(ast.NodeTransformer):
    """Fills a row's right side.

    Args:
        table: name -> what is bound to it.
    """

    def __init__(self, table: Mapping[str, ast.expr]) -> None:
        self.table = table

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Replaces a name that is bound."""
        return self.table.get(node.id, node)


class TorchFilling(Filling):
    """Fills a row of PyTorch's, and does what it asks for in words that are none of PyTorch's.

    Args:
        table: name -> what is bound to it.
        torch: what knows ranks.
    """

    def __init__(self, table: Mapping[str, ast.expr], torch: Torch) -> None:
        super().__init__(table)
        self.torch = torch

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """Leaves out settings that the call does not give."""
        node.keywords = [
            k
            for k in node.keywords
            if not isinstance(k.value, ast.Name) or k.value.id in self.table
        ]
        if any(isinstance(a, ast.Starred) for a in node.args):
            node.args = [as_tensor(a) for a in tuple_entries(self.table["arrays"])]
            return ast.Call(dotted("torch.stack"), [node], [])
        self.generic_visit(node)
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        return self.shaped(name, node.args) if name in OWN_WORDS else node

    def shaped(self, word: str, arguments: Sequence[ast.expr]) -> ast.expr:
        """Returns what one of our own words stands for."""
        first = arguments[0]
        if word == "tuple_of":
            return ast.Tuple(tuple_entries(first), ast.Load())
        if word == "pairs_of":
            pairs = [ast.Tuple(tuple_entries(e), ast.Load()) for e in tuple_entries(first)]
            return ast.Tuple(list(pairs), ast.Load()) if isinstance(first, ast.Tuple) else first
        if word == "tensor_of":
            return as_tensor(first)
        if word == "unsqueezed":
            return self.torch.unsqueezed(first, arguments[1])
        if word == "counts_of" and isinstance(first, ast.Tuple):
            return ast.Call(dotted("torch.tensor"), [first], [])
        return self.torch.reversed_axes(first) if word == "reversed_axes" else first


def tuple_entries(node: ast.expr) -> list[ast.expr]:
    """Returns the entries of a tuple or list; of anything else itself."""
    return node.elts if isinstance(node, ast.Tuple | ast.List) else [node]


@cache
def signature(pattern: str) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
    """Returns the names that a row needs, those that may lack, and whether it takes any number of arrays."""
    call = ast.parse(pattern, mode="eval").body
    assert isinstance(call, ast.Call)
    needed = tuple(ast.unparse(a).lstrip("*") for a in call.args)
    return needed, tuple(k.arg or "" for k in call.keywords), "*" in pattern


def bindings(pattern: str, call: ast.Call) -> dict[str, ast.expr] | None:
    """Returns what a row's names stand for in a call, or None where the row is for other calls."""
    needed, optional, many = signature(pattern)
    if many:
        return {needed[0]: ast.Tuple(call.args, ast.Load())}
    names = (*needed, *optional)
    if len(call.args) > len(names) or any(k.arg not in names for k in call.keywords):
        return None
    bound = dict(zip(names, call.args, strict=False))
    bound |= {k.arg: k.value for k in call.keywords if k.arg is not None}
    return bound if set(needed) <= set(bound) else None


def as_tensor(node: ast.expr) -> ast.expr:
    """Returns a literal as a tensor, which PyTorch's functions ask for."""
    number = number_of(node)
    if number is None:
        return node
    return ast.Call(dotted("torch.tensor"), [ast.parse(repr(float(number)), mode="eval").body], [])


def tensors(node: ast.expr) -> ast.expr:
    """Returns a literal as a tensor, and those of a tuple of arrays."""
    if isinstance(node, ast.Tuple):
        return ast.Tuple([as_tensor(entry) for entry in node.elts], ast.Load())
    return as_tensor(node)


def backwards(entry: ast.expr) -> bool:
    """Returns whether an index walks an axis from its end."""
    step = entry.step if isinstance(entry, ast.Slice) else None
    number = None if step is None else number_of(step)
    return number is not None and number < 0
