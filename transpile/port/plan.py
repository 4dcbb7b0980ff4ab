"""A repository, from its files to what is to be changed in them, with every item that was found on the way."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import TypeAlias

from transpile.architectures import require_architecture, require_no_machine
from transpile.errors import UsageError
from transpile.options import TARGETS, Options, Target
from transpile.port import assembly, automake, buildfiles, buildrules, intrinsics, statements, whole, widening
from transpile.port.assembly import Assembled, Choices
from transpile.port.headers import Headers
from transpile.port.items import Item, in_order
from transpile.port.preprocessor import CText
from transpile.port.tree import Tree, with_suffix
from transpile.translation import Translation

C_SUFFIXES = (".c", ".h", ".cc", ".cpp", ".cxx", ".hpp", ".hh", ".hxx", ".inl", ".ipp", ".inc", ".tcc")
OWN_INTRINSICS = Path(__file__).with_name("integer_intrinsics.h")
Progress: TypeAlias = Callable[[int, int], None]


@dataclass(slots=True)
class Plan:
    """``texts`` are the files as they are to be, those that change and those that do not."""

    to: str
    items: list[Item] = field(default_factory=list)
    texts: dict[str, bytes] = field(default_factory=dict)
    translations: list[Translation] = field(default_factory=list)

    @property
    def left(self) -> list[Item]:
        return [item for item in self.items if item.state == "left"]


@dataclass(slots=True)
class Work:
    tree: Tree
    to: Target
    options: Options
    choices: Choices
    plan: Plan
    texts: dict[str, str] = field(default_factory=dict)

    def text(self, path: str) -> str:
        if path not in self.texts:
            self.texts[path] = self.tree.read(path).decode("utf-8", "surrogateescape")
        return self.texts[path]

    def put(self, path: str, text: str) -> None:
        self.texts[path] = text
        self.plan.texts[path] = text.encode("utf-8", "surrogateescape")


def plan_for(tree: Tree, to: str, options: Options, choices: Choices, told: Progress) -> Plan:
    """The port to any target there is."""
    for target in TARGETS:
        if to == target:
            require_architecture(to, options.march)
            return plan_native(tree, target, options, choices, told)
    if to not in whole.SUFFIXES:
        raise UsageError(f"unknown target '{to}'", f"choose one of {', '.join((*TARGETS, *whole.SUFFIXES))}")
    require_no_machine(to, options.march, options.memory_model, options.trap_division)
    return plan_whole(tree, to, options, told)


def plan_whole(tree: Tree, to: str, options: Options, told: Progress) -> Plan:
    """The port of C to CUDA, or of COBOL to Python."""
    plan = Plan(to)
    paths = list(whole.candidates(tree, to))
    for number, path in enumerate(paths):
        told(number, len(paths))
        item, made, files = whole.port(tree, path, to, options)
        plan.items.append(item)
        plan.texts.update(files)
        if made is not None:
            plan.translations.append(replace(made.translation, file=path))
    plan.items = in_order(plan.items)
    return plan


def plan_native(tree: Tree, to: Target, options: Options, choices: Choices, told: Progress) -> Plan:
    """The port to another instruction set."""
    plan = Plan(to)
    work = Work(tree, to, options, choices, plan)
    files = [path for path in with_suffix(tree, ".s", ".S") if assembly.x86_file(tree, path, work.text(path), choices)]
    sources = [path for path in with_suffix(tree, *C_SUFFIXES) if PurePosixPath(path).name != intrinsics.OWN_HEADER]
    total = len(files) + len(sources)
    translated: list[str] = []
    for number, path in enumerate(files):
        told(number, total)
        if port_assembly(work, path):
            translated.append(path)
    wider = {name for path in sources for name in widening.macros(work.text(path))}
    headers = Headers({path: widening.port(path, work.text(path), wider)[0] for path in sources})
    for number, path in enumerate(sources, len(files)):
        told(number, total)
        port_source(work, path, headers, wider)
    port_builds(work, translated)
    plan.items = in_order(plan.items)
    return plan


def port_assembly(work: Work, path: str) -> bool:
    """Whether the file has a translation now."""
    output = assembly.output_of(path, work.to)
    if work.tree.has(output) and not assembly.is_ours(work.text(output)):
        last = work.text(path).count("\n") + 1
        work.plan.items.append(
            Item("assembly", path, 1, last, PurePosixPath(path).name, "covered", f"{output} is there")
        )
        return True
    made: Assembled = assembly.translate(work.tree, path, work.to, work.options, work.choices)
    work.plan.items.append(made.item)
    if made.translation is not None:
        work.plan.translations.append(made.translation)
    if not made.text:
        return False
    if path.endswith(".S"):
        work.put(made.output, assembly.unpreprocessed(made.text))
        work.put(path, assembly.guarded(path, work.text(path), work.to))
    else:
        work.put(made.output, made.text)
    if made.needs_runtime:
        hint = f"link with what 'transpile runtime --to {work.to}' prints"
        work.plan.items.append(
            Item("build", path, 1, 1, made.output, "left", "", "it calls functions of the translator's runtime", hint)
        )
    return True


def port_source(work: Work, path: str, headers: Headers, wider: Set[str]) -> None:
    """One file in C or C++."""
    text = work.text(path)
    if "\0" in text:
        return
    edited, items = widening.port(path, text, wider)
    work.plan.items += items
    edited, items = intrinsics.port(path, edited, headers.have_intrinsics(path))
    work.plan.items += items
    work.plan.items += intrinsics.alone(path, CText(edited))
    edited, items, translation = statements.port(path, edited, work.to, work.options, work.choices.substitutes)
    work.plan.items += items
    if translation is not None:
        work.plan.translations.append(translation)
    if edited != text:
        work.put(path, edited)
        if f'"{intrinsics.OWN_HEADER}"' in edited:
            work.put(str(PurePosixPath(path).with_name(intrinsics.OWN_HEADER)), OWN_INTRINSICS.read_text())


def port_builds(work: Work, translated: Sequence[str]) -> None:
    """Build files: flags, rules for the translated files, and branches that name them."""
    named: set[str] = set()
    simde = any("<simde/" in text for text in work.texts.values())
    in_c = have_in_c(work, translated)
    for path in work.tree.files:
        if buildfiles.system_of(path) is None:
            continue
        original = work.text(path)
        configure = configure_of(work, path)
        text, items = buildfiles.port(path, original, simde, bool(configure))
        work.plan.items += items

        def wire(text: str, path: str = path, configure: str = configure) -> buildrules.Wired:
            if not configure:
                return buildrules.wire(path, text, translated, work.to, in_c)
            subdir_objects = "subdir-objects" in work.text(configure) + text
            return buildrules.wire_automake(path, text, translated, work.to, subdir_objects)

        work.plan.items += wire(original).items
        wired = wire(text)
        named |= wired.named
        if wired.text != original:
            work.put(path, wired.text)
            if configure:
                configure_for(work, configure)
    for path in translated:
        if path.endswith(".s") and path not in named:
            output = assembly.output_of(path, work.to)
            why = "no build file was found to name it"
            hint = f"build {output} instead of it on {work.to}"
            work.plan.items.append(Item("build", path, 1, 1, PurePosixPath(path).name, "left", "", why, hint))


def configure_of(work: Work, path: str) -> str:
    """The ``configure.ac`` for a Makefile.am, if conditionals can be added there; empty for all others."""
    folders = PurePosixPath(path).parents if path.endswith(".am") else ()
    names = (str(folder / name) for folder in folders for name in ("configure.ac", "configure.in"))
    found = next((name for name in names if work.tree.has(name)), "")
    return found if found and automake.configured(work.text(found)) is not None else ""


def configure_for(work: Work, path: str) -> None:
    """Adds the conditionals, once."""
    text = work.text(path)
    after = automake.configured(text)
    if after is None or after == text:
        return
    work.put(path, after)
    line = automake.line_of(text, "AC_OUTPUT")
    how = "conditionals for what the compiler makes code for"
    work.plan.items.append(Item("build", path, line, line, "AC_OUTPUT", "ported", how))


def have_in_c(work: Work, translated: Sequence[str]) -> set[str]:
    """The translated files of which C code of the repository defines a function too."""
    where = {f.name: made.file for made in work.plan.translations if made.file in translated for f in made.functions}
    if not where:
        return set()
    names = re.compile(rf"\b({'|'.join(map(re.escape, where))})\b")
    body = re.compile(names.pattern + r"\s*\((?:[^;{}()]|\([^;{}()]*\))*\)\s*\{")
    codes = (
        "\n".join(CText(text).code)
        for path, text in work.texts.items()
        if path.endswith(C_SUFFIXES) and names.search(text)
    )
    return {where[match[1]] for code in codes for match in body.finditer(code)}


def by_file(items: Sequence[Item]) -> Mapping[str, list[Item]]:
    found: dict[str, list[Item]] = {}
    for item in items:
        found.setdefault(item.file, []).append(item)
    return found
