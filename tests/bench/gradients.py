"""Times the engine's gradients beside hand-written NumPy and other libraries, round by round, and prints ratios.

Every gradient is compared with the hand-written one before anything is timed. Nothing is asserted about speed.
"""

from __future__ import annotations

import gc
import os
import statistics
import time
from collections.abc import Callable

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy loads its BLAS

import numpy as np

from engine import build
from tests.bench.workloads import Workload, workloads

Run = Callable[[], object]


def contenders(work: Workload) -> dict[str, Run]:
    """Returns what is timed: by hand first, then the engine, then the libraries that are installed."""
    wanted = list(work.by_hand(**work.inputs))
    circuit = build(work.source, dict(work.inputs), wrt=wanted)
    runs: dict[str, Run] = {
        "by hand": lambda: work.by_hand(**work.inputs),
        "Chainrule": lambda: circuit.value_and_grad()[1],
    }
    try:
        import autograd
        import autograd.numpy as anp
    except ImportError:
        pass
    else:

        def loss(parameters: dict[str, object]) -> object:
            return work.function(anp, **{**work.inputs, **parameters})

        gradient = autograd.grad(loss)
        runs["autograd"] = lambda: gradient({n: work.inputs[n] for n in wanted})
    try:
        import mygrad
    except ImportError:
        pass
    else:

        def run_mygrad() -> object:
            tensors = {
                n: mygrad.tensor(v, constant=n not in wanted) for n, v in work.inputs.items()
            }
            work.function(mygrad, **tensors).backward()
            return {n: tensors[n].grad for n in wanted}

        runs["MyGrad"] = run_mygrad
    try:
        import torch
    except ImportError:
        pass
    else:
        torch.set_num_threads(1)
        runs["PyTorch"] = lambda: torch_gradients(torch, work, wanted)
    return runs


def torch_gradients(torch: object, work: Workload, wanted: list[str]) -> object:
    """Returns PyTorch's gradients of a workload."""

    class Numpy:
        """The few functions of the workloads under NumPy's names."""

        dot = staticmethod(torch.matmul)
        matmul = staticmethod(torch.matmul)
        exp, log, tanh, sum, mean = map(
            staticmethod, (torch.exp, torch.log, torch.tanh, torch.sum, torch.mean)
        )

        @staticmethod
        def maximum(x: object, _zero: float) -> object:
            return torch.relu(x)

        @staticmethod
        def max(x: object, axis: int, keepdims: bool) -> object:
            return torch.amax(x, dim=axis, keepdim=keepdims)

    tensors = {n: torch.tensor(v, requires_grad=n in wanted) for n, v in work.inputs.items()}
    work.function(Numpy, **tensors).backward()
    return {n: tensors[n].grad for n in wanted}


def check(runs: dict[str, Run]) -> None:
    """Raises AssertionError where a contender's gradients are not the hand-written ones."""
    by_hand = runs["by hand"]()
    for name, run in runs.items():
        found = run()
        for key, value in by_hand.items():
            np.testing.assert_allclose(
                np.asarray(found[key]), value, rtol=1e-8, atol=1e-10, err_msg=name
            )


def timed(run: Run, repeats: int) -> float:
    """Returns seconds a run."""
    start = time.perf_counter()
    for _ in range(repeats):
        run()
    return (time.perf_counter() - start) / repeats


def measure(work: Workload) -> dict[str, list[float]]:
    """Returns seconds a run, one entry a round, every contender once a round."""
    runs = contenders(work)
    for _ in range(3):  # every contender has done what it does once
        check(runs)
    repeats = {name: max(1, int(0.002 / max(timed(run, 1), 1e-7))) for name, run in runs.items()}
    times: dict[str, list[float]] = {name: [] for name in runs}
    gc.disable()
    for _ in range(min(work.rounds, 25)):
        for name, run in runs.items():
            times[name].append(timed(run, min(repeats[name], 200)))
    gc.enable()
    return times


def main() -> None:
    """Prints the table."""
    print(f"{'forward + backward':30}{'by hand':>12}   median ratio to by hand, same round")
    for work in workloads():
        times = measure(work)
        base = times.pop("by hand")
        ratios = "   ".join(
            f"{name} x{statistics.median(t / b for t, b in zip(seconds, base, strict=True)):.3g}"
            for name, seconds in times.items()
        )
        print(f"{work.name:30}{statistics.median(base) * 1e6:9.1f} us   {ratios}", flush=True)
    for gates in (100, 1000, 2000, 10_000):
        source = f"for i in range({gates // 2}):\n    x = x * 0.999 + 0.001\nL = x"
        start = time.perf_counter()
        circuit = build(source, {"x": 0.5})
        built = time.perf_counter() - start
        run = statistics.median(timed(circuit.value_and_grad, 3) for _ in range(5))
        print(f"{gates:6} gates: build {built * 1e3:8.1f} ms, {run / gates * 1e6:6.2f} us a gate")


if __name__ == "__main__":
    main()
