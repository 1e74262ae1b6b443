"""The wire format, as pydantic models: requests are checked with them, answers only described (and tested)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema
from pydantic.config import JsonDict
from typing_extensions import TypeAliasType

XYZ: JsonDict = {"source": "(x + y) * z", "inputs": {"x": -2, "y": 5, "z": -4}}

Numeric = float | Literal["NaN", "Infinity", "-Infinity"]
Nested = TypeAliasType("Nested", "Numeric | list[Nested]")

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


class GraphRequest(Exact):
    """A program and what to do with it."""

    model_config = ConfigDict(json_schema_extra={"examples": [XYZ]})

    source: str = Field(description="One expression or a small NumPy program.")
    inputs: dict[str, Given] = Field(
        default_factory=dict, description="Values by name; a name left out gets an assumed value."
    )
    output: str | None = Field(
        default=None, description="The name to differentiate; default the last assigned."
    )
    wrt: list[str] | None = Field(
        default=None, description="Names to differentiate for; default every input but labels."
    )
    upstream: Given | None = Field(
        default=None, description="dL/d(output), of the output's shape, where that is no scalar."
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

    structure: Literal[
        "scalar",
        "diagonal",
        "matmul",
        "reduction",
        "broadcast",
        "permutation",
        "selection",
        "dense",
    ]
    shape: list[int] = Field(description="The output's axes, then the argument's.")
    value: Tensor | None = Field(description="null where the structure says it all.")
    code: str = Field(description="One NumPy expression.")
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


class SlipModel(Exact):
    """One slip in backward code."""

    code: str
    detail: str
    span: SpanModel | None
    hint: str


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
    gradients: dict[str, Tensor]
    backward_code: BackwardCodeModel | None
    warnings: list[WarningModel]


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


class Example(Exact):
    """One entry of the gallery."""

    slug: str = Field(description="Its page is /e/<slug>.")
    title: str
    teaches: str = Field(description="One sentence.")
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
