"""The `chainrule` command: what it prints, refuses and returns. Most in this process, a few as it is installed."""

from __future__ import annotations

import io
import json
import os
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pytest
from starlette.testclient import TestClient

from app import command
from app.command import COMMANDS, main
from app.report import number_text

ROOT = Path(__file__).parents[2]
XYZ = ["(x + y) * z", "--x", "-2", "--y", "5", "--z", "-4"]
NETWORK = "h = np.maximum(X @ W_1, 0)\nL = np.sum((h @ W_2)**2)"


class Done(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str


@pytest.fixture
def chainrule(capsysbinary: pytest.CaptureFixture[bytes]):
    """Runs the command in this process."""

    def run(*arguments: str) -> Done:
        code = main(arguments)
        out, err = capsysbinary.readouterr()
        return Done(code, out.decode(), err.decode())

    return run


def installed(arguments: Sequence[str], text: str = "") -> Done:
    """Runs the command as a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "app.command", *arguments],
        cwd=ROOT,
        input=text.encode(),
        capture_output=True,
    )
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


def feed(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    """Puts bytes on standard input."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))


# ---------- graph ----------


def test_graph_prints_the_published_numbers_as_a_table(chainrule) -> None:
    # f = (x + y) z at −2, 5, −4: q = 3, f = −12; df/dq = −4, df/dx = df/dy = −4, df/dz = 3
    assert chainrule("graph", "q = x + y\nf = q * z", *XYZ[1:]) == Done(
        0,
        "name  shape  value  gradient\n"
        "x     ()        -2        -4\n"
        "y     ()         5        -4\n"
        "z     ()        -4         3\n"
        "q     ()         3        -4\n"
        "f     ()       -12         1\n",
        "",
    )


def test_tensors_are_told_in_full_while_they_are_small_else_by_their_ends(chainrule) -> None:
    # L = Σ x²: dL/dx = 2x
    done = chainrule("graph", "L = np.sum(x**2)", "--x", "[1, 2, 3]")
    assert "x     (3,)   [1, 2, 3]  [2, 4, 6]" in done.out
    done = chainrule("graph", "L = np.sum(x**2)", "--x", "[[1, 2, 3, 4], [5, 6, 7, 8]]")
    assert "x     (2, 4)   1 to 8   2 to 16" in done.out
    done = chainrule(
        "graph", "L = np.sum(x**2)", "--x", json.dumps([float(i) for i in range(20_000)])
    )
    assert "x     (20000,)       0 to 19999  0 to 39998" in done.out
    done = chainrule("graph", "L = np.sum(x)", "--x", "[1, 2, 3, 4, 5, 6, 7]")
    assert "x     (7,)   1 to 7     all 1" in done.out
    # log of 0 and of −1: −Infinity and NaN; the others are 0 to log 5 = 1.60944
    done = chainrule("graph", "L = np.sum(np.log(x))", "--x", "[0, -1, 1, 2, 3, 4, 5]")
    assert "0 to 1.60944, 2 not finite" in done.out


def test_what_no_gradient_reaches_has_a_dash(chainrule) -> None:
    done = chainrule("graph", "f = x * y", "--x", "2", "--y", "3", "--wrt", "x")
    assert "y     ()         3         –" in done.out


def test_notices_stand_below_the_table(chainrule) -> None:
    done = chainrule("graph", "f = x * y", "--x", "2", "--spare", "3")
    assert "\nnote: The program does not use the given 'spare'." in done.out
    assert "\nnote: y was not given, so it is assumed: one number." in done.out


@pytest.mark.parametrize(
    ("arguments", "body"),
    [
        (XYZ, {"source": XYZ[0], "inputs": {"x": -2, "y": 5, "z": -4}}),
        (
            ["h = x * w\ng = np.tanh(h)", "--x=2", "--w=1", "--output", "h", "--wrt", "w, x"],
            {
                "source": "h = x * w\ng = np.tanh(h)",
                "inputs": {"x": 2, "w": 1},
                "output": "h",
                "wrt": ["w", "x"],
            },
        ),
        (
            ["y = x * x", "--x", "[1, 2]", "--upstream", "[1, 10]"],
            {"source": "y = x * x", "inputs": {"x": [1, 2]}, "upstream": [1, 10]},
        ),
        ([NETWORK], {"source": NETWORK}),
        (["f = np.log(x)", "--x", "0"], {"source": "f = np.log(x)", "inputs": {"x": 0}}),
        (["-x", "--x", ".5"], {"source": "-x", "inputs": {"x": 0.5}}),
        (
            ["L = np.sum(x)", "--x", '{"shape": [2, 3], "fill": "normal"}'],
            {"source": "L = np.sum(x)", "inputs": {"x": {"shape": [2, 3], "fill": "normal"}}},
        ),
    ],
    ids=lambda value: value["source"][:20] if isinstance(value, dict) else "",
)
def test_json_is_to_the_byte_what_the_endpoint_answers(
    chainrule, client: TestClient, arguments: list[str], body: dict[str, object]
) -> None:
    answer = client.post("/api/graph", json=body)
    assert answer.status_code == 200
    assert chainrule("graph", *arguments, "--json") == Done(0, answer.text, "")


# ---------- check, code, jacobian ----------


def test_check_prints_each_gradient_beside_its_estimate(chainrule) -> None:
    # f = x² + sin y at 3, 0.5: df/dx = 6, df/dy = cos 0.5 = 0.877583
    code, out, err = chainrule("check", "x**2 + np.sin(y)", "--x", "3", "--y", "0.5")
    assert (code, err) == (0, "")
    lines = [line.split() for line in out.splitlines()]
    assert lines[0] == ["input", "analytic", "numerical", "relative", "error", "verdict"]
    assert [(line[:3], line[4]) for line in lines[1:3]] == [
        (["x", "6", "6"], "ok"),
        (["y", "0.877583", "0.877583"], "ok"),
    ]
    assert all(float(line[3]) < 1e-7 for line in lines[1:3])
    assert out.endswith("\n\nok: central differences, h = 1e-05, 4 evaluations\n")


def test_check_tells_a_corner_and_checks_every_node_where_asked(chainrule) -> None:
    # Σ max(x, 0) at 0: the slope is 0 to the left and 1 to the right; central differences see 1/2
    out = chainrule("check", "L = np.sum(np.maximum(x, 0))", "--x", "[0, 1, -1]", "--nodes").out
    assert "x      [0, 1, 0]  [0.5, 1, 0]               1  kink" in out
    assert "\nn2    [1, 1, 1]    [1, 1, 1]" in out
    assert "\nnote: x, n0: " in out
    assert "\nkink: central differences" in out


def test_check_takes_its_method_and_its_step(chainrule) -> None:
    # An input called h is an input: the step of the differences has another name.
    line = ["check", "h * x**2", "--h", "3", "--x", "2", "--method", "forward", "--step", "0.5"]
    # forward: (3 · 2.5² − 3 · 2²) / 0.5 = 13.5; analytic 2 · 3 · 2 = 12
    out = chainrule(*line).out
    assert "\nx            12       13.5" in out
    assert "\nh             4          4" in out
    assert out.endswith(": forward differences, h = 0.5, 3 evaluations\n")


def test_check_of_a_large_input_says_that_it_was_sampled(chainrule) -> None:
    out = chainrule("check", "L = np.sum(x**2)", "--x", '{"shape": [3000]}').out
    assert "    sampled  " in out
    assert "\nnote: " in out


def test_code_prints_a_script_that_prints_the_gradients(chainrule) -> None:
    done = chainrule("code", *XYZ)
    assert (done.code, done.err) == (0, "")
    run = subprocess.run([sys.executable, "-I", "-c", done.out], capture_output=True, text=True)
    assert run.stderr == ""
    for line in ("dx = -4.0", "dy = -4.0", "dz = 3.0"):
        assert line in run.stdout.splitlines()


def test_code_takes_its_target(chainrule) -> None:
    assert chainrule("code", *XYZ, "--target", "torch").out.startswith("import torch\n")
    assert chainrule("code", *XYZ, "--target", "cobol").code == 2


def test_jacobian_prints_the_matrix(chainrule) -> None:
    # z = W x = (−1, −1), h = z²: dh/dx = diag(2z) W = −2 W
    program = ["z = W @ x; h = z**2", "--W", "[[1, 2], [3, 4]]", "--x", "[1, -1]"]
    assert chainrule("jacobian", *program, "--of", "h", "--wrt", "x") == Done(
        0,
        "2 by 2, dense; not 0: 4\n\n     [0]  [1]\n[0]   -2   -4\n[1]   -6   -8\n",
        "",
    )
    out = chainrule("jacobian", *program, "--wrt", "z", "--row", "1", "--upstream", "[1, 2]").out
    assert out.startswith("2 by 2, diagonal; not 0: 2\n")
    assert "\nrow 1: [0, -2]\n\nupstream times it: [-2, -4]\n" in out


def test_a_jacobian_too_wide_for_a_terminal_is_told_by_the_lines_asked_for(chainrule) -> None:
    line = ["jacobian", "f = 2 * x", "--x", json.dumps([1] * 20), "--wrt", "x", "--column", "3"]
    out = chainrule(*line).out
    assert "\nnote: Too large for a table; --row, --column and --json show its entries.\n" in out
    assert out.endswith(f"\ncolumn 3: [{', '.join('2' if i == 3 else '0' for i in range(20))}]\n")


@pytest.mark.parametrize(
    ("arguments", "body"),
    [
        (["check", "x * y", "--x", "2", "--y", "3"], {}),
        (
            ["check", "x * y", "--x=2", "--y=3", "--step", "1e-3", "--method=forward", "--nodes"],
            {"h": 1e-3, "method": "forward", "nodes": True},
        ),
        (["code", "x * y", "--x", "2", "--y", "3", "--target", "jax"], {"target": "jax"}),
        (
            ["jacobian", "x * y", "--x", "2", "--y", "3", "--wrt", "y", "--row", "0"],
            {"wrt": "y", "row": 0},
        ),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_json_of_every_command_is_its_endpoints(
    chainrule, client: TestClient, arguments: list[str], body: dict[str, object]
) -> None:
    program = {"source": "x * y", "inputs": {"x": 2, "y": 3}}
    answer = client.post(f"/api/{arguments[0]}", json={**program, **body})
    assert answer.status_code == 200
    assert chainrule(*arguments, "--json") == Done(0, answer.text, "")


@pytest.mark.parametrize(
    ("arguments", "body"),
    [
        (["check", "x", "--step", "0"], {"h": 0}),
        (["jacobian", "x"], {}),
        (["jacobian", "x", "--wrt", "x", "--row", "7"], {"wrt": "x", "row": 7}),
        (["jacobian", "x", "--wrt", "x", "--row", "0.5"], {"wrt": "x", "row": 0.5}),
        (["jacobian", "x", "--wrt", "q"], {"wrt": "q"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_unfit_options_are_refused_as_the_endpoint_refuses_the_fields(
    chainrule, client: TestClient, arguments: list[str], body: dict[str, object]
) -> None:
    problem = client.post(f"/api/{arguments[0]}", json={"source": "x", **body}).json()
    code, out, err = chainrule(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith(f"chainrule: {problem['detail']}\n")


# ---------- where the program and its inputs come from ----------


def test_a_program_may_be_a_file(chainrule, tmp_path: Path) -> None:
    file = tmp_path / "net.py"
    file.write_text("y = x * x\n", encoding="utf-8")
    assert "x     ()         3         6" in chainrule("graph", str(file), "--x", "3").out


def test_a_program_may_come_from_standard_input(chainrule, monkeypatch) -> None:
    feed(monkeypatch, "y = x \u00d7 x\n".encode())  # the sign of slides
    assert "x     ()         3         6" in chainrule("graph", "-", "--x", "3").out


def test_inputs_may_be_a_file_and_what_is_typed_wins(chainrule, tmp_path: Path) -> None:
    file = tmp_path / "inputs.json"
    file.write_text('{"x": 3, "output": 5}', encoding="utf-8")
    done = chainrule("graph", "f = x * output", "--inputs", str(file), "--x", "4")
    assert "x       ()         4         5" in done.out
    assert "output  ()         5         4" in done.out


def test_a_program_that_begins_with_a_minus_is_no_option(chainrule) -> None:
    for arguments in (["-x", "--x", "2"], ["--x", "2", "--", "-x"]):
        assert "f     ()        -2         1" in chainrule("graph", *arguments).out


def test_a_program_larger_than_the_server_takes_is_run(chainrule, client: TestClient) -> None:
    source = "\n".join(["y = x", *["y = y + x"] * 2_500])
    assert client.post("/api/graph", json={"source": source}).json()["limit"] == "source_characters"
    done = chainrule("graph", source, "--x", "2")
    assert done.code == 0
    assert "x       ()         2      2501" in done.out


# ---------- what is refused ----------


@pytest.mark.parametrize(
    ("arguments", "body"),
    [
        (["x + zz +"], {"source": "x + zz +"}),
        (["z_1 = x\nf = z1 * x"], {"source": "z_1 = x\nf = z1 * x"}),
        (["y = x * x", "--x", "[1, 2]"], {"source": "y = x * x", "inputs": {"x": [1, 2]}}),
        (["f = x", "--x", "[1, [2]]"], {"source": "f = x", "inputs": {"x": [1, [2]]}}),
        (["f = x", "--x", "null"], {"source": "f = x", "inputs": {"x": None}}),
        (["f = x", "--wrt", "q"], {"source": "f = x", "wrt": ["q"]}),
        (["f = x", "--output", "q"], {"source": "f = x", "output": "q"}),
        (["import os"], {"source": "import os"}),
    ],
    ids=lambda value: value["source"][:20] if isinstance(value, dict) else "",
)
def test_a_refusal_says_what_the_endpoint_says(
    chainrule, client: TestClient, arguments: list[str], body: dict[str, object]
) -> None:
    problem = client.post("/api/graph", json=body).json()
    for extra in ([], ["--json"]):
        code, out, err = chainrule("graph", *arguments, *extra)
        assert (code, out) == (2, "")
        assert err.startswith(f"chainrule: {problem['detail']}\n")
        assert err.endswith(f"  hint: {problem['hint']}\n")


def test_the_place_is_shown_in_its_line(chainrule) -> None:
    done = chainrule("graph", "q = x @ W\nf = np.sum(q)", "--x", "[[1, 2]]", "--W", "[[1, 2]]")
    assert done.code == 2
    assert "\n  line 1, column 5\n    q = x @ W\n        ^^^^^\n  hint: " in done.err


def test_the_place_is_shown_in_a_long_line_and_behind_a_tab(chainrule) -> None:
    done = chainrule("graph", "f = " + "x + " * 60 + "nope(x)")
    line, carets = done.err.split("\n")[2:4]
    assert line[4:][len(carets[4:]) - len(carets.strip()) :].startswith("nope")
    assert len(line) <= 104
    done = chainrule("graph", "def f(a):\n\treturn nope(a)\nf(x)")
    assert "\n  line 2, column 9\n     return nope(a)\n            ^^^^" in done.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["f = x", "--x", "two"], "--x has 'two' where a number or a nested list belongs."),
        (["f = x", "--x"], "--x has no value."),
        (["f = x", "--output"], "--output has no value."),
        (["f = x", "--upstream", "[1"], "--upstream has '[1' where a number"),
        (["nowhere.py"], "nowhere.py cannot be read: no such file or directory."),
        (["f = x", "--inputs", "nowhere.json"], "nowhere.json cannot be read: no such file"),
        (["f = x", "--x", "nan"], "Input x: "),
        (["f = x", "--x", "1e999"], "Input x: "),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_read_is_named(chainrule, arguments: list[str], words: str) -> None:
    code, out, err = chainrule("graph", *arguments)
    assert (code, out) == (2, "")
    assert err.startswith(f"chainrule: {words}")
    assert "\n  hint: " in err


@pytest.mark.parametrize("content", [b"[1, 2]", b"{", b"\xff"])
def test_a_file_of_inputs_must_hold_an_object(chainrule, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "inputs.json"
    file.write_bytes(content)
    done = chainrule("graph", "f = x", "--inputs", str(file))
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("chainrule: inputs.json holds no JSON object.\n")


def test_a_program_that_is_not_text_is_refused(chainrule, monkeypatch, tmp_path: Path) -> None:
    feed(monkeypatch, b"f = \xff")
    assert chainrule("graph", "-").err.startswith("chainrule: Standard input is not UTF-8 text.")
    file = tmp_path / "net.py"
    file.write_bytes(b"f = \xff")
    assert chainrule("graph", str(file)).err.startswith("chainrule: net.py is not UTF-8 text.")


@pytest.mark.parametrize(
    "arguments", [["grap", "x"], ["graph"], ["graph", "x", "y"], ["serve", "x"]]
)
def test_what_the_parser_refuses_ends_with_2_and_the_usage(chainrule, arguments) -> None:
    code, out, err = chainrule(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith("usage: chainrule")


# ---------- ends ----------


@pytest.mark.parametrize("error", [KeyboardInterrupt, BrokenPipeError, MemoryError, RuntimeError])
def test_no_end_is_a_traceback(chainrule, monkeypatch, error: type[BaseException]) -> None:
    def run_engine(*_: object) -> bytes:
        raise error

    quiet = os.open(os.devnull, os.O_WRONLY)
    monkeypatch.setattr(command, "run_engine", run_engine)
    monkeypatch.setattr(sys.stdout, "fileno", lambda: quiet, raising=False)
    code, out, err = chainrule("graph", "x")
    expected = {KeyboardInterrupt: 130, BrokenPipeError: 0, MemoryError: 1, RuntimeError: 1}
    assert (code, out) == (expected[error], "")
    assert "Traceback" not in err
    assert err.count("\n") == (1 if code == 1 else 0)


def test_serve_is_the_server(chainrule, monkeypatch) -> None:
    from app import __main__ as server

    called: list[bool] = []
    monkeypatch.setattr(server, "main", lambda: called.append(True))
    assert chainrule("serve").code == 0
    assert called == [True]


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_shows_an_example_that_runs(chainrule, name) -> None:
    code, out, _ = chainrule(name, "--help")
    assert code == 0
    shown = out.strip().split("\n")[-1].strip()
    assert shown.startswith(f"chainrule {name} ")
    done = chainrule(*shlex.split(shown)[1:])
    assert (done.code, done.err) == (0, "")
    assert done.out.endswith("\n")


def test_without_a_command_it_says_what_there_is(chainrule) -> None:
    done = chainrule()
    assert done.code == 0
    assert all(name in done.out for name in COMMANDS)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (-12.0, "-12"),
        (0.7310585786, "0.731059"),
        (1.5e-9, "1.5e-09"),
        (float("nan"), "NaN"),
        (float("inf"), "Infinity"),
        (float("-inf"), "-Infinity"),
    ],
)
def test_numbers_have_six_digits_at_most(number: float, text: str) -> None:
    assert number_text(number) == text


# ---------- as it is installed ----------


def test_the_project_installs_the_command() -> None:
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "scripts"
    ]
    assert scripts == {"chainrule": "app.command:main"}


def test_a_process_reads_standard_input_and_prints(client: TestClient) -> None:
    done = installed(["graph", "-", "--x", "3", "--json"], "y = x * x\n")
    answer = client.post("/api/graph", json={"source": "y = x * x\n", "inputs": {"x": 3}})
    assert done == Done(0, answer.text, "")


def test_a_process_that_refuses_ends_with_2() -> None:
    done = installed(["graph", "x + * y"])
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("chainrule: ")


def test_a_reader_that_has_enough_ends_it_quietly() -> None:
    source = "\n".join(["y = x", *["y = y + x"] * 2_000])
    line = [sys.executable, "-m", "app.command", "graph", "-", "--json"]
    process = subprocess.Popen(
        line, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdin
    assert process.stdout
    assert process.stderr
    process.stdin.write(source.encode())
    process.stdin.close()
    assert process.stdout.read(10) == b'{"schema_v'
    process.stdout.close()
    assert (process.wait(60), process.stderr.read()) == (0, b"")
    process.stderr.close()
