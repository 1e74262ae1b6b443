"""The `chainrule` command: what the endpoints answer, in a terminal, without a server.

Every subcommand is one request. What it prints with --json are the very bytes that the endpoint answers.
"""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from app import __version__
from app.problems import FIELDS, Problem, Refusal, from_engine, from_validation
from app.report import check_report, code_report, complaint, graph_report, jacobian_report
from app.settings import Settings
from app.wire.check import CheckRequest
from app.wire.code import CodeRequest
from app.wire.graph import GraphRequest
from app.wire.jacobian import JacobianRequest
from app.wire.program import ProgramRequest
from app.workers import run_engine
from engine import EngineError, Limits
from engine.errors import excerpt

DONE, FAULT, REFUSED, INTERRUPTED = 0, 1, 2, 130
STDIN = "-"
GENEROUS: dict[str, Any] = dict(Limits().items())
SETTINGS = replace(Settings(), **GENEROUS)
"""The limits of Python callers, the server's pictures: what both answer is the same."""
EPILOG = """inputs:
  --NAME VALUE    a number or a nested JSON list: --x -2, --W '[[1, 2], [3, 4]]'
                  A name that is also an option's is given with --inputs.

example:
  chainrule {name} {example}"""


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a subcommand.

    Attributes:
        name: what is typed behind two dashes.
        words: one line of help.
        read: the field's value from what is typed; None for a switch.
        choices: what may be typed, where that is a short list.
        field: of the request, where it has another name.
    """

    name: str
    words: str
    read: Callable[[str], object] | None = str
    choices: tuple[str, ...] | None = None
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Command:
    """One subcommand.

    Attributes:
        name: what is typed.
        words: one line of help.
        example: arguments that show it.
        request: what it asks.
        options: the request's other fields.
        report: the answer as text for people.
    """

    name: str
    words: str
    example: str
    request: type[ProgramRequest]
    options: tuple[Option, ...]
    report: Callable[[bytes], str]


def value_of(text: str) -> object:
    """Returns a number or a nested list as it is typed.

    Raises:
        ValueError: for what is neither.
    """
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return float(text)  # .5, 1., +3: numbers, though not JSON's


def names_of(text: str) -> list[str]:
    """Returns names as they are typed: a,b."""
    return [name.strip() for name in text.split(",")]


INPUTS = Option("inputs", "a JSON file of values by name, beside those given as --NAME VALUE")
JSON = Option("json", "print what the endpoint answers", read=None)
OUTPUT = Option("output", "the name to differentiate; default the last assigned")
WRT = Option("wrt", "names to differentiate for, as a,b; default every input", names_of)
UPSTREAM = Option("upstream", "dL/d(output), where that is no single number", value_of)
METHOD = Option(
    "method", "of differences; default central", choices=("central", "forward", "five-point")
)
# Not --h: that is what hidden layers are called.
STEP = Option("step", "of the differences; default the method's own", value_of, field="h")
NODES = Option("nodes", "check every node on the way, too", read=None)
TARGET = Option("target", "of the script; default numpy", choices=("numpy", "torch", "jax"))
OF = Option("of", "what is differentiated: a name, or a node such as n4; default the output")
FOR = Option("wrt", "what it is differentiated for, likewise")
ROW = Option("row", "a row that is wanted at any size, counted from 0", value_of)
COLUMN = Option("column", "a column that is wanted at any size", value_of)
PRODUCT = Option(
    "upstream", "of the shape of what is differentiated: its product is wanted", value_of
)
COMMANDS = {
    command.name: command
    for command in (
        Command(
            "graph",
            "every value and gradient of a program",
            '"(x + y) * z" --x -2 --y 5 --z -4',
            GraphRequest,
            (OUTPUT, WRT, UPSTREAM),
            graph_report,
        ),
        Command(
            "check",
            "every gradient beside its numerical estimate",
            '"x**2 + np.sin(y)" --x 3 --y 0.5',
            CheckRequest,
            (OUTPUT, WRT, UPSTREAM, METHOD, STEP, NODES),
            check_report,
        ),
        Command(
            "code",
            "a script that computes the gradients, forward and backward",
            '"(x + y) * z" --x -2 --y 5 --z -4 --target numpy',
            CodeRequest,
            (OUTPUT, WRT, UPSTREAM, TARGET),
            code_report,
        ),
        Command(
            "jacobian",
            "the Jacobian between two nodes",
            '"z = W @ x; h = z**2" --W "[[1, 2], [3, 4]]" --x "[1, -1]" --of h --wrt x',
            JacobianRequest,
            (OUTPUT, OF, FOR, ROW, COLUMN, PRODUCT),
            jacobian_report,
        ),
    )
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code: 0 done, 2 not usable as it is typed, 130 interrupted."""
    typed = list(sys.argv[1:] if arguments is None else arguments)
    try:
        if not typed or typed[0] not in COMMANDS:
            parser().parse_args(typed or ["--help"])
            return serve()
        return run(COMMANDS[typed[0]], typed[1:])
    except SystemExit as stop:  # the parser has said why
        return stop.code if isinstance(stop.code, int) else REFUSED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has enough; nothing may be flushed into the closed pipe at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except MemoryError:
        return fault("The program needs more memory than there is.")
    except Exception as error:
        kind = type(error).__name__
        return fault(f"Something failed in Chainrule itself ({kind}): please report it.")


def serve() -> int:
    """Serves until told to stop."""
    from app import __main__ as server  # no other command needs a server

    server.main()
    return DONE


def run(command: Command, typed: Sequence[str]) -> int:
    """Answers one request, or says on standard error why not."""
    known, given = split(typed, (*command.options, INPUTS, JSON))
    options = parser().parse_args([command.name, *known])
    source = ""
    try:
        source = source_of(options.source)
        answer = run_engine(request_of(command, options, source, given), SETTINGS)
    except (EngineError, Refusal, ValidationError) as error:
        sys.stderr.write(complaint(problem_of(error), source))
        return REFUSED
    write(answer if options.json else command.report(answer).encode())
    return DONE


def split(typed: Sequence[str], known: Sequence[Option]) -> tuple[list[str], dict[str, str]]:
    """Returns the arguments that the parser knows, and the inputs: every other --NAME with its VALUE."""
    switches = {"--help", *(f"--{option.name}" for option in known if option.read is None)}
    settings = {f"--{option.name}" for option in known if option.read is not None}
    options: list[str] = []
    plain: list[str] = []
    given: dict[str, str] = {}
    tokens = iter(typed)
    for token in tokens:
        name, equals, value = token.partition("=")
        if token == "--":
            plain.extend(tokens)
        elif token == "-h" or name in switches:
            options.append(token)
        elif name in settings:
            options.append(f"{name}={value if equals else next(tokens, '')}")
        elif name.startswith("--") and name[2:].isidentifier():
            given[name[2:]] = value if equals else next(tokens, "")
        else:
            plain.append(token)
    return [*options, "--", *plain], given


def parser() -> ArgumentParser:
    """Returns the parser of everything but inputs, whose names nobody knows beforehand."""
    whole = ArgumentParser(
        "chainrule", description="Backpropagation, step by step.", allow_abbrev=False
    )
    whole.add_argument("--version", action="version", version=f"chainrule {__version__}")
    commands = whole.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS.values():
        part = commands.add_parser(
            command.name,
            help=command.words,
            usage=f"chainrule {command.name} SOURCE [--NAME VALUE ...] [options]",
            description=f"Prints {command.words}.",
            epilog=EPILOG.format(name=command.name, example=command.example),
            formatter_class=RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        part.add_argument(
            "source", metavar="SOURCE", help="an expression, a file, or - for standard input"
        )
        for option in (*command.options, INPUTS, JSON):
            add(option, part)
    commands.add_parser("serve", help="serve the page at HOST and PORT, 127.0.0.1:8000 without")
    return whole


def add(option: Option, part: ArgumentParser) -> None:
    """Adds one option to a subcommand's parser."""
    if option.read is None:
        part.add_argument(f"--{option.name}", action="store_true", help=option.words)
    else:
        shown = None if option.choices else option.name.upper()
        part.add_argument(
            f"--{option.name}", metavar=shown, choices=option.choices, help=option.words
        )


def source_of(typed: str) -> str:
    """Returns the program: what is typed itself, or the text of the file or of standard input."""
    if typed == STDIN:
        return decoded(sys.stdin.buffer.read(), "Standard input")
    path = Path(typed)
    if path.suffix == ".py" or is_file(path):
        return decoded(content(path), path.name)
    return typed


def request_of(
    command: Command, options: Namespace, source: str, given: Mapping[str, str]
) -> ProgramRequest:
    """Returns what is asked.

    Raises:
        Refusal: for a value that cannot be read.
        ValidationError: for fields that do not fit.
    """
    typed = vars(options)
    fields = {
        option.field or option.name: typed[option.name]
        if option.read is None
        else read(option.name, typed[option.name], option.read)
        for option in command.options
        if typed[option.name] not in (None, False)
    }
    inputs = {} if options.inputs is None else inputs_of(options.inputs)
    inputs |= {name: read(name, text, value_of) for name, text in given.items()}
    return command.request.model_validate({"source": source, "inputs": inputs, **fields})


def inputs_of(name: str) -> dict[str, object]:
    """Returns the inputs that a file holds."""
    path = Path(name)
    try:
        inputs = orjson.loads(content(path))
    except orjson.JSONDecodeError:
        inputs = None
    if not isinstance(inputs, dict):
        raise unusable(
            f"{excerpt(path.name)} holds no JSON object.",
            'It should hold such as {"x": -2, "y": 5}.',
        )
    return inputs


def read(name: str, text: str, reader: Callable[[str], object]) -> object:
    """Returns what the value of --NAME stands for."""
    if not text:
        raise unusable(f"--{excerpt(name)} has no value.", "Write it behind the name.")
    try:
        return reader(text)
    except ValueError:
        raise unusable(
            f"--{excerpt(name)} has {excerpt(text)!r} where a number or a nested list belongs.",
            f"Such as --{excerpt(name)} -2, or --{excerpt(name)} '[[1, 2], [3, 4]]'.",
        ) from None


def is_file(path: Path) -> bool:
    """Returns whether there is such a file; an expression may be no possible name of one."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def content(path: Path) -> bytes:
    """Returns what a file holds."""
    try:
        return path.read_bytes()
    except OSError as error:
        reason = (error.strerror or "no such file").lower()
        raise unusable(f"{excerpt(path)} cannot be read: {reason}.", "Check the path.") from None


def decoded(text: bytes, what: str) -> str:
    """Returns text that is UTF-8."""
    try:
        return text.decode()
    except UnicodeDecodeError:
        raise unusable(f"{excerpt(what)} is not UTF-8 text.", "Save it as UTF-8.") from None


def unusable(detail: str, hint: str) -> Refusal:
    """Returns the refusal of what is typed."""
    return Refusal(Problem(FIELDS, detail, hint=hint))


def problem_of(error: EngineError | Refusal | ValidationError) -> Problem:
    """Returns the problem that the endpoint would answer."""
    match error:
        case EngineError():
            return from_engine(error)
        case Refusal():
            return error.problem
    return from_validation(
        RequestValidationError([{**each, "loc": ("body", *each["loc"])} for each in error.errors()])
    )


def fault(words: str) -> int:
    """Says what failed, and returns the exit code."""
    sys.stderr.write(f"chainrule: {words}\n")
    return FAULT


def write(answer: bytes) -> None:
    """Writes to standard output; a terminal gets a line's end too."""
    sys.stdout.buffer.write(answer)
    if sys.stdout.isatty() and not answer.endswith(b"\n"):
        sys.stdout.buffer.write(b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    sys.exit(main())
