"""Run a block and its translation side by side on Unicorn from states that the entry relation allows.

A difference is a fact about real executions, so ``Refuted`` can be believed; ``Tested`` says nothing about states that
were not drawn. Both are compared where the prover compares them: the way out, the relation there, and memory outside
the translation's private slots. Results that are not a number are equal whatever their payload and sign.

Draws on which the source faults, reaches the return address or a private slot, or leaves its result undefined are not
counted. Unicorn does not NaN-box single results on RISC-V, so upper halves of such registers are not compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from transpile.core.verdict import Refuted, Tested, Undecided, Verdict
from transpile.emulators.agreement import Comparison, Exit, holds_nan
from transpile.emulators.flags import UnknownFlags
from transpile.emulators.link import (
    THREAD_BIAS,
    Addresses,
    Body,
    Linked,
    LinkError,
    link_target,
    link_x86,
    mentioned,
    stop_addresses,
)
from transpile.emulators.problem import Case, Convention, Model, Step
from transpile.emulators.states import ALL, RETURN_ADDRESS, SOURCE_GENERAL, SOURCE_VECTOR, Draw, Entry, State
from transpile.emulators.unicorn_cpu import CODE, PAGE, Result, UnicornCpu

MISALIGNED = "an atomic access is not aligned, at which the target faults"
"""Why a draw does not count."""
ENOUGH = 0.25
"""The share of the asked runs that must complete for ``Tested``; the others are draws that do not count."""
_ATTEMPTS = 4
_BATCH = 256
_CALL = re.compile(r"(notrack\s+)?call")
_TRAP = re.compile(r"(ud2|hlt|int3|ebreak|unimp|brk|udf)\b")
_REPEATED = re.compile(r"rep(n?[ez])?\s")
_UNDEFINED_FOR_ZERO = re.compile(r"(?<![\w.])bs[fr][wlq]?\s")
_MISALIGNED = frozenset(("exception 4", "exception 6"))
_XMM = re.compile(r"\bxmm(\d+)")
_MEMORY = re.compile(r"(-?(?:0x[0-9a-f]+|\d+))?\(%(r(?!ip)[a-z0-9]+)\)")
"""An operand in AT&T syntax; in Intel syntax none is recognised, and memory is only what the seed says."""
_NUMBER = re.compile(r"(?<![\w.])-?(?:0x[0-9a-f]+|\d+)(?![\w.(])")
_FLOATING = re.compile(r"\b(add|sub|mul|div|sqrt|min|max|cvt\w+|cmp\w*|h?add)[sp][sd]\w*")
_ARITHMETIC = re.compile(r"\b(add|sub|mul|div|sqrt|cvts[sd]2|cvtp[sd]2|hadd)[sp][sd]\b")


class Skip(Exception):
    """The draw does not count; why."""


class Unemulated(Exception):
    """Unicorn cannot run this block; why."""


@dataclass(slots=True)
class Prepared:
    """A block with code for both machines."""

    case: Case
    source_code: bytes
    target: Linked
    stops: Mapping[str, int]
    memory: Mapping[int, bytes]
    entry: Entry
    undefined_after: Sequence[int]
    """Lengths of the source's beginnings after which ZF says that a result is undefined."""
    repeats: bool
    floating: bool


def test_block(case: Case, convention: Convention, runs: int, seed: int, reason: str) -> Verdict:
    """``Tested``, ``Refuted``, or ``Undecided`` if the block cannot be run or too few draws counted.

    ``reason`` says why there is no proof.
    """
    return Differential(convention).test([case], runs, seed, [reason])[0]


def replay(case: Case, convention: Convention, model: Model, runs: int = 32) -> Refuted | None:
    """Do the machines differ where the solver says? Also tried are ``runs`` states that share its registers.

    None if they do not differ: the model relied on something that is not so, and must not be believed.
    """
    return Differential(convention).replay(case, model, runs)


class Differential:
    """Tests blocks of one target. Keeps its emulators; make one per process."""

    def __init__(self, convention: Convention) -> None:
        self.convention = convention
        self.source_cpu = _cpu("x86")
        self.target_cpu = _cpu(convention.isa)

    def test(self, cases: Sequence[Case], runs: int, seed: int, reasons: Sequence[str]) -> list[Verdict]:
        """One verdict per case; the assembler runs once for many."""
        verdicts: list[Verdict] = []
        for start in range(0, len(cases), _BATCH):
            prepared = self.prepare(cases[start : start + _BATCH])
            for one, reason in zip(prepared, reasons[start:], strict=False):
                verdicts.append(one if isinstance(one, Undecided) else self.check(one, runs, seed, reason))
        return verdicts

    def prepare(self, cases: Sequence[Case]) -> list[Prepared | Undecided]:
        """Link the cases."""
        addresses = Addresses(THREAD_BIAS[self.convention.isa])
        sources: list[bytes | LinkError] = []
        bodies: list[Body] = []
        for case in cases:
            stops = stop_addresses(_labels(case))
            bodies.append(Body(case.target, stops))
            try:
                sources.append(link_x86(case.source, stops, addresses))
            except LinkError as error:
                sources.append(error)
        targets = link_target(self.convention.isa, bodies, addresses)
        prepared: list[Prepared | Undecided] = []
        for case, source, target, body in zip(cases, sources, targets, bodies, strict=True):
            if isinstance(source, LinkError) or isinstance(target, LinkError):
                prepared.append(Undecided(f"cannot be run: {source if isinstance(source, LinkError) else target}"))
            else:
                prepared.append(self._prepared(case, source, target, body.stops, addresses))
        return prepared

    def _prepared(
        self, case: Case, source: bytes, target: Linked, stops: Mapping[str, int], addresses: Addresses
    ) -> Prepared:
        operands = [(m[2], int(m[1] or "0", 0)) for step in case.source for m in _MEMORY.finditer(step.text)]
        symbols = [symbol for step in case.source for _, symbol, _ in step.symbols if not symbol.kind]
        operands += [("", addresses.value(symbol)) for symbol in symbols]
        entry = Entry(self.convention.isa, self.convention.link, case.entry, sorted(case.slots), operands)
        return Prepared(
            case, source, target, stops, addresses.memory(), entry,
            undefined_after=list(_undefined_results(case.source)),
            repeats=any(_REPEATED.match(step.text) for step in case.source),
            floating=any(_FLOATING.search(step.text) for step in case.source),
        )  # fmt: skip

    def check(self, prepared: Prepared, runs: int, seed: int, reason: str) -> Verdict:
        """Test one prepared block."""
        numbers = [int(n, 0) for step in prepared.case.source for n in _NUMBER.findall(step.text)]
        draw = Draw(seed, numbers)
        completed = 0
        skipped, faulted = "no draw counted", False
        self._watch(prepared)
        try:
            for _ in range(_ATTEMPTS * runs):
                state = prepared.entry.draw(draw)
                try:
                    differences = self.run(prepared, state)
                except Skip as skip:
                    skipped = str(skip)
                    faulted |= skipped == MISALIGNED
                    continue
                if differences:
                    return self._refuted(prepared, state, differences)
                completed += 1
                if completed == runs:
                    break
        except (Unemulated, UnknownFlags) as error:
            return Undecided(f"cannot be tested: {error}")
        if completed < max(1, runs * ENOUGH):
            return Undecided(f"only {completed} of {runs} tests completed: {skipped}")
        return Tested(completed, seed, f"{reason}; not where {MISALIGNED}" if faulted else reason)

    def replay(self, case: Case, model: Model, runs: int) -> Refuted | None:
        """See the function of this name."""
        prepared = self.prepare([case])[0]
        if isinstance(prepared, Undecided):
            return None
        self._watch(prepared)
        draw = Draw(0)
        for attempt in range(runs + 1):
            state = _from_model(prepared.entry, model, draw, exact=attempt == 0)
            try:
                differences = self.run(prepared, state)
            except Skip:
                continue
            except (Unemulated, UnknownFlags):
                return None
            if differences:
                return self._refuted(prepared, state, differences)
        return None

    def _watch(self, prepared: Prepared) -> None:
        cells = [cell & ALL for base in prepared.entry.bases() for cell in prepared.entry.private(base)]
        self.source_cpu.watch(sorted({page & -PAGE for cell in cells for page in (cell, cell + 7)})[-4:])

    def run(self, prepared: Prepared, state: State) -> list[str]:
        """What differs from ``state`` on. Raises Skip, Unemulated."""
        case = prepared.case
        source = self._run_source(prepared, state)
        memory = {**prepared.memory, **prepared.target.memory, **state.memory, **state.target_memory}
        target = self.target_cpu.run(prepared.target.code, state.target, memory, state.seed)
        if target.fault in _MISALIGNED:
            raise Skip(MISALIGNED)
        comparison = Comparison(
            case.exits, case.undefined, self.convention.preserved, self.convention.link, self.convention.isa == "riscv",
            prepared.floating, state, prepared.entry,
        )  # fmt: skip
        source_exit = self._source_exit(prepared, source)
        target_exit = self._target_exit(prepared, target)
        found = comparison.differences(source, source_exit, target, target_exit)
        if found and prepared.floating and self._makes_nan(prepared, state):
            raise Skip("an arithmetic result is not a number")
        return found

    def _makes_nan(self, prepared: Prepared, state: State) -> bool:
        """Does an operation of the source result in a NaN? Its bits, which nobody promises, may have gone anywhere."""
        memory = {**prepared.memory, **prepared.target.memory, **state.memory, **state.source_memory}
        length = 0
        for step in prepared.case.source:
            length += len(step.code)
            registers = _XMM.findall(step.text)
            if not registers or not _ARITHMETIC.search(step.text):
                continue
            written = registers[-1] if "%" in step.text else registers[0]
            after = self.source_cpu.run(prepared.source_code[:length], state.source, memory, state.seed).registers
            if any(holds_nan(after[f"xmm{written}.{half}"]) for half in ("lo", "hi")):
                return True
        return False

    def _run_source(self, prepared: Prepared, state: State) -> Result:
        memory = {**prepared.memory, **prepared.target.memory, **state.memory, **state.source_memory}
        code = prepared.source_code
        for length in prepared.undefined_after:
            if self.source_cpu.run(code[:length], state.source, memory, state.seed).registers["ZF"]:
                raise Skip("a result is undefined")
        limit = 1 if prepared.repeats and len(prepared.case.source) == 1 else 10_000
        result = self.source_cpu.run(code, state.source, memory, state.seed, max_instructions=limit)
        if result.fault and not (result.fault == "unfinished" and limit == 1):
            self._source_fault(prepared, result)
        case = prepared.case
        private = prepared.entry.private(state.base)
        pushed = _pushed(prepared, result)
        returned = result.registers["rsp"] == state.base + case.entry.frame.skew and not pushed
        reads = result.reads[:-1] if returned else result.reads
        writes = result.writes[:-1] if pushed else result.writes
        touched = [(at, size) for at, size in reads] + [(at, size) for at, size, _ in writes]
        if any(at < cell + 8 and cell < at + size for at, size in touched for cell in private):
            raise Skip("the source reaches the return address or a private slot")
        return result

    def _source_fault(self, prepared: Prepared, result: Result) -> None:
        if result.fault == "illegal" or result.fault == "exception 3":
            if any(_TRAP.match(step.text) for step in prepared.case.source):
                return
            raise Unemulated("Unicorn does not know a source instruction")
        raise Skip(f"the source faults ({result.fault})")

    def _source_exit(self, prepared: Prepared, result: Result) -> Exit:
        case = prepared.case
        if result.fault == "unfinished":
            return Exit("label", case.label)
        if result.fault or (_TRAP.match(case.source[-1].text) if case.source else False):
            return Exit("trap")
        found = _exit(case, prepared.stops, result, CODE + len(prepared.source_code), case.source_falls)
        if _pushed(prepared, result):
            return Exit("call", address=result.exit_address)
        return found

    def _target_exit(self, prepared: Prepared, result: Result) -> Exit:
        case = prepared.case
        end = CODE + len(prepared.target.code)
        if result.fault in ("read", "write", "unfinished"):
            return Exit(result.fault)
        if result.fault:
            if any(_TRAP.match(step.text) for step in case.target):
                return Exit("trap")
            raise Unemulated("Unicorn does not know a target instruction")
        if result.registers[self.convention.link] == end and result.exit_address != end:
            return Exit("call", address=result.exit_address)
        return _exit(case, prepared.stops, result, end, case.target_falls)

    def _refuted(self, prepared: Prepared, state: State, differences: Sequence[str]) -> Refuted:
        relation = prepared.case.entry
        names = {"rsp", *relation.offsets}
        for name in relation.places:
            names.update((name + ".lo", name + ".hi") if name.startswith("xmm") and "." not in name else (name,))
        if relation.flags is not None:
            names.update(("ZF", "CF", "SF", "OF", "PF"))
        witness = {name: state.source[name] for name in sorted(names)}
        return Refuted(witness | {"S": state.base, "memory seed": state.seed}, tuple(differences[:8]))


_cpus: dict[str, UnicornCpu] = {}


def _cpu(isa: str) -> UnicornCpu:
    if isa not in _cpus:
        _cpus[isa] = UnicornCpu(isa)
    return _cpus[isa]


def _labels(case: Case) -> list[str]:
    """Labels of the function that the block or its translation mentions."""
    texts = [name for step in case.target for name in mentioned(step.text)]
    texts += [step.target for step in case.source]
    texts += [symbol.name for step in case.source for _, symbol, _ in step.symbols]
    own = {step.label for step in (*case.source, *case.target) if step.label}
    return [name for name in dict.fromkeys(texts) if name in case.labels and name not in own]


def _undefined_results(steps: Sequence[Step]) -> Iterator[int]:
    """Where the code of ``bsf`` and ``bsr`` ends: their result is undefined when ZF is set then."""
    at = 0
    for step in steps:
        at += len(step.code)
        if _UNDEFINED_FOR_ZERO.search(step.text):
            yield at


def _pushed(prepared: Prepared, result: Result) -> bool:
    """Did the source end in a call? Its return address is the last thing it stored then."""
    source = prepared.case.source
    if not source or not _CALL.match(source[-1].text) or not result.writes:
        return False
    return result.writes[-1] == (result.registers["rsp"], 8, CODE + len(prepared.source_code))


def _exit(case: Case, stops: Mapping[str, int], result: Result, end: int, falls: str) -> Exit:
    address = result.exit_address
    if address == end:
        return Exit("label", case.labels.get(falls, falls))
    if address == RETURN_ADDRESS:
        return Exit("ret")
    for name, place in stops.items():
        if place == address:
            return Exit("label", case.labels[name])
    return Exit("jump", address=address)


def _from_model(entry: Entry, model: Model, draw: Draw, exact: bool) -> State:
    """The state of a model; if not ``exact``, with its registers only, and a stack of our own."""
    state = entry.draw(draw)
    env = model.env
    for name in (*SOURCE_GENERAL, *SOURCE_VECTOR):
        if f"x86:{name}" in env:
            known = entry.relation.ranges.get(name)
            narrow = known is not None and known.unsigned == 64 > known.signed
            state.source[name] = _sign(env[f"x86:{name}"], known.signed) if known and narrow else env[f"x86:{name}"]
    for name in state.target:
        state.target[name] = env.get(f"{entry.isa}:{name}", state.target[name])
    if entry.relation.flags is not None and entry.relation.flags.kind != "nzcv":
        for position, place in enumerate(entry.relation.flags.places):
            value = env.get(f"flag:{position}")
            if value is not None and not place.startswith("#"):
                width = 8 * entry.relation.flags.size
                floats = place.startswith(("f", "v"))
                name = place + ".lo" if place.startswith("v") else place
                state.target[name] = value | ALL << width & ALL if floats else _sign(value, width)
    depth = 0x480
    if exact:
        state.base = env.get("S", state.base)
        if entry.relation.frame.dynamic and "D" in env:
            depth = state.base - entry.relation.frame.reserved - env["D"] & ALL
    entry.complete(state, depth, draw)
    if exact:
        given = {at: byte.to_bytes(1, "little") for (version, at), byte in model.memory.items() if version == 0}
        state.memory = given
    return state


def _sign(value: int, bits: int) -> int:
    return value | ALL << bits & ALL if bits < 64 and value >> bits - 1 & 1 else value
