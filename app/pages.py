"""The HTML pages.

`templates/index.html` is rendered for `/`, `/e/<slug>`, `/embed` and `/embed/<slug>` with:

    opening       the example shown: title, source, inputs, output, wrt, and of one that is ill the fix
    opening_json  the same, safe inside a script element
    slug          its name in the gallery
    current       all of it
    examples      all of them, in the gallery's order; the first is the one of `/` and `/embed`
    trace_json    the example's whole trace, the very JSON of POST /api/graph, safe inside a script element
    steps         how many steps the trace has
    messages      what the trace warns of, in sentences: in place before any script runs
    rows          of the table of all values: name, kind, shape, value, gradient, all as text; in tape order
    embed         whether the page is framed without chrome
    limits        the server's limits, name → number
    version       of the server

`templates/lecture.html`, a tour, gets of these what its first stop has, and `tour`, `tour_json` (what
`static/js/learning/tour/types.d.ts` calls a Tour) and `first_text`; `templates/lectures.html` gets `tours`, and
`templates/teach.html` besides `examples`, the `families` of worksheets, and `grader`, a script.
`templates/print.html`, the sheet of all steps, gets the same. `templates/worksheet.html` gets what
`app.worksheets.worksheet_context` returns. `templates/licences.html` gets `packages` (name, version,
license, text); `templates/error.html` gets `title`, `detail`, `hint` and `status`; `templates/docs.html` gets what
`app.reference.reference` returns. All get `version`; `scripts` and `styles`, the folders of modules and
style sheets: as built, or as written while they are being written; `start`, the addresses of those built modules that
the first picture needs, and `later`, of those that are wanted after it.
`templates/notebook.html` is the page in a document of its own, which `app.notebook` renders.
"""

from __future__ import annotations

import json
from pathlib import Path

import orjson
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from app.api import answer, revalidated
from app.document import document_context, environment, script_safe
from app.gallery import gallery, request_of
from app.problems import NOT_FOUND, Problem, Refusal
from app.reference import reference
from app.settings import Settings
from app.tours import Tour, paragraphs, tours
from app.wire.gallery import Example
from app.worksheets import families, worksheet_context

HTML = "text/html; charset=utf-8"
OPENING = {"title", "source", "inputs", "output", "wrt"}
"""What the page reads of an example."""
ROBOTS = "User-agent: *\nDisallow: /api/\n"


class Pages:
    """Renders templates.

    Args:
        root: the folder of templates/ and static/.
        readable: serve modules and style sheets as they are written, not as built.
    """

    def __init__(self, root: Path, *, readable: bool = False) -> None:
        self._root = root
        self._templates = environment(root)
        built = root / "static" / "vendor" / "js" / "pieces.json"
        self._templates.globals |= (
            {
                "scripts": "vendor/js",
                "styles": "vendor/css",
                **json.loads(built.read_text(encoding="utf-8")),
            }
            if built.is_file() and not readable
            else {"scripts": "js", "styles": "css", "start": [], "later": []}
        )

    def routes(self) -> list[BaseRoute]:
        """Returns the pages' routes."""
        return [
            Route("/", self.example),
            Route("/e/{slug}", self.example),
            Route("/embed", self.embed),
            Route("/embed/{slug}", self.embed),
            Route("/print", self.sheet),
            Route("/print/{slug}", self.sheet),
            Route("/worksheet", self.worksheet),
            Route("/worksheet/{slug}", self.worksheet),
            Route("/lecture", self.lectures),
            Route("/lecture/{slug}", self.lecture),
            Route("/teach", self.teach),
            Route("/docs", self.docs),
            Route("/licences", self.licences),
            Route("/robots.txt", self.robots),
            Route("/favicon.ico", self.icon),
        ]

    async def example(self, request: Request) -> Response:
        """Opens on the example that the path names, or on the gallery's first."""
        return await self._index(request, named(request), embed=False)

    async def embed(self, request: Request) -> Response:
        """Is the page without chrome, for the frames of others."""
        return await self._index(request, named(request), embed=True)

    async def sheet(self, request: Request) -> Response:
        """Is every step on paper: a board each, under one another."""
        return await self._index(request, named(request), embed=False, template="print.html")

    async def worksheet(self, request: Request) -> Response:
        """Is a circuit to be filled in by pencil, or its key: of an example, of the link's program, or a random one."""
        context = worksheet_context(request.url.path, request.query_params, named(request))
        return self._page(request, "worksheet.html", context)

    async def lectures(self, request: Request) -> Response:
        """Lists the tours."""
        return self._page(request, "lectures.html", {"tours": tours()})

    async def lecture(self, request: Request) -> Response:
        """Is a tour: the page with the board of its first stop, and the text of all beside it."""
        tour, later = toured(request)
        first = tour.stops[0]
        sent = tour.model_dump(include={"slug", "title", "stops"}, exclude_none=True)
        if later:
            sent["next"] = later.model_dump(include={"slug", "title"})
        trace = await answer(first.program(), request)
        opening = first.model_dump(include=OPENING, exclude_none=True)
        opening |= {"title": tour.title, "tour": True}
        context = {
            **document_context(opening, trace),
            "tour": tour,
            "tour_json": script_safe(orjson.dumps(sent)),
            "first_text": paragraphs(first.text),
            "examples": gallery(),
        }
        return self._page(request, "lecture.html", context)

    async def teach(self, request: Request) -> Response:
        """Says how the page is used in class, with a link to everything in it."""
        grader = (self._root / "templates" / "grader.py").read_text(encoding="utf-8")
        content: dict[str, object] = {
            "tours": tours(),
            "examples": gallery(),
            "grader": grader,
            "families": families(),
        }
        return self._page(request, "teach.html", content)

    async def docs(self, request: Request) -> Response:
        """Is the reference of the JSON endpoints, made from the OpenAPI document."""
        settings: Settings = request.app.state.settings
        content = reference(request.app.openapi(), settings)
        return self._page(request, "docs.html", content)

    async def licences(self, request: Request) -> Response:
        """Lists the packages that the page is built from, with the text of their licences."""
        path = self._root / "static" / "vendor" / "licenses.json"
        packages = orjson.loads(path.read_bytes()) if path.is_file() else []
        return self._page(request, "licences.html", {"packages": packages})

    async def robots(self, request: Request) -> Response:
        """Asks crawlers to leave the engine alone."""
        return PlainTextResponse(ROBOTS)

    async def icon(self, request: Request) -> Response:
        """Is for browsers that ask without reading the page's link."""
        return FileResponse(
            self._root / "static" / "img" / "favicon.svg", media_type="image/svg+xml"
        )

    def problem(self, problem: Problem) -> Response:
        """Returns a problem as a page for people."""
        template = self._templates.get_template("error.html")
        cause = problem.cause
        content = template.render(
            title=cause.title, detail=problem.detail, hint=problem.hint, status=cause.status
        )
        return HTMLResponse(content, cause.status, headers=dict(problem.headers))

    async def _index(
        self, request: Request, example: Example, *, embed: bool, template: str = "index.html"
    ) -> Response:
        settings: Settings = request.app.state.settings
        trace = await answer(request_of(example), request)
        opening = example.model_dump(include=OPENING, exclude_none=True)
        if embed:
            opening["embed"] = True
        elif example.fix:
            opening["fix"] = example.fix.model_dump(exclude={"expected"})
        context = {
            **document_context(opening, trace),
            "slug": example.slug,
            "current": example,
            "examples": gallery(),
            "embed": embed,
            "limits": dict(settings.items()),
        }
        return self._page(request, template, context)

    def _page(self, request: Request, name: str, context: dict[str, object]) -> Response:
        content = self._templates.get_template(name).render(context)
        return revalidated(content.encode(), request, HTML)


def toured(request: Request) -> tuple[Tour, Tour | None]:
    """Returns the tour that the path names, and the one after it."""
    later: Tour | None = None
    for tour in reversed(tours()):
        if tour.slug == request.path_params["slug"]:
            return tour, later
        later = tour
    raise Refusal(Problem(NOT_FOUND, "No tour has this name.", hint="/lecture lists all."))


def named(request: Request) -> Example:
    """Returns the example that the path names; the first, if it names none."""
    slug = request.path_params.get("slug", gallery()[0].slug)
    for example in gallery():
        if example.slug == slug:
            return example
    raise Refusal(Problem(NOT_FOUND, "No example has this name.", hint="The gallery lists all."))
