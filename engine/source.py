"""The student's text, made readable: slides' characters replaced, limits checked, parsed to Python's syntax tree.

Nothing is evaluated here or anywhere. The scans before `ast.parse` keep it from deep recursion (CPython documents that it
can crash on large or complex strings).
"""

from __future__ import annotations

import ast
import io
import tokenize
import unicodedata
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.errors import Edit, EngineError, NotAllowed, Span, Syntax, TooLarge, excerpt
from engine.graph import Notice, remark
from engine.limits import Limits
from engine.mending import applied, guesses

LOOKS_LIKE = {
    "\u2212": "-",  # minus sign
    "\u2013": "-",  # en dash
    "\u00d7": "*",  # multiplication sign
    "\u00b7": "*",  # middle dot
    "\u22c5": "*",  # dot operator
    "\u00f7": "/",  # division sign
    "\u2018": "'",
    "\u2019": "'",
    "\u201c": '"',
    "\u201d": '"',
    "\u00a0": " ",  # no-break space
    "\u2007": " ",
    "\u2009": " ",
    "\u202f": " ",
    "\u00b2": "**2",
    "\u00b3": "**3",
}
INVISIBLE = {"\ufeff", "\u200b", "\u2060"}
OPENING, CLOSING = "([{", ")]}"
LONGEST_PREFIX_RUN = 50
#: replacements that one fix may make
MOST_EDITS = 100


@dataclass(frozen=True, slots=True)
class Text:
    """A program's text as Python reads it, and the way back to what the student wrote.

    Attributes:
        given: the text as it was given.
        read: the text after replacements.
        notices: what was replaced.
        columns: for each line that changed, its 1-based number -> the given column of every read column.
        given_lines: the lines of `given`.
        read_lines: the lines of `read`.
    """

    given: str
    read: str
    notices: tuple[Notice, ...]
    columns: dict[int, list[int]]
    given_lines: tuple[str, ...]
    read_lines: tuple[str, ...]

    def span(self, node: ast.AST) -> Span | None:
        """Returns where a syntax node stands in the given text, in characters."""
        if not isinstance(node, ast.expr | ast.stmt | ast.arg | ast.keyword | ast.alias):
            return None
        end_line = node.end_lineno or node.lineno
        end = node.col_offset if node.end_col_offset is None else node.end_col_offset
        return Span(
            node.lineno,
            self._column(node.lineno, node.col_offset),
            end_line,
            self._column(end_line, end),
        )

    def slice(self, span: Span) -> str:
        """Returns the given text of a span that lies on one line; of a longer one its first line."""
        line = self.given_lines[span.line - 1]
        return (
            line[span.column : span.end_column]
            if span.end_line == span.line
            else line[span.column :]
        )

    def _column(self, line: int, offset: int) -> int:
        """Returns the given column of a byte offset (Python's tree counts UTF-8 bytes)."""
        text = self.read_lines[line - 1] if line <= len(self.read_lines) else ""
        column = offset if text.isascii() else len(text.encode()[:offset].decode(errors="ignore"))
        mapped = self.columns.get(line)
        return column if mapped is None else mapped[min(column, len(mapped) - 1)]


def clean(given: str) -> Text:
    """Replaces what slides write by what Python reads, and says so in a notice."""
    normal = given.replace("\r\n", "\n").replace("\r", "\n").replace("\f", " ")
    written = tuple(normal.split("\n"))
    read: list[str] = []
    columns: dict[int, list[int]] = {}
    replaced: list[tuple[Span, str, str]] = []
    for number, line in enumerate(written, start=1):
        parts = read_as_code(line)
        read.append("".join(parts))
        if read[-1] != line:
            origin = [column for column, part in enumerate(parts) for _ in part]
            columns[number] = [*origin, len(line)]
        for column, (part, character) in enumerate(zip(parts, line, strict=True)):
            if part not in ("", character):
                replaced.append((Span(number, column, number, column + 1), character, part))
    return Text(normal, "\n".join(read), told(replaced), columns, written, tuple(read))


def read_as_code(line: str) -> list[str]:
    """Returns, for each character of a line, what Python is to read in its place; comments stay."""
    parts = []
    comment = False
    for character in line:
        comment = comment or character == "#"
        if character in INVISIBLE:
            parts.append("")
        elif character == "^" and not comment:
            parts.append("**")
        else:
            parts.append(character if comment else LOOKS_LIKE.get(character, character))
    return parts


def told(replaced: Sequence[tuple[Span, str, str]]) -> tuple[Notice, ...]:
    """Returns what is said of replaced characters: where, which, and by what."""
    edits = tuple(Edit(span, part) for span, _, part in replaced)
    fix = edits if len(edits) <= MOST_EDITS else ()
    seen = {character: part for _, character, part in replaced}
    notices = []
    if seen.pop("^", None):
        message = "^ is read as ** (power); in Python ^ is another operation."
        notices.append(remark(message, "Write **.", fix))
    if seen:
        words = ", ".join(
            f"{unicodedata.name(c, 'a character').lower()} as {r!r}"
            for c, r in sorted(seen.items())
        )
        message = f"Characters pasted from slides are read as code: {words}."
        notices.append(remark(message, fix=fix))
    return tuple(notices)


def parse(text: Text, limits: Limits) -> ast.Module:
    """Returns the syntax tree of the text.

    Raises:
        TooLarge: when the text is longer, deeper or has longer words than the limits allow.
        Syntax: when it is not Python; the span is where reading stopped.
        NotAllowed: for characters that no program needs.
    """
    measure(text, limits)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text.read)
    except SyntaxError as error:
        raise explain(error, text) from None
    except (RecursionError, MemoryError, SystemError):
        raise TooLarge(
            "One expression is nested too deeply to read.",
            hint="Give parts of it names, one a line.",
            limit="bracket_depth",
        ) from None
    except (ValueError, OverflowError):
        raise Syntax(
            "The text cannot be read as a program.", hint="Type it again as plain text."
        ) from None


def measure(text: Text, limits: Limits) -> None:
    """Checks everything that can be checked before parsing."""
    if not text.read.strip():
        raise Syntax("There is nothing to draw yet.", hint="Type a function, such as (x + y) * z.")
    limits.check("source_characters", len(text.given), "the program has {found} characters")
    limits.check("source_lines", text.given.count("\n") + 1, "the program has {found} lines")
    for number, line in enumerate(text.read_lines, start=1):
        for column, character in enumerate(line):
            if unicodedata.category(character) in ("Cc", "Cs", "Co", "Cf") and character != "\t":
                raise NotAllowed(
                    f"Line {number} holds a character that cannot be shown (U+{ord(character):04X}).",
                    span=Span(number, column, number, column + 1),
                    hint="Delete it and type the line again.",
                )
    scan_depth(text, limits)


def scan_depth(text: Text, limits: Limits) -> None:
    """Counts nested brackets, runs of prefix operators, long names and long numbers, token by token."""
    depth = run = 0
    try:
        for token in tokenize.generate_tokens(io.StringIO(text.read).readline):
            where = Span(token.start[0], token.start[1], token.end[0], token.end[1])
            if token.type == tokenize.OP and token.string in OPENING:
                depth += 1
                limits.check("bracket_depth", depth, "brackets nest {found} deep", span=where)
            elif token.type == tokenize.OP and token.string in CLOSING:
                depth -= 1
            if token.string in ("-", "+", "~", "not", "lambda", "**", ":", "await", "if", "else"):
                run += 1
                if run > LONGEST_PREFIX_RUN:
                    raise TooLarge(
                        f"{run} operators follow one another without a value.",
                        span=where,
                        hint="Write the expression more plainly.",
                        limit="bracket_depth",
                    )
            elif token.type not in (tokenize.NL, tokenize.COMMENT) and token.string not in OPENING:
                run = 0
            if token.type == tokenize.NAME:
                limits.check(
                    "name_characters",
                    len(token.string),
                    "a name has {found} characters",
                    span=where,
                )
            elif token.type == tokenize.NUMBER:
                limits.check(
                    "literal_characters",
                    len(token.string),
                    "a number has {found} characters",
                    span=where,
                )
    except (tokenize.TokenError, IndentationError, SyntaxError):
        return  # ast.parse says it better


ADVICE = (
    ("was never closed", "Close the bracket."),
    ("unmatched", "Delete the bracket, or open one before it."),
    ("does not match opening", "Close brackets in the order they were opened."),
    ("unexpected indent", "Start the line at the left."),
    ("expected an indented block", "Indent the next line."),
    ("unindent", "Line the text up with the lines above."),
    ("unterminated string", "Close the quote."),
    (
        "invalid decimal literal",
        "A name cannot begin with a digit; write * between a number and a name.",
    ),
    ("cannot assign", "Put a plain name on the left of =."),
    ("Maybe you meant '=='", "Put a plain name on the left of =."),
)


def explain(error: SyntaxError, text: Text) -> EngineError:
    """Returns Python's complaint as ours: with the place in the student's text, and a fix."""
    line = min(max(error.lineno or 1, 1), len(text.read_lines))
    content = text.read_lines[line - 1]
    column = min(max((error.offset or 1) - 1, 0), len(content))
    mapped = text.columns.get(line)
    start = column if mapped is None else mapped[min(column, len(mapped) - 1)]
    shown = len(text.given_lines[line - 1])
    start = min(start, max(shown - 1, 0))
    span = Span(line, start, line, max(start + 1, min(shown, start + 1)))
    message = error.msg or "invalid syntax"
    fix = mended(text, guesses(message, line, text.given_lines[line - 1], start))
    for phrase, advice in ADVICE:
        if phrase in message:
            return Syntax(
                f"Line {line}, column {start + 1}: {plain(message)}.",
                span=span,
                hint=advice,
                fix=fix,
            )
    before = content[:column].rstrip()
    last = before[-1:] or content.rstrip()[-1:]
    if content.rstrip()[-1:] in tuple("+-*/@=,<>%") and column >= len(content.rstrip()) - 1:
        advice = f"Something is missing after {content.rstrip()[-1]!r}."
        return Syntax(f"Line {line} ends after {content.rstrip()[-1]!r}.", span=span, hint=advice)
    if "comma" in message or (last.isalnum() and content[column : column + 1].isalnum()):
        return Syntax(
            f"Line {line}, column {start + 1}: two values stand side by side.",
            span=span,
            hint="Write an operator between them, such as *.",
            fix=fix,
        )
    word = excerpt(content[column : column + 12].split(" ")[0])
    found = f" near {word!r}" if word else ""
    return Syntax(
        f"Line {line}, column {start + 1}: this cannot be read{found}.",
        span=span,
        hint="Write one expression or one assignment a line.",
    )


def mended(text: Text, edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """Returns the first edit with which the text can be read, as a fix."""
    for edit in edits:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                ast.parse(clean(applied(text.given_lines, edit)).read)
        except (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError, SystemError):
            continue
        return (edit,)
    return ()


def plain(message: str) -> str:
    """Returns Python's message without its guesses at other Python."""
    return message.split(". ")[0].split(" (<")[0]
