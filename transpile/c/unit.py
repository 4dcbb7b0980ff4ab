"""A translation unit: the functions of the user's files, and all that they refer to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from transpile.c.preprocess import Options
from transpile.c.tree import Block, Declare, Definition, Notes, Pragma, Variable
from transpile.c.types import CType, Struct
from transpile.c.types import Function as FunctionType
from transpile.errors import Diagnostic, SourceError, SourceErrors, Span, UnsupportedError

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Function:
    """A function definition; ``span`` is at its name.

    ``first_line`` and ``last_line`` are the lines of its file that it takes up, with the comments and pragmas above it.
    """

    name: str
    result: CType
    parameters: tuple[Variable, ...]
    body: Block
    variable: Variable
    static: bool
    inline: bool
    first_line: int
    last_line: int
    notes: Notes
    span: Span = field(compare=False, repr=False)

    @property
    def type(self) -> FunctionType:
        assert isinstance(self.variable.type, FunctionType)
        return self.variable.type


@dataclass(frozen=True, slots=True)
class Prototype:
    """A declared function; ``system`` when a system header declares it."""

    name: str
    type: FunctionType
    parameters: tuple[str, ...]
    system: bool
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Typedef:
    name: str
    type: CType
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Include:
    """An ``#include`` line of the user's file; ``name`` keeps its brackets or quotes."""

    name: str
    span: Span

    @property
    def system(self) -> bool:
        return self.name.startswith("<")


@dataclass(frozen=True, slots=True)
class Refusal:
    """What of the input is fine but not translated; ``function`` is empty outside of functions."""

    function: str
    error: UnsupportedError


@dataclass(frozen=True, slots=True)
class Origin:
    """What a unit was made from. ``text`` is the whole of it behind the preprocessor, which compiles by itself; that is
    also all that says of two origins whether they are the same. ``system_headers`` are those that the user's files
    include, ``headers`` the lines of the user's own. ``path`` is empty for text that is not in a file."""

    text: str = ""
    system_headers: tuple[str, ...] = ()
    headers: Mapping[str, tuple[str, ...]] = field(default_factory=dict, compare=False, repr=False)
    options: Options = field(default_factory=Options, compare=False, repr=False)
    path: str = field(default="", compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Unit:
    """One file and the user's headers that it includes.

    All members are in the order of the text. ``definitions`` are the types that the user's files define, as text;
    ``typedefs``, ``structs`` and ``prototypes`` also know what of the system headers is used. ``lines`` is the text of
    the file itself. ``includes`` are all of its ``#include`` lines, those that ``#if`` leaves out as well.
    """

    file: str
    lines: tuple[str, ...]
    includes: tuple[Include, ...]
    functions: tuple[Function, ...]
    globals: tuple[Declare, ...]
    definitions: tuple[Definition, ...]
    typedefs: Mapping[str, Typedef]
    structs: Mapping[str, Struct]
    prototypes: Mapping[str, Prototype]
    pragmas: tuple[Pragma, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    cplusplus: bool = False
    origin: Origin = field(default_factory=Origin)

    @property
    def words(self) -> set[str]:
        """The words of all of the user's files, comments and macros among them, and of what was defined for them."""
        lines = [*self.lines, *(line for lines in self.origin.headers.values() for line in lines)]
        return {word for line in (*lines, *self.origin.options.define) for word in _WORD.findall(line)}

    def own(self, function: Function) -> bool:
        """Whether ``function`` stands in the file itself, and not in a header."""
        return function.span.file == self.file

    def function(self, name: str) -> Function:
        """The function called ``name``; raises what refuses it, or KeyError."""
        for function in self.functions:
            if function.name == name:
                return function
        if any(refusal.function == name for refusal in self.refusals):
            raise SourceErrors(self._refused([name]))
        raise KeyError(name)

    def require(self, names: Iterable[str] = ()) -> None:
        """Raise SourceErrors if something is refused in the functions ``names``, or anywhere when none is named."""
        errors = self._refused(names)
        if errors:
            raise SourceErrors(errors)

    def complete(self, struct: Struct) -> Struct:
        """``struct`` with its fields, as far as the unit knows them."""
        return self.structs.get(struct.name, struct) if struct.fields is None else struct

    def _refused(self, names: Iterable[str]) -> list[SourceError]:
        wanted = set(names)
        return [refusal.error for refusal in self.refusals if not wanted or refusal.function in wanted]
