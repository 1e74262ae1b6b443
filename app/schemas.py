"""The wire format, as pydantic models: requests are checked with them, answers only described (and tested)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema
from pydantic.config import JsonDict
from typing_extensions import TypeAliasType

XYZ: JsonDict = {"source": "(x + y) * z", "inputs": {"x": -2, "y": 5, "z": -4}}

Numeric = float | Literal["NaN", "Infinity", "-Infinity"]
Nested = TypeAliasType("Nested", "Numeric | list[Nested]")

Structures = Literal[
    "scalar",
    "diagonal",
    "matmul",
    "reduction",
    "broadcast",
    "permutation",
    "selection",
    "dense",
]

Given = Annotated[
    object,
    WithJsonSchema(
        {
            "title": "Given",
            "description": "A number, a nested list of numbers, or a shape with a fill.",
            "anyOf": [
                {"type": "number"},
                {"type": "array", "items": {}},
                {
                    "type": "object",
                    "properties": {
                        "shape": {"type": "array", "items": {"type": "integer"}},
                        "fill": {"enum": ["normal", "uniform", "zeros", "ones", "linspace"]},
                        "seed": {"type": "integer"},
                        "scale": {"type": "number"},
                    },
                    "required": ["shape"],
                    "additionalProperties": False,
                },
            ],
        }
    ),
]
"""Checked by the engine, whose messages name the input and the row."""


class Exact(BaseModel):
    """Types as they are written, no unknown fields."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class ProgramRequest(Exact):
    """A program: what every request about a circuit holds."""

    source: str = Field(description="One expression or a small NumPy program.")
    inputs: dict[str, Given] = Field(
        default_factory=dict, description="Values by name; a name left out gets an assumed value."
    )
    output: str | None = Field(
        default=None, description="The name to differentiate; default the last assigned."
    )

    def names(self) -> list[str] | None:
        """Returns the names that the circuit is built to differentiate for; None for every input."""
        return None


class PassRequest(ProgramRequest):
    """A program, and what its backward pass starts from and goes to."""

    model_config = ConfigDict(json_schema_extra={"examples": [XYZ]})

    wrt: list[str] | None = Field(
        default=None, description="Names to differentiate for; default every input but labels."
    )
    upstream: Given | None = Field(
        default=None, description="dL/d(output), of the output's shape, where that is no scalar."
    )

    def names(self) -> list[str] | None:
        """Returns wrt."""
        return self.wrt


class GraphRequest(PassRequest):
    """A program and what to do with it."""

    digits: int | None = Field(
        default=None,
        ge=0,
        le=12,
        description="Decimals to round every number to before the next is computed from it, as by hand on a slide.",
    )


class JacobianRequest(ProgramRequest):
    """A program, and the two nodes between which the Jacobian is wanted: by name, or by id such as "n4"."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "source": "z = W @ x\nh = np.tanh(z)",
                    "inputs": {"W": [[1, 2], [3, 4]], "x": [0.1, -0.2]},
                    "of": "h",
                    "wrt": "z",
                }
            ]
        }
    )

    of: str | None = Field(default=None, description="What is differentiated; default the output.")
    wrt: str = Field(description="What it is differentiated for.")
    row: int | None = Field(
        default=None, description="A row that is wanted at any size, counted from 0."
    )
    column: int | None = Field(
        default=None, description="A column that is wanted at any size, counted from 0."
    )
    upstream: Given | None = Field(
        default=None, description="Of of's shape: its product with the Jacobian is wanted."
    )


class CheckRequest(PassRequest):
    """A program whose gradients are held against differences of its forward pass."""

    method: Literal["central", "forward", "five-point"] = Field(
        default="central", description="The difference formula."
    )
    h: float | None = Field(
        default=None,
        gt=0,
        le=1,
        description="Its step; default the formula's own, in proportion to numbers above 1.",
    )
    nodes: bool = Field(default=False, description="Check every node on the way, too.")


class SweepRequest(PassRequest):
    """A program whose gradients are held against differences at many steps."""


BOWL: JsonDict = {"source": "x**2 + 10 * y**2", "inputs": {"x": 3, "y": 2}}


Rate = Annotated[float, Field(gt=0, le=1e6)]


class DescendRequest(PassRequest):
    """A program whose output is to become smaller, by one of the lecture's approaches."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{**BOWL, "method": "analytic", "steps": 50, "rate": 0.05, "seed": 0}]
        }
    )

    method: Literal["random-search", "random-local-search", "numerical", "analytic"] = Field(
        description="random-search draws whole new points; random-local-search tries a random direction of "
        "length rate and keeps it if that is better; numerical and analytic follow the gradient."
    )
    steps: int = Field(default=100, ge=1, description="At most so many.")
    rate: Rate | Literal["auto"] = Field(
        default="auto",
        description="Length of a random direction; what a gradient is multiplied with. auto: what suits the "
        "function, found by a few steps that are not counted.",
    )
    seed: int = Field(default=0, ge=0, lt=2**32, description="Of what is drawn.")
    budget: int | None = Field(
        default=None,
        ge=1,
        description="Passes through the circuit; a step that would take more is not begun.",
    )
    reach: float | None = Field(
        default=None,
        gt=0,
        le=1e9,
        description="random-search draws so far from the start at most, along each axis; "
        "default twice its largest number, or 2.",
    )
    difference: Literal["central", "forward"] = Field(
        default="central", description="The formula of numerical: 2n or n + 1 passes a step."
    )
    h: float | None = Field(default=None, gt=0, le=1, description="The step of its differences.")


class AxisRequest(Exact):
    """One entry of an input, and the values it is to take."""

    input: str
    index: list[int] = Field(
        default_factory=list, description="An index an axis; [] for a single number."
    )
    low: float | None = Field(default=None, ge=-1e300, le=1e300)
    high: float | None = Field(
        default=None, ge=-1e300, le=1e300, description="Default around the point."
    )
    count: int = Field(default=25, ge=2, le=1000, description="So many values, ends included.")


class SurfaceRequest(PassRequest):
    """A program, and one or two entries that its output is wanted over."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **BOWL,
                    "axes": [
                        {"input": "x", "low": -4, "high": 4, "count": 9},
                        {"input": "y", "low": -4, "high": 4, "count": 9},
                    ],
                }
            ]
        }
    )

    axes: list[AxisRequest] = Field(min_length=1, max_length=2)
    rate: Rate | Literal["auto"] | None = Field(
        default=None,
        description="A step of so many times the gradient, downhill; auto: the largest of 1, 0.5, 0.2, ... "
        "that keeps half of what the gradient promises.",
    )
    h: float | None = Field(
        default=None, gt=0, le=1, description="Secants with this step, on one axis alone."
    )


class NudgeRequest(PassRequest):
    """A program, and a move of its inputs: to new values, or along the gradient."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**XYZ, "to": {"x": -1.9}}]})

    to: dict[str, Given] | None = Field(
        default=None, description="New values of some inputs, of their shapes."
    )
    step: float | None = Field(
        default=None,
        ge=-1e6,
        le=1e6,
        description="Instead: every name of wrt moves by so many times its gradient.",
    )


class CodeRequest(PassRequest):
    """A program, and what its script is to be written in."""

    target: Literal["numpy", "torch", "jax"] = Field(
        default="numpy",
        description="numpy: forward and backward line by line; torch, jax: forward, and their autodiff.",
    )


class GraphQuery(Exact):
    """The same as the fields of a query."""

    source: str = Field(
        description=GraphRequest.model_fields["source"].description, examples=["(x + y) * z"]
    )
    inputs: str | None = Field(
        default=None,
        description="JSON: values by name.",
        examples=['{"x": -2, "y": 5, "z": -4}'],
    )
    output: str | None = Field(
        default=None, description=GraphRequest.model_fields["output"].description
    )
    wrt: str | None = Field(default=None, description="Names to differentiate for, as a,b,c.")
    upstream: str | None = Field(default=None, description="JSON: dL/d(output).")
    digits: int | None = Field(default=None, ge=0, le=12, strict=False, description="As in POST.")


class Summary(Exact):
    """What stands for a tensor too large to be listed; of its finite numbers."""

    min: Numeric
    max: Numeric
    mean: Numeric
    std: Numeric
    norm: Numeric = Field(description="Square root of the sum of squares.")
    zeros: int
    nonfinite: int = Field(description="How many are NaN or infinite.")


class Tensor(Exact):
    """An array: shape and nested lists at full precision; a scalar is one number."""

    shape: list[int]
    data: Nested | None = Field(description="null over the picture's caps; then see summary.")
    summary: Summary | None = None
    preview: Nested | None = Field(
        default=None, description="With summary: the first corner, at most 8 along an axis."
    )


class SpanModel(Exact):
    """A range of the program: 1-based lines, 0-based columns, as in Python's ast."""

    line: int
    column: int
    end_line: int
    end_column: int


class InputModel(Exact):
    """What is known of one input."""

    node: str | None = Field(description="null where the program does not use it.")
    assumed: bool = Field(description="The value was chosen by the engine.")
    assigned: bool = Field(description="A statement of the program sets it.")
    role: Literal["data", "label", "parameter"] = Field(description="Guessed, for emphasis only.")


class LocalModel(Exact):
    """One local gradient, d(out)/d(argument), from forward values only."""

    structure: Structures
    shape: list[int] = Field(description="The output's axes, then the argument's.")
    value: Tensor | None = Field(description="null where the structure says it all.")
    code: str = Field(description="One NumPy expression.")
    said: str = Field(description="The same, with the nodes' labels for their names.")
    latex: str
    other: str | None = Field(default=None, description="For matmul: id of the other factor.")
    side: Literal["left", "right"] | None = Field(
        default=None, description="For matmul: where this argument stands."
    )
    axes: list[int] | None = Field(
        default=None, description="For reduction, broadcast and permutation."
    )
    indices: list[int] | None = Field(
        default=None,
        description="For selection and permutation: flat places in the argument, one an output "
        "entry; left out over the picture's caps.",
    )


class WireModel(Exact):
    """One argument of a gate, and what came back along its wire."""

    node: str = Field(description="id of the node the wire comes from.")
    argument: str
    local: LocalModel
    downstream: Tensor | None = Field(description="null where no gradient passes.")
    summed_axes: list[int] = Field(
        description="Axes of the output along which the argument had been stretched."
    )
    code: str = Field(description="The NumPy line that computes downstream.")
    latex: str


class NodeModel(Exact):
    """An input, a constant or a gate."""

    id: str
    kind: Literal["input", "constant", "gate"]
    primitive: str | None
    family: str | None = Field(description="The primitive's family, for styling.")
    symbol: str
    face: str = Field(description="What the gate shows with its scalar literals folded into it.")
    name: str | None = Field(description="The name bound at birth.")
    aliases: list[str] = Field(description="Names bound to the same value later.")
    label: str = Field(description="Short text for people.")
    code: str = Field(description="Its name in generated code.")
    span: SpanModel | None
    module: list[str] = Field(description="The defs and loop turns it sits in, outermost first.")
    dims: list[str] = Field(
        description="One letter an axis, the same for axes that the program ties; a size of 1 is itself."
    )
    value: Tensor
    upstream: Tensor | None = Field(description="null when not on a path from wrt to the output.")
    inputs: list[WireModel]
    latex: str


class EdgeModel(Exact):
    """One wire."""

    id: str
    source: str
    target: str
    key: int = Field(description="Position of the argument.")


class StepModel(Exact):
    """One moment of the pass."""

    index: int
    address: str = Field(description="Stable name of the moment.")
    phase: Literal["forward", "local", "backward"]
    kind: Literal["evaluate", "local", "seed", "accumulate", "multiply"]
    node: str
    edge: str | None
    level: Literal[1, 2, 3] = Field(description="The coarsest detail that stops here.")
    text: str
    latex: str


class EditModel(Exact):
    """One replacement in the program: `text` takes the place of what stands at `span`."""

    span: SpanModel
    text: str


Fix = Annotated[
    list[EditModel],
    Field(
        description="Replacements in the program that do what the hint says, made together; "
        "none where the student must decide."
    ),
]


class PartModel(Exact):
    """Where in an equation's LaTeX a node is written."""

    node: str
    start: int = Field(description="Letters before it.")
    end: int


class EquationModel(Exact):
    """One line of the whole function: a name, and what it is of other names."""

    node: str
    latex: str
    parts: list[PartModel] = Field(description="Within one another or apart, never across.")


class SlipModel(Exact):
    """One slip in backward code."""

    code: str
    detail: str
    span: SpanModel | None
    hint: str
    fix: Fix


class BackwardCodeModel(Exact):
    """The backward part, cut from the program's tail."""

    line: int
    source: str
    problems: list[SlipModel]


class WarningModel(Exact):
    """Something worth knowing."""

    code: str
    level: Literal["info", "warning"]
    node: str | None
    message: str
    hint: str
    fix: Fix


class GraphAnswer(Exact):
    """The circuit with every value, gradient and step; loads as networkx node-link data."""

    schema_version: Literal[1]
    directed: Literal[True]
    multigraph: Literal[True]
    graph: dict[str, str]
    source: str
    output: str = Field(description="id of the node being differentiated.")
    value: Tensor
    inputs: dict[str, InputModel]
    nodes: list[NodeModel] = Field(description="In evaluation order.")
    edges: list[EdgeModel]
    steps: list[StepModel]
    formula: list[EquationModel] = Field(
        description="The whole function, a line a name; empty where there would be too many lines."
    )
    gradients: dict[str, Tensor]
    backward_code: BackwardCodeModel | None
    warnings: list[WarningModel]


class CodeLine(Exact):
    """What one line of a script is about."""

    line: int = Field(description="Counted from 1.")
    node: str | None = Field(description="null for an input that the program does not use.")
    phase: Literal["forward", "backward"]


class CodeAnswer(Exact):
    """A script that computes a program's gradients and prints them."""

    code: str
    gradients: dict[str, str] = Field(description="Each name of wrt -> its gradient's name there.")
    lines: list[CodeLine] = Field(
        description="Every line but imports, comments and empty lines, in order."
    )


class EndModel(Exact):
    """One of the two nodes of a Jacobian."""

    node: str
    shape: list[int]


class LineModel(Exact):
    """One row or column of a Jacobian."""

    index: int
    value: Tensor = Field(
        description="A row has the shape of wrt, a column that of of; flat, they are lines of data."
    )


class JacobianAnswer(Exact):
    """The Jacobian d(of)/d(wrt) between two nodes."""

    of: EndModel
    wrt: EndModel
    rows: int = Field(description="Entries of of, flat in C order.")
    columns: int = Field(description="Entries of wrt, flat in C order.")
    size: tuple[int, int] = Field(description="rows and columns.")
    structure: Structures = Field(
        description="A single gate's own word; diagonal where all gates between are elementwise."
    )
    layout: Literal["numerator"]
    related: bool = Field(description="false: no path leads from wrt to of, and every entry is 0.")
    paths: Numeric = Field(description="How many paths lead from wrt to of, wire by wire.")
    nonzeros: int = Field(description="How many entries are not 0.")
    counted: bool = Field(
        description="false: nonzeros is what the structure allows, at most; the entries were not made."
    )
    data: Nested | None = Field(description="The matrix; null over the limit jacobian_numbers.")
    diagonal: Tensor | None = Field(
        description="For diagonal: the one slope of each row, in the shape of of."
    )
    row: LineModel | None
    column: LineModel | None
    product: Tensor | None = Field(description="upstream times the Jacobian, the shape of wrt.")
    note: str


class WorstModel(Exact):
    """The entry with the largest relative error."""

    index: list[int]
    analytic: Numeric
    numerical: Numeric
    right: Numeric = Field(description="The slope to the right alone.")
    left: Numeric | None = Field(
        description="Likewise to the left; null where the method does not look there."
    )


class SampleModel(Exact):
    """What was tried of a value with too many entries."""

    coordinates: list[int] = Field(description="Flat places of the entries that were tried.")
    analytic: Tensor
    numerical: Tensor
    along_analytic: Tensor = Field(description="Slopes along random directions of length 1.")
    along_numerical: Tensor


class CheckedModel(Exact):
    """The check of one input or node."""

    node: str | None = Field(description="null where the program does not use it.")
    analytic: Tensor
    numerical: Tensor | None = Field(description="null where only a sample was tried.")
    sample: SampleModel | None
    relative_error: Numeric = Field(description="Largest |a - n| / max(1e-8, |a| + |n|).")
    band: Literal["happy", "okay with kinks", "uncomfortable", "probably wrong"] | None = Field(
        description="What CS231n calls an error of that size; null where it is no number."
    )
    verdict: Literal["ok", "kink", "wrong"]
    note: str
    worst: WorstModel | None
    evaluations: int = Field(
        description="Of the function: n + 1 (forward), 2n (central) or 4n (five-point)."
    )
    kink_evaluations: int = Field(description="More of them, to tell corners from mistakes.")


class CheckAnswer(Exact):
    """Analytic gradients against numerical ones."""

    output: str
    value: Numeric = Field(description="The function, at the point.")
    method: Literal["central", "forward", "five-point"]
    h: float
    scaled: bool = Field(description="h was taken in proportion to numbers above 1.")
    verdict: Literal["ok", "kink", "wrong"] = Field(description="The worst of all.")
    inputs: dict[str, CheckedModel]
    nodes: dict[str, CheckedModel] | None
    evaluations: int = Field(
        description="All differences together; the point itself, where it is needed, once."
    )
    kink_evaluations: int
    method_note: str


class CurveModel(Exact):
    """One formula's errors, one for each h."""

    absolute: list[Numeric] = Field(description="Largest |a - n|.")
    relative: list[Numeric] = Field(description="Largest |a - n| / max(1e-8, |a| + |n|).")
    best: float | None = Field(description="The h with the least absolute error.")


class SweptModel(Exact):
    """The curves of one input."""

    node: str
    coordinates: list[int] = Field(description="Flat places of the entries that were tried.")
    central: CurveModel
    forward: CurveModel
    evaluations: int


class SweepAnswer(Exact):
    """The error of the difference formulas against their step."""

    output: str
    h: list[float] = Field(description="The steps, falling.")
    inputs: dict[str, SweptModel]
    evaluations: int
    method_note: str


class EntryModel(Exact):
    """One number of one input."""

    input: str
    index: list[int] = Field(description="An index an axis; [] for a single number.")
    node: str


class DescendAnswer(Exact):
    """What one approach has found, step by step."""

    output: str
    method: Literal["random-search", "random-local-search", "numerical", "analytic"]
    dimensions: int = Field(description="How many entries move.")
    losses: list[Numeric] = Field(description="The output at the start and after every step.")
    evaluations: list[int] = Field(
        description="Passes through the circuit that the approach has taken by then; what is "
        "looked at for the answer alone is not counted."
    )
    each: int = Field(
        description="Passes a step: 1 for a random one, 2n or n + 1 for differences, "
        "2 for one pass forward and one back."
    )
    path: list[list[Numeric]] = Field(
        description="The entries at the start and after every step, in the order of entries."
    )
    entries: list[EntryModel] = Field(
        description="What the path lists: all entries that move, or the first of very many."
    )
    tried: list[Numeric] = Field(description="The output at the point that each step tried.")
    kept: list[bool] = Field(description="Whether that is where the descent now stands.")
    downhill: int = Field(description="How many tries had a smaller output.")
    cosines: list[Numeric] = Field(
        description="Of the angles between random directions and the gradient."
    )
    mean_cosine: Numeric | None = Field(description="The mean of their absolute values.")
    expected_cosine: Numeric = Field(
        description="sqrt(2 / (π n)), about what that is for directions drawn evenly."
    )
    rate: float = Field(description="As it was used.")
    reach: Numeric = Field(description="Likewise.")
    end: dict[str, Tensor] = Field(description="Every input that moves, where it ended.")
    ended: Literal["steps", "budget", "flat", "non-finite"]
    note: str


class AxisModel(EntryModel):
    """One axis of a surface."""

    at: Numeric = Field(description="The point itself.")
    values: list[Numeric]


class DownhillModel(Exact):
    """One step against the gradient, along the chosen entries alone."""

    rate: float
    to: list[Numeric] = Field(description="One number an axis.")
    value: Numeric = Field(description="The output there.")
    predicted: Numeric = Field(description="To first order: value - rate · |gradient|².")


class SecantModel(Exact):
    """A line through two points of a slice."""

    formula: Literal["central", "forward"]
    h: float
    at: list[Numeric]
    values: list[Numeric]
    slope: Numeric
    error: Numeric = Field(description="How far that is from the gradient.")


class SurfaceAnswer(Exact):
    """The output over one or two entries, all others held."""

    output: str
    axes: list[AxisModel]
    values: Nested = Field(
        description="The output: a row a value of the first axis, an entry a value of the second."
    )
    levels: list[Numeric] = Field(
        description="Heights for a map's lines: as much of the map lies between any two."
    )
    value: Numeric = Field(description="At the point itself.")
    gradient: list[Numeric] = Field(description="There, one number an axis.")
    tangent: list[Numeric] | None = Field(
        description="Of a slice: the tangent at the two ends of its range."
    )
    downhill: DownhillModel | None
    secants: list[SecantModel]
    evaluations: int
    nonfinite: int = Field(description="How many of the values are no finite number.")
    note: str


class MovedModel(Exact):
    """One input that has moved."""

    node: str
    to: Tensor
    change: Tensor
    gradient: Tensor = Field(description="Before the move.")
    predicted: Numeric = Field(description="Gradient times change, summed over the entries.")


class StageModel(Exact):
    """From one node that every path passes to the next."""

    start: str | None = Field(description="null where several inputs move.")
    end: str
    between: list[str] = Field(description="Gates that only some of the paths pass.")
    paths: Numeric = Field(description="How many lead from the one to the other.")
    before: Tensor = Field(description="The value at its end.")
    after: Tensor
    arrived: Numeric = Field(description="How large the change at the beginning is.")
    left: Numeric = Field(description="How large it is at the end.")
    ratio: Numeric | None = Field(description="left / arrived; null where nothing arrived.")
    slope: Numeric | None = Field(description="The same by the local gradients.")


class NudgeAnswer(Exact):
    """What the gradient promised of a move, and what the output did."""

    output: str
    before: Numeric
    after: Numeric
    change: Numeric
    predicted: Numeric = Field(description="Gradient times change, over all that moved.")
    rest: Numeric = Field(description="change - predicted: the curve's part.")
    inputs: dict[str, MovedModel] = Field(description="What moved.")
    stages: list[StageModel] = Field(
        description="From the inputs to the output; the product of their ratios is the whole's."
    )
    ratio: Numeric | None
    slope: Numeric | None
    signed: bool = Field(
        description="Sizes have signs: one entry moves, and all between stages is one number."
    )


class Citation(Exact):
    """Where an example was published."""

    text: str
    url: str


class Expected(Exact):
    """What an example must give."""

    value: Nested
    gradients: dict[str, Nested]
    tolerance: float = Field(description="Half a unit of the last digit.")
    printed: bool = Field(description="The citation prints these very numbers.")


class Mended(Exact):
    """What mends an example that is ill: another program, other values, or both."""

    words: str = Field(description="One sentence.")
    source: str = ""
    inputs: dict[str, Given] = Field(default_factory=dict)
    expected: Expected | None = Field(default=None, description="What the mended one must give.")


class Example(Exact):
    """One entry of the gallery."""

    slug: str = Field(description="Its page is /e/<slug>.")
    title: str
    teaches: str = Field(description="One sentence.")
    section: Literal["examples", "pathologies"] = Field(
        default="examples", description="A pathology is ill, and says how it is mended."
    )
    warning: str | None = Field(default=None, description="Code of what it is warned of.")
    fix: Mended | None = Field(default=None, description="Source and inputs in full.")
    source: str
    inputs: dict[str, Given]
    output: str | None = None
    wrt: list[str] | None = None
    expected: Expected
    citation: Citation


class Examples(Exact):
    """The gallery, in order; the first is what / opens on."""

    examples: list[Example]


class PrimitiveModel(Exact):
    """A function that programs may use."""

    name: str
    form: str = Field(
        description="How it is written, with np. where NumPy has it; empty for a sign or a bracket."
    )
    family: str
    symbol: str
    words: str = Field(description="What it does to a gradient.")
    latex: str = Field(description="Template over the arguments' names.")
    arguments: list[str]
    variadic: bool = Field(description="The last argument stands for any number.")
    settings: dict[str, str | float | bool | list[int] | None] = Field(
        description="Keyword settings with their defaults."
    )
    required: list[str] = Field(description="Keyword settings without a default.")
    spellings: list[str] = Field(description="What a program may call it, with or without np.")
    methods: list[str] = Field(description="What an array's method may be called.")
    structure: dict[str, str] = Field(description="Of each argument's Jacobian.")
    gradients: dict[str, str] = Field(description="The NumPy code of each argument's rule.")


class FunctionModel(Exact):
    """A function that is made of several primitives, or chooses one."""

    name: str
    form: str = Field(description="How it is written, with NumPy's names and defaults.")
    words: str
    spellings: list[str] = Field(description="What a program may call it, with or without np.")
    methods: list[str] = Field(description="What an array's method may be called.")


class Primitives(Exact):
    """All primitives, family by family, and the functions made of them."""

    primitives: list[PrimitiveModel]
    functions: list[FunctionModel]
    overloads: list[str] = Field(
        description="Spellings that stand for several primitives; the arguments' axes choose one."
    )
    overload_forms: list[str] = Field(
        description="How those of NumPy's names among the overloads are written."
    )


class LimitModel(Exact):
    """One limit."""

    value: float
    unit: str
    meaning: str
    environment: str = Field(description="The variable that changes it.")


class LimitsAnswer(Exact):
    """All limits by name."""

    limits: dict[str, LimitModel]


class Health(Exact):
    """The server answers."""

    status: Literal["ok"]
    version: str


class ProblemModel(Exact):
    """A refusal, as RFC 9457 has it."""

    type: str = Field(description="Address of the code's paragraph.")
    title: str
    status: int
    detail: str = Field(description="What was found and what was wanted.")
    code: str = Field(description="Stable name of the cause.")
    span: SpanModel | None = Field(default=None, description="Where in the program.")
    hint: str | None = Field(default=None, description="The fix.")
    limit: str | None = Field(default=None, description="Name of the limit that was passed.")
    fix: Fix | None = Field(default=None)
