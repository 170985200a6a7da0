"""A guard taken out of the running code: a function's text is changed, compiled anew and put in the old one's place."""

import importlib
import inspect
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

MATRIX = "tests/access/test_matrix.py::test_every_role_gets_what_the_policy_says"
_FILE = Path(__file__).with_name("mutants.toml")


@dataclass(frozen=True)
class Mutant:
    """One change that takes a guard away, as tests/access/mutants.toml says it."""

    where: str
    original: str
    replacement: str
    guard: str

    @property
    def name(self) -> str:
        """Where it is and what is gone."""
        return f"{self.where.removeprefix('app.')} without {self.original!r}"

    @property
    def guarding_test(self) -> str:
        """The id of the test that must notice."""
        return self.guard if "::" in self.guard else f"{MATRIX}[{self.guard}]"

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Let the code be the mutant's for the length of the block, for all who hold the function.

        Raises LookupError where the text it changes is not there exactly once: then the list of mutants is out of date.
        """
        function = self._function()
        before = function.__code__
        function.__code__ = self._code(function)
        _forget_statements()
        try:
            yield
        finally:
            function.__code__ = before
            _forget_statements()

    def _function(self) -> FunctionType:
        module, _, path = self.where.partition(":")
        found: Any = importlib.import_module(module)
        for name in path.split("."):
            found = getattr(found, name)
        function = inspect.unwrap(getattr(found, "__func__", found))
        assert isinstance(function, FunctionType)
        return function

    def _code(self, function: FunctionType) -> CodeType:
        file = inspect.getsourcefile(function)
        assert file is not None
        lines, first = inspect.getsourcelines(function)
        text = "".join(lines)
        if text.count(self.original) != 1:
            raise LookupError(
                f"{self.where} does not say {self.original!r} once; tests/access/mutants.py is out of date"
            )
        whole = Path(file).read_text().splitlines(keepends=True)
        whole[first - 1 : first - 1 + len(lines)] = [text.replace(self.original, self.replacement)]
        return next(_codes(compile("".join(whole), file, "exec"), function.__qualname__))


def mutants() -> list[Mutant]:
    """Every mutant of the list."""
    stated = tomllib.loads(_FILE.read_text())["mutant"]
    return [Mutant(each["where"], each["without"], each.get("with", ""), each["missed_by"]) for each in stated]


def _forget_statements() -> None:
    """Have the statements that are put together once be put together anew."""
    for name, module in list(sys.modules.items()):
        if name.startswith("app.") and {"queries", "policy"} & set(name.split(".")):
            for cached in vars(module).values():
                if hasattr(cached, "cache_clear"):
                    cached.cache_clear()


def _codes(within: CodeType, qualified_name: str) -> Iterator[CodeType]:
    """The code of a function, wherever it is nested."""
    for each in within.co_consts:
        if isinstance(each, CodeType):
            if each.co_qualname == qualified_name:
                yield each
            yield from _codes(each, qualified_name)
