"""Trace → bytes: the only file that knows the engine's dataclasses and the wire format both."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import orjson
from numpy.typing import NDArray

from engine.checking import Check, Checked, Sample, Worst
from engine.composed import Equation
from engine.descent import Descent
from engine.errors import TooLarge
from engine.graph import Notice
from engine.jacobian import Between, Line
from engine.landscape import Entry
from engine.nudge import Moved, Nudge, Stage
from engine.script import Script
from engine.surface import Secant, Surface
from engine.sweep import Curve, Sweep
from engine.trace import Local, Step, Trace, TracedNode, Wire

SCHEMA_VERSION = 1
PREVIEW = 8
"""Entries of a preview along each axis; of axes before the last two, one."""
ALWAYS = 8
"""Tensors of so few numbers are listed, whatever the caps say."""
OPTIONS = orjson.OPT_SERIALIZE_NUMPY
SMALLER = 8
"""By how much the caps shrink while an answer is too long."""

MOST_EXACT = 2**53
"""Beyond it, whole numbers are no longer exact in a reader that has 64-bit floats alone, such as JavaScript."""
MOST_BITS = 1024

Json = dict[str, object]
Numbers = NDArray[np.float64] | NDArray[np.int64] | NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Picture:
    """How much of a trace is listed.

    Attributes:
        node_numbers: a larger tensor is summarised.
        total_numbers: after so many numbers, tensors are summarised.
        answer_bytes: an answer that is longer gets smaller caps.
    """

    node_numbers: int = 10_000
    total_numbers: int = 200_000
    answer_bytes: int = 8_000_000


def graph_bytes(trace: Trace, picture: Picture) -> bytes:
    """Returns a trace as the contract's JSON; the same trace gives the same bytes.

    Raises:
        TooLarge: when the answer is too long with every tensor summarised.
    """
    return fitted(lambda writer: writer.trace(trace), picture)


def jacobian_bytes(found: Between, picture: Picture) -> bytes:
    """Returns a Jacobian as JSON.

    Raises:
        TooLarge: when the answer is too long with every tensor summarised.
    """
    return fitted(lambda writer: writer.jacobian(found), picture)


def check_bytes(found: Check, output: int, picture: Picture) -> bytes:
    """Returns a gradient check as JSON.

    Args:
        found: the check.
        output: tape place of the output.
        picture: how much is listed.

    Raises:
        TooLarge: when the answer is too long with every tensor summarised.
    """
    return fitted(lambda writer: writer.check(found, output), picture)


def sweep_bytes(found: Sweep, output: int, picture: Picture) -> bytes:
    """Returns a sweep as JSON.

    Args:
        found: the sweep.
        output: tape place of the output.
        picture: how much is listed.

    Raises:
        TooLarge: when the answer is too long.
    """
    return fitted(lambda _: sweep_json(found, output), picture)


def descend_bytes(found: Descent, output: int, picture: Picture) -> bytes:
    """Returns a descent as JSON.

    Args:
        found: the descent.
        output: tape place of the output.
        picture: how much is listed.

    Raises:
        TooLarge: when the answer is too long.
    """
    return fitted(lambda writer: writer.descent(found, output), picture)


def surface_bytes(found: Surface, output: int, picture: Picture) -> bytes:
    """Returns the output over one or two entries as JSON; likewise."""
    return fitted(lambda _: surface_json(found, output), picture)


def nudge_bytes(found: Nudge, output: int, picture: Picture) -> bytes:
    """Returns what a move of the inputs does as JSON; likewise."""
    return fitted(lambda writer: writer.nudge(found, output), picture)


def fitted(write: Callable[[Writer], Json], picture: Picture) -> bytes:
    """Returns an answer, written with smaller caps until it is short enough.

    Raises:
        TooLarge: when it is too long with every tensor summarised.
    """
    node_numbers, total_numbers = picture.node_numbers, picture.total_numbers
    while True:
        answer = orjson.dumps(write(Writer(node_numbers, total_numbers)), option=OPTIONS)
        if len(answer) <= picture.answer_bytes:
            return answer
        if total_numbers == 0:
            raise TooLarge(
                f"The answer would have {len(answer):,} bytes; "
                f"the limit answer_bytes is {picture.answer_bytes:,}.",
                hint="Use fewer gates.",
                limit="answer_bytes",
            )
        node_numbers, total_numbers = node_numbers // SMALLER, total_numbers // SMALLER


class Writer:
    """Writes one answer, counting the numbers it lists.

    Args:
        node_numbers: the most that one tensor may list.
        total_numbers: the most that all tensors may list; the gradients first, then in node order.
    """

    def __init__(self, node_numbers: int, total_numbers: int) -> None:
        self._node_numbers = node_numbers
        self._left = total_numbers
        self._summaries: dict[int, Json] = {}

    def trace(self, trace: Trace) -> Json:
        """Returns the whole answer."""
        gradients = {name: self.tensor(array) for name, array in trace.gradients.items()}
        output = trace.graph.output
        return {
            "schema_version": SCHEMA_VERSION,
            "directed": True,
            "multigraph": True,
            "graph": {},
            "source": trace.source,
            "output": f"n{output}",
            "value": self.tensor(trace.nodes[output].value),
            "inputs": {
                name: {
                    "node": node_id(given.node),
                    "assumed": given.assumed,
                    "assigned": given.assigned,
                    "role": given.role.value,
                }
                for name, given in trace.graph.inputs.items()
            },
            "nodes": [self.node(node) for node in trace.nodes],
            "edges": [
                {
                    "id": wire.id,
                    "source": f"n{wire.source}",
                    "target": f"n{wire.target}",
                    "key": wire.key,
                }
                for node in trace.nodes
                for wire in node.wires
            ],
            "steps": [step_json(step) for step in trace.steps],
            "formula": [equation_json(equation) for equation in trace.equations],
            "gradients": gradients,
            "backward_code": trace.backward_code,
            "warnings": [warning_json(notice) for notice in trace.notices],
        }

    def node(self, traced: TracedNode) -> Json:
        """Returns one node."""
        node = traced.node
        return {
            "id": f"n{node.index}",
            "kind": node.kind.value,
            "primitive": node.primitive,
            "family": traced.family,
            "symbol": traced.symbol,
            "face": traced.face,
            "name": node.name,
            "aliases": node.aliases,
            "label": traced.label,
            "code": traced.code,
            "span": node.span,
            "module": node.module,
            "dims": traced.dims,
            "value": self.tensor(traced.value),
            "upstream": None if traced.upstream is None else self.tensor(traced.upstream),
            "inputs": [self.wire(wire) for wire in traced.wires],
            "latex": traced.latex,
        }

    def wire(self, wire: Wire) -> Json:
        """Returns one argument of a gate."""
        return {
            "node": f"n{wire.source}",
            "argument": wire.argument,
            "local": self.local(wire.local),
            "downstream": None if wire.downstream is None else self.tensor(wire.downstream),
            "summed_axes": wire.summed_axes,
            "code": wire.code,
            "latex": wire.latex,
        }

    def local(self, local: Local) -> Json:
        """Returns one local gradient; what its structure does not need is left out."""
        members: Json = {
            "structure": local.structure.value,
            "shape": local.shape,
            "value": None if local.value is None else self.tensor(local.value),
            "code": local.code,
            "said": local.said,
            "latex": local.latex,
        }
        if local.other is not None:
            members["other"] = f"n{local.other}"
            members["side"] = local.side
        if local.axes is not None:
            members["axes"] = local.axes
        if local.indices is not None and self._take(local.indices.size):
            members["indices"] = np.ascontiguousarray(local.indices).reshape(-1)
        return members

    def jacobian(self, found: Between) -> Json:
        """Returns a Jacobian."""
        return {
            "of": {"node": f"n{found.of}", "shape": found.of_shape},
            "wrt": {"node": f"n{found.wrt}", "shape": found.wrt_shape},
            "rows": found.rows,
            "columns": found.columns,
            "size": (found.rows, found.columns),
            "structure": found.structure.value,
            "layout": "numerator",
            "related": found.paths > 0,
            "paths": count_json(found.paths),
            "nonzeros": found.nonzeros,
            "counted": found.counted,
            "data": None if found.matrix is None else array_json(found.matrix),
            "diagonal": self.optional(found.diagonal),
            "row": self.line(found.row),
            "column": self.line(found.column),
            "product": self.optional(found.product),
            "note": found.note,
        }

    def line(self, line: Line | None) -> Json | None:
        """Returns a row or a column of a Jacobian."""
        return None if line is None else {"index": line.index, "value": self.tensor(line.entries)}

    def check(self, found: Check, output: int) -> Json:
        """Returns a gradient check."""
        nodes = found.nodes
        return {
            "output": f"n{output}",
            "value": scalar_json(found.value),
            "method": found.method,
            "h": found.h,
            "scaled": found.scaled,
            "verdict": found.verdict,
            "inputs": {name: self.checked(checked) for name, checked in found.inputs.items()},
            "nodes": None
            if nodes is None
            else {f"n{place}": self.checked(checked) for place, checked in nodes.items()},
            "evaluations": found.evaluations,
            "kink_evaluations": found.kink_evaluations,
            "method_note": found.note,
        }

    def checked(self, checked: Checked) -> Json:
        """Returns the check of one input or node."""
        return {
            "node": node_id(checked.place),
            "analytic": self.tensor(checked.analytic),
            "numerical": self.optional(checked.numerical),
            "sample": None if checked.sample is None else self.sample(checked.sample),
            "relative_error": scalar_json(checked.relative_error),
            "band": checked.band,
            "verdict": checked.verdict,
            "note": checked.note,
            "worst": None if checked.worst is None else worst_json(checked.worst),
            "evaluations": checked.evaluations,
            "kink_evaluations": checked.kink_evaluations,
        }

    def sample(self, sample: Sample) -> Json:
        """Returns what was tried of a large value."""
        return {
            "coordinates": sample.coordinates,
            "analytic": self.tensor(sample.analytic),
            "numerical": self.tensor(sample.numerical),
            "along_analytic": self.tensor(sample.along_analytic),
            "along_numerical": self.tensor(sample.along_numerical),
        }

    def optional(self, array: Numbers | None) -> Json | None:
        """Returns an array that may be missing."""
        return None if array is None else self.tensor(array)

    def descent(self, found: Descent, output: int) -> Json:
        """Returns a descent."""
        cosines = np.abs(found.cosines)
        return {
            "output": f"n{output}",
            "method": found.method,
            "dimensions": found.dimensions,
            "losses": array_json(found.losses),
            "evaluations": found.evaluations,
            "each": found.each,
            "path": array_json(found.path),
            "entries": [entry_json(entry) for entry in found.entries],
            "tried": array_json(found.tried),
            "kept": found.kept,
            "downhill": found.downhill,
            "cosines": array_json(found.cosines),
            "mean_cosine": float(cosines.mean()) if cosines.size else None,
            "expected_cosine": found.expected_cosine,
            "rate": found.rate,
            "reach": found.reach,
            "end": {name: self.tensor(array) for name, array in found.end.items()},
            "ended": found.ended,
            "note": found.note,
        }

    def nudge(self, found: Nudge, output: int) -> Json:
        """Returns what a move of the inputs does."""
        return {
            "output": f"n{output}",
            "before": scalar_json(found.before),
            "after": scalar_json(found.after),
            "change": scalar_json(found.change),
            "predicted": scalar_json(found.predicted),
            "rest": scalar_json(found.rest),
            "inputs": {name: self.moved(moved) for name, moved in found.inputs.items()},
            "stages": [self.stage(stage) for stage in found.stages],
            "ratio": optional_json(found.ratio),
            "slope": optional_json(found.slope),
            "signed": found.signed,
        }

    def moved(self, moved: Moved) -> Json:
        """Returns one input that has moved."""
        return {
            "node": f"n{moved.place}",
            "to": self.tensor(moved.to),
            "change": self.tensor(moved.change),
            "gradient": self.tensor(moved.gradient),
            "predicted": scalar_json(moved.predicted),
        }

    def stage(self, stage: Stage) -> Json:
        """Returns one stage of its way."""
        return {
            "start": node_id(stage.start),
            "end": f"n{stage.end}",
            "between": [f"n{place}" for place in stage.between],
            "paths": count_json(stage.paths),
            "before": self.tensor(stage.before),
            "after": self.tensor(stage.after),
            "arrived": scalar_json(stage.arrived),
            "left": scalar_json(stage.left),
            "ratio": optional_json(stage.ratio),
            "slope": optional_json(stage.slope),
        }

    def tensor(self, array: Numbers) -> Json:
        """Returns an array in full, or its summary where the caps are passed."""
        if not array.shape:
            self._take(1)
            return {"shape": (), "data": scalar_json(float(array))}
        if self._take(array.size):
            return {"shape": array.shape, "data": array_json(array)}
        # Gates that hand a gradient on share one array; the trace keeps it alive, so its id is its own.
        if id(array) not in self._summaries:
            corner = tuple(
                slice(PREVIEW if axis >= array.ndim - 2 else 1) for axis in range(array.ndim)
            )
            self._summaries[id(array)] = {
                "shape": array.shape,
                "data": None,
                "summary": summary_json(array),
                "preview": array_json(array[corner]),
            }
        return self._summaries[id(array)]

    def _take(self, count: int) -> bool:
        """Returns whether so many numbers may be listed, and counts them."""
        if count > ALWAYS and (count > self._node_numbers or count > self._left):
            return False
        self._left = max(0, self._left - count)
        return True


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


def node_id(place: int | None) -> str | None:
    """Returns the id of a place on the tape."""
    return None if place is None else f"n{place}"


def step_json(step: Step) -> Json:
    """Returns one step."""
    return {
        "index": step.index,
        "address": step.address,
        "phase": step.phase,
        "kind": step.kind,
        "node": f"n{step.node}",
        "edge": step.wire,
        "level": step.level,
        "text": step.text,
        "latex": step.latex,
    }


def equation_json(equation: Equation) -> Json:
    """Returns one line of the whole function."""
    return {
        "node": f"n{equation.node}",
        "latex": equation.latex,
        "parts": [
            {"node": f"n{part.node}", "start": part.start, "end": part.end}
            for part in equation.parts
        ],
    }


def entry_json(entry: Entry) -> Json:
    """Returns one number of one input."""
    return {"input": entry.name, "index": entry.index, "node": f"n{entry.place}"}


def surface_json(found: Surface, output: int) -> Json:
    """Returns the output over one or two entries."""
    down = found.downhill
    return {
        "output": f"n{output}",
        "axes": [
            {**entry_json(axis.entry), "at": scalar_json(float(at)), "values": array_json(numbers)}
            for axis, at, numbers in zip(found.axes, found.at, found.ranges, strict=True)
        ],
        "values": array_json(found.values),
        "levels": array_json(found.levels),
        "value": scalar_json(found.value),
        "gradient": array_json(found.gradient),
        "tangent": None if found.tangent is None else array_json(found.tangent),
        "downhill": None
        if down is None
        else {
            "rate": down.rate,
            "to": array_json(down.to),
            "value": scalar_json(down.value),
            "predicted": scalar_json(down.predicted),
        },
        "secants": [secant_json(secant) for secant in found.secants],
        "evaluations": found.evaluations,
        "nonfinite": found.nonfinite,
        "note": found.note,
    }


def secant_json(secant: Secant) -> Json:
    """Returns one secant."""
    return {
        "formula": secant.formula,
        "h": secant.h,
        "at": array_json(np.array(secant.at)),
        "values": array_json(np.array(secant.values)),
        "slope": scalar_json(secant.slope),
        "error": scalar_json(secant.error),
    }


def worst_json(worst: Worst) -> Json:
    """Returns the entry with the largest error; a side where the method does not look is null."""
    return {
        "index": worst.index,
        "analytic": scalar_json(worst.analytic),
        "numerical": scalar_json(worst.numerical),
        "right": scalar_json(worst.right),
        "left": None if worst.left is None else scalar_json(worst.left),
    }


def sweep_json(found: Sweep, output: int) -> Json:
    """Returns a sweep."""
    return {
        "output": f"n{output}",
        "h": found.steps,
        "inputs": {
            name: {
                "node": f"n{swept.place}",
                "coordinates": swept.coordinates,
                **{formula: curve_json(curve) for formula, curve in swept.curves.items()},
                "evaluations": swept.evaluations,
            }
            for name, swept in found.inputs.items()
        },
        "evaluations": found.evaluations,
        "method_note": found.note,
    }


def curve_json(curve: Curve) -> Json:
    """Returns one formula's errors."""
    return {
        "absolute": array_json(curve.absolute),
        "relative": array_json(curve.relative),
        "best": curve.best,
    }


def count_json(count: int) -> int | float | str:
    """Returns a count, rounded where JSON readers would lose its last digits anyway."""
    if count <= MOST_EXACT:
        return count
    return float(count) if count.bit_length() < MOST_BITS else "Infinity"


def warning_json(notice: Notice) -> Json:
    """Returns one notice."""
    return {
        "code": notice.code,
        "level": notice.level,
        "node": node_id(notice.node),
        "message": notice.message,
        "hint": notice.hint,
        "fix": notice.fix,
    }


def scalar_json(number: float) -> float | str:
    """Returns a number, or the name of one that JSON does not have."""
    if math.isfinite(number):
        return number
    if math.isnan(number):
        return "NaN"
    return "Infinity" if number > 0 else "-Infinity"


def optional_json(number: float | None) -> float | str | None:
    """Returns a number that may be missing."""
    return None if number is None else scalar_json(number)


def array_json(array: Numbers) -> object:
    """Returns what orjson writes as nested lists; it would write NaN and infinities as null."""
    numbers = np.ascontiguousarray(array, dtype=np.float64)
    if np.isfinite(numbers).all():
        return numbers
    return named(numbers.tolist())


def named(numbers: object) -> object:
    """Returns nested lists with the non-finite numbers named."""
    if isinstance(numbers, list):
        return [named(entry) for entry in numbers]
    assert isinstance(numbers, float)
    return scalar_json(numbers)


def summary_json(array: Numbers) -> Json:
    """Returns what stands for a large tensor: of its finite numbers, and how many are not."""
    numbers = np.asarray(array, dtype=np.float64).reshape(-1)
    finite = numbers if np.isfinite(numbers).all() else numbers[np.isfinite(numbers)]
    found = statistics(finite) if finite.size else [math.nan] * 5
    names = ("min", "max", "mean", "std", "norm")
    return {
        **{name: scalar_json(number) for name, number in zip(names, found, strict=True)},
        "zeros": int(numbers.size - np.count_nonzero(numbers)),
        "nonfinite": int(numbers.size - finite.size),
    }


def statistics(numbers: NDArray[np.float64]) -> list[float]:
    """Returns least, greatest, mean, standard deviation and norm, in few passes."""
    with np.errstate(all="ignore"):
        mean = float(numbers.mean())
        centered = numbers - mean
        return [
            float(numbers.min()),
            float(numbers.max()),
            mean,
            math.sqrt(float(centered @ centered) / numbers.size),
            math.sqrt(float(numbers @ numbers)),
        ]
