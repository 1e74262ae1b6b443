"""The invariants of ARCHITECTURE.md, read from the files themselves."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest

from engine.primitives import REGISTRY, Structure

ROOT = Path(__file__).parents[1]
JS = ROOT / "static" / "js"
ENGINE = sorted((ROOT / "engine").rglob("*.py"))
APP = sorted((ROOT / "app").rglob("*.py"))
SCRIPTS = sorted(JS.rglob("*.js"))


def place(path: Path) -> str:
    """Returns a file's path in the project."""
    return path.relative_to(ROOT).as_posix()


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imported(path: Path) -> set[str]:
    """Returns the top-level packages that a file imports; relative imports count as its own package."""
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(
                (node.module or "").split(".")[0] if not node.level else place(path).split("/")[0]
            )
    return found


def builtins_used(path: Path) -> set[str]:
    """Returns the plain names that a file reads and nowhere binds."""
    names = [n for n in ast.walk(tree(path)) if isinstance(n, ast.Name)]
    parameters = {n.arg for n in ast.walk(tree(path)) if isinstance(n, ast.arg)}
    bound = {n.id for n in names if isinstance(n.ctx, ast.Store)} | parameters
    return {n.id for n in names} - bound


def stripped(path: Path) -> str:
    """Returns a script without its comments, so that prose about `fetch` is no call of it."""
    text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    return re.sub(r"(?m)(^|\s)//.*$", r"\1", text)


# ---------- imports ----------


@pytest.mark.parametrize("path", ENGINE, ids=place)
def test_the_engine_imports_numpy_and_the_standard_library_only(path: Path) -> None:
    allowed = set(sys.stdlib_module_names) | {"numpy", "engine"}
    assert imported(path) <= allowed


@pytest.mark.parametrize("path", ENGINE, ids=place)
def test_the_engine_does_no_io_and_knows_no_json_and_no_html(path: Path) -> None:
    forbidden = {
        *("json", "os", "socket", "http", "urllib", "subprocess", "pathlib", "shutil", "tempfile"),
        *("html", "xml", "logging", "sqlite3", "asyncio", "threading", "multiprocessing", "pickle"),
    }
    assert not imported(path) & forbidden
    assert not builtins_used(path) & {"open", "print", "input"}


@pytest.mark.parametrize("path", APP, ids=place)
def test_the_app_imports_no_tests(path: Path) -> None:
    assert "tests" not in imported(path)


def test_primitives_know_nothing_of_what_uses_them() -> None:
    lower = {"errors", "primitives"}
    for path in sorted((ROOT / "engine" / "primitives").glob("*.py")):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("engine."):
                assert (node.module or "").split(".")[1] in lower, place(path)


# ---------- no code from text ----------

# (file, word): why it is safe there.
CODE_FROM_TEXT: dict[tuple[str, str], str] = {
    (
        "engine/compiled.py",
        "compile",
    ): "the text is the engine's own; tests/engine/test_compiled.py",
    ("app/command.py", "vars"): "the names are the options that the parser itself was given",
    ("app/settings.py", "getattr"): "the names are the fields of the settings' own dataclass",
}
WORDS = (
    "eval",
    "exec",
    "compile",
    "getattr",
    "setattr",
    "delattr",
    "__import__",
    "globals",
    "vars",
)


@pytest.mark.parametrize("path", ENGINE + APP, ids=place)
def test_nothing_turns_text_into_code_or_attributes(path: Path) -> None:
    found = {(place(path), name) for name in builtins_used(path) & set(WORDS)}
    assert found <= set(CODE_FROM_TEXT)


def test_code_is_compiled_in_one_function() -> None:
    functions = [
        function.name
        for function in ast.walk(tree(ROOT / "engine" / "compiled.py"))
        if isinstance(function, ast.FunctionDef)
        and any(isinstance(n, ast.Name) and n.id == "compile" for n in ast.walk(function))
    ]
    assert functions == ["compiled"]


@pytest.mark.parametrize("path", ENGINE + APP, ids=place)
def test_nothing_imports_by_name_or_runs_a_shell(path: Path) -> None:
    assert not imported(path) & {
        "importlib",
        "runpy",
        "code",
        "codeop",
        "ctypes",
        "marshal",
        "pickle",
    }


@pytest.mark.parametrize("path", ENGINE, ids=place)
def test_the_engine_draws_no_clock_and_no_unseeded_number(path: Path) -> None:
    assert not imported(path) & {"random", "secrets", "uuid", "datetime"}
    text = path.read_text(encoding="utf-8")
    if place(path) == "engine/elsewhere.py":  # what it shows to students, it does not run
        text = re.sub(r'": "[^"\n]*"', "", text)
    assert not re.search(r"np\.random\.(rand|randn|normal|uniform|random|seed|choice)\(", text)
    assert not re.search(r"default_rng\(\)|RandomState\(\)", text)
    assert not re.search(r"(?<![\w.])hash\(", text)


# ---------- primitives are named in their own file ----------

# What syntax makes, with no spelling of its own: reading and assigning entries.
MADE_BY_SYNTAX = {
    "getitem": "x[i]",
    "gather": "x[rows]",
    "select": "x[mask]",
    "setitem": "x[i] = v",
    "setmask": "x[mask] = v",
    "put": "x[rows] = v",
    "fill": "x[mask] = v, an entry each",
}
# file -> (words that are also a primitive's name, why the file says them).
NAMED_ELSEWHERE: dict[str, tuple[set[str], str]] = {
    "engine/language.py": (set(REGISTRY), "what Python's operators and built-in words stand for"),
    "engine/calls.py": (
        {"abs", "max", "min", "pow", "round", "sum"},
        "Python's own words, computed here when their arguments are plain numbers",
    ),
    "engine/expressions.py": (
        {"matmul", "transpose", "logical_not"},
        "the spellings that @, .T and ~ stand for",
    ),
    "engine/tape.py": ({"stack"}, "what a list of computed values is where an array belongs"),
    "engine/indexing.py": ({"transpose"}, "axes that an index array looks up come first"),
    "engine/making.py": (
        {"multiply", "not_equal", "round"},
        "what astype makes of truth values, and Python's own word",
    ),
    "engine/elsewhere.py": (set(REGISTRY), "other libraries' names for what we have"),
    "engine/balance.py": ({"square"}, "a puzzle with square matrices"),
    "engine/compiled.py": (
        {"expand_dims", "reshape"},
        "NumPy's functions, where a reduction's axes are kept",
    ),
    "engine/families.py": ({"max"}, "what a family of exercises is called"),
    "engine/rules.py": (
        {"expand_dims", "reshape", "sum"},
        "NumPy's functions, written into code where broadcasting is undone",
    ),
    "engine/simplify.py": (
        {"matvec", "outer", "transpose", "vecmat"},
        "NumPy's functions, which have nothing to do where a factor is 1 or axes keep their order",
    ),
    "engine/script/templates.py": (
        set(REGISTRY),
        "NumPy's functions whose result is a new array, or truth values",
    ),
    "engine/peers/frameworks.py": (
        set(REGISTRY),
        "NumPy's functions, and arrays' methods, as they stand in the text of forward functions",
    ),
    "engine/peers/spelling.py": (
        set(REGISTRY),
        "NumPy's functions, and arrays' methods, as they stand in the text of forward functions",
    ),
    "engine/latex.py": (set(REGISTRY), "NumPy's functions, as they stand in the listing's code"),
    "engine/tracing.py": ({"sum"}, "the last word of an accumulate step's address"),
}


@pytest.mark.parametrize("path", ENGINE, ids=place)
def test_no_primitive_is_named_outside_its_own_file(path: Path) -> None:
    if path.parent.name == "primitives":
        return
    literals = {
        node.value
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    structures = {structure.value for structure in Structure}
    allowed, _ = NAMED_ELSEWHERE.get(place(path), (structures, ""))
    assert literals & set(REGISTRY) - set(MADE_BY_SYNTAX) <= allowed


def test_the_page_names_no_primitive() -> None:
    distinctive = {n for n in REGISTRY if "_" in n or n in ("softmax", "sigmoid", "relu")}
    for path in SCRIPTS:
        quoted = set(re.findall(r"[\"'`](\w+)[\"'`]", stripped(path)))
        assert not quoted & distinctive, place(path)


# ---------- the browser ----------

# pattern: the files that may, under static/js.
OWNERS = {
    r"\bfetch\(": ("api.js",),
    r"\b(setTimeout|setInterval|requestAnimationFrame|requestIdleCallback)\b": ("player.js",),
    r"(?<![\w.])(window\.|document\.)?location\b(?!:)": ("url.js",),
    r"\bd3\b|vendor/d3": ("circuit/", "panels/", "views/"),
    r"vendor/charts": ("views/",),
    r"\bhistory\.(push|replace)State\b": ("url.js",),
}
# (file, pattern): why it may, although it is not the owner.
EXCEPTIONS: dict[tuple[str, str], str] = {}


@pytest.mark.parametrize(("pattern", "owners"), OWNERS.items(), ids=OWNERS.keys())
def test_each_power_of_the_browser_has_one_owner(pattern: str, owners: tuple[str, ...]) -> None:
    found = {
        path.relative_to(JS).as_posix() for path in SCRIPTS if re.search(pattern, stripped(path))
    }
    strangers = {name for name in found if not name.startswith(owners)}
    assert strangers <= {name for name, p in EXCEPTIONS if p == pattern}


@pytest.mark.parametrize("path", SCRIPTS, ids=place)
def test_no_script_makes_html_or_code_from_text(path: Path) -> None:
    text = stripped(path)
    for word in (
        *("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", ".html("),
        *("eval(", "new Function", "createContextualFragment", "srcdoc", "javascript:"),
    ):
        assert word not in text, word


@pytest.mark.parametrize("path", SCRIPTS, ids=place)
def test_no_script_reaches_another_origin(path: Path) -> None:
    addresses = re.findall(r"https?://[^\s\"'`)]+", stripped(path))
    assert [a for a in addresses if not a.startswith("http://www.w3.org/")] == []


LAYERS = [
    {"main"},
    {"views", "learning"},
    {"panels", "circuit", "editor", "sharing"},
    {"programs", "places", "moving", "moment", "pressing"},
    {"actions", "player", "state", "api", "theme", "layout-client", "layout-worker"},
    {"timeline", "ahead", "folding", "layout", "format", "url", "look", "assets"},
]


@pytest.mark.parametrize("path", SCRIPTS, ids=place)
def test_scripts_import_from_their_own_layer_or_below(path: Path) -> None:
    def layer(name: str) -> int:
        top = name.split("/")[0].removesuffix(".js")
        return next((k for k, names in enumerate(LAYERS) if top in names), -1)

    own = layer(path.relative_to(JS).as_posix())
    assert own >= 0, f"{place(path)} has no layer"
    for target in re.findall(r"(?:from|import)\s+[\"'](\.[^\"']+\.js)[\"']", stripped(path)):
        other = (path.parent / target).resolve()
        if other.is_relative_to(JS):
            assert layer(other.relative_to(JS).as_posix()) >= own, f"{place(path)} imports {other}"
        else:
            assert other.is_relative_to(ROOT / "static" / "vendor"), (
                f"{place(path)} imports {other}"
            )


# template: why it holds its script and style itself.
INLINE = {"notebook.html": "a document without a server has nowhere to fetch them from"}


def test_templates_hold_no_inline_script_or_style() -> None:
    for path in sorted((ROOT / "templates").glob("*.html")):
        if path.name in INLINE:
            continue
        text = path.read_text(encoding="utf-8")
        for tag in re.findall(r"<script\b[^>]*>", text):
            assert "src=" in tag or 'type="application/json"' in tag, (place(path), tag)
        assert not re.search(r"\son\w+=|\sstyle=|<style", text), place(path)
