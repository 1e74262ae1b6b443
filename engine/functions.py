"""The program's own functions: def and lambda, kept with their scope and evaluated in place where they are called."""

from __future__ import annotations

import ast
from abc import abstractmethod

from engine.errors import BadCall, NotAllowed
from engine.language import shown
from engine.scopes import Function, Returned, Scope
from engine.sequences import Sequences


class Functions(Sequences):
    """Inlines calls of the program's own functions."""

    globals: Scope
    calls: list[Function]

    @abstractmethod
    def statement(self, node: ast.stmt) -> None:
        """Carries out one statement."""

    def function(
        self, name: str, node: ast.FunctionDef | ast.Lambda, body: tuple[ast.stmt, ...]
    ) -> Function:
        """Returns a def or a lambda, its defaults evaluated where it stands, as in Python."""
        given = node.args
        starred = given.vararg or given.kwarg
        if starred is not None:
            raise NotAllowed(
                f"The starred parameter {shown(starred.arg)} is not in the language.",
                span=self.span(starred),
                hint="Use plain arguments.",
            )
        positional = tuple(a.arg for a in (*given.posonlyargs, *given.args))
        late = positional[len(positional) - len(given.defaults) :]
        defaults = dict(zip(late, self.values(given.defaults), strict=True))
        for parameter, default in zip(given.kwonlyargs, given.kw_defaults, strict=True):
            if default is not None:
                defaults[parameter.arg] = self.value(default)
        named = tuple(a.arg for a in given.kwonlyargs)
        return Function(name, positional, named, defaults, body, self.scopes[-1])

    def lookup(self, name: str) -> tuple[bool, object]:
        """Returns whether a name is bound where the program is, and what it stands for."""
        for scope in self.scopes[-1].chain():
            if name in scope:
                return True, scope[name]
        return False, None

    def own_function(self, name: str) -> Function | None:
        """Returns the program's own function of a name, or None."""
        _, value = self.lookup(name)
        return value.called(name) if isinstance(value, Function) else None

    def inline(self, function: Function, node: ast.Call) -> object:
        """Evaluates a program's own function in place, inside a module of its own; None where it returns nothing."""
        if any(running.body is function.body for running in self.calls):
            raise NotAllowed(
                f"{shown(function.name)} calls itself.",
                span=self.span(node),
                hint="Use a for loop.",
            )
        scope = self.arguments_of(function, node)
        count = self.modules[function.name] = self.modules.get(function.name, 0) + 1
        outer = self.module
        self.module = (*outer, f"{function.name}#{count}")
        depth = len(self.scopes)
        self.scopes.append(scope)
        self.calls.append(function)
        self.limits.check(
            "bracket_depth",
            len(self.calls),
            "functions call one another {found} deep",
            span=self.span(node),
        )
        result: object = None
        try:
            for statement in function.body:
                self.statement(statement)
        except Returned as returned:
            result = returned.value
        del self.scopes[depth:]
        self.calls.pop()
        self.module = outer
        return result

    def result_of(self, function: Function, node: ast.Call) -> object:
        """Returns what a call of a program's own function gives, which must be something."""
        result = self.inline(function, node)
        if result is None:
            raise NotAllowed(
                f"{shown(function.name)} returns nothing.",
                span=self.span(node),
                hint="End it with return.",
            )
        return result

    def arguments_of(self, function: Function, node: ast.Call) -> Scope:
        """Returns a call's arguments by parameter, in a scope of their own."""
        scope = Scope(function.scope)
        values = self.values([*node.args, *(k.value for k in node.keywords)])
        scope.update(zip(function.positional, values[: len(node.args)], strict=False))
        fits = len(node.args) <= len(function.positional)
        for keyword, value in zip(node.keywords, values[len(node.args) :], strict=True):
            fits = fits and keyword.arg in function.parameters and keyword.arg not in scope
            scope[str(keyword.arg)] = value
        for parameter, default in function.defaults.items():
            scope.setdefault(parameter, default)
        if not fits or set(scope) != set(function.parameters):
            wanted = ", ".join(function.parameters) or "nothing"
            count = len(function.parameters)
            raise BadCall(
                f"{shown(function.name)} takes {wanted}.",
                span=self.span(node),
                hint=f"Give it {count} argument{'' if count == 1 else 's'}.",
            )
        return scope
