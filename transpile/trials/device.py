"""Trials on a real GPU: the inputs and the comparison of the emulator's trials, and how long kernels and copies take.

Of the functions of the C library, only those that are rounded correctly everywhere are compared to the bit; results of
the others may differ in their last digits between the device and the C library.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from transpile.c.tree import Call, Declare
from transpile.c.types import Float, Pointer
from transpile.c.unit import Unit
from transpile.c.walking import walk
from transpile.device.build import build as build_for_device
from transpile.device.gpu import NoGpu, find_gpu
from transpile.device.program import DeviceProgram, Figures
from transpile.emulators.cuda.bounded import Limits
from transpile.emulators.cuda.harness import harness
from transpile.emulators.cuda.run import Program
from transpile.errors import SourceErrors, ToolError
from transpile.trials.blocks import block_sizes
from transpile.trials.compare import Close, Comparison, Exact, compare
from transpile.trials.elements import Unsuited
from transpile.trials.facts import Facts
from transpile.trials.inputs import Input, Invalid, Recipe, make
from transpile.trials.nvcc import find_nvcc
from transpile.trials.outcome import Differs, Failure, Outcome, Tested, Unusable
from transpile.trials.plan import core
from transpile.trials.subject import Subject, reached, subject
from transpile.trials.trial import Settings, compared
from transpile.trials.values import SMALL

DEVICE_SETTINGS = Settings(seconds=20.0, most_seconds=90.0, run_s=20)
_MOST_UNITS = 1 << 22
_REFERENCE = Limits(cpu_s=4, wall_s=20.0)
"""The largest input that is timed takes the C function, as it is watched, no longer."""
_TIMED = Limits(cpu_s=60, wall_s=120.0, output_bytes=256 << 20)
_SANITIZED = Limits(cpu_s=120, wall_s=240.0)
_TOOLS = ("memcheck", "racecheck")
_SINGLE = ("fabs", "fmax", "fmin", "floor", "ceil", "trunc", "round", "rint", "nearbyint", "sqrt", "fma", "copysign")
_ROUNDED = frozenset((*_SINGLE, *(f"{name}f" for name in _SINGLE), "abs", "labs", "llabs", "assert"))
_CLOSE = {32: 1e-4, 64: 1e-9}
_HINT_NVCC = "put nvcc on PATH, set CUDA_HOME, or: pip install nvidia-cuda-nvcc nvidia-cuda-runtime"
_HINT_GPU = "without --verify gpu, the program is tried on the CPU emulator"


@dataclass(frozen=True, slots=True)
class Device:
    """All that a trial on a GPU needs. ``sanitizer`` is compute-sanitizer, where it is found."""

    name: str
    architecture: str
    nvcc: Path
    sanitizer: Path | None = None


@dataclass(frozen=True, slots=True)
class OnDevice:
    """``tested`` says how many runs agreed; ``figures`` are of the largest input, ``sizes``. ``checked`` are the tools
    of compute-sanitizer that ran; none where it is not there or does not answer."""

    device: str
    tested: Tested
    sizes: str
    figures: Figures | None
    checked: tuple[str, ...]

    def __str__(self) -> str:
        said = [f"on {self.device}: no difference in {self.tested.runs} runs ({self.tested.inputs} inputs)"]
        said += [f"{self.tested.comparison}"]
        if self.figures is not None:
            said.append(f"with {self.sizes}: {self.figures}" if self.sizes else f"{self.figures}")
        said.append(
            f"compute-sanitizer ({', '.join(self.checked)}): nothing found"
            if self.checked
            else "compute-sanitizer did not run"
        )
        return "; ".join(said)


DeviceOutcome: TypeAlias = OnDevice | Differs | Unusable


def find_device(needing: str = "--verify gpu") -> Device:
    """Raises ToolError that says all that ``needing`` misses."""
    gpu, nvcc = find_gpu(), find_nvcc()
    if isinstance(gpu, NoGpu) or nvcc is None:
        lacking = [f"a GPU ({gpu.reason})"] if isinstance(gpu, NoGpu) else []
        lacking += ["nvcc"] * (nvcc is None)
        raise ToolError(f"{needing} needs {' and '.join(lacking)}", _HINT_NVCC if nvcc is None else _HINT_GPU)
    return Device(gpu.name, gpu.architecture, nvcc, _find_sanitizer(nvcc))


def _find_sanitizer(nvcc: Path) -> Path | None:
    homes = [Path(home) for name in ("CUDA_HOME", "CUDA_PATH") if (home := os.environ.get(name))]
    places = [Path(found)] if (found := shutil.which("compute-sanitizer")) else []
    places += [home / "bin" / "compute-sanitizer" for home in (*homes, nvcc.resolve().parent.parent)]
    return next((place for place in places if os.access(place, os.X_OK)), None)


def device_trial(
    unit: Unit,
    function: str,
    cuda_text: str,
    facts: Facts,
    folder: Path,
    device: Device,
    comparison: Comparison,
    cuda_file: str = "program.cu",
    settings: Settings = DEVICE_SETTINGS,
) -> DeviceOutcome:
    """Try ``cuda_text`` on the GPU against the C function. Programs are built in ``folder``."""
    try:
        tried = subject(unit, function, facts)
        rig = harness(tried.signature, placed=True)
        reference = tried.reference(rig, folder)
    except (Unsuited, SourceErrors) as error:
        return Unusable(f"the C function cannot be tried: {error}", {})
    try:
        path = build_for_device(tried.cuda_text(cuda_text), rig, folder / "device", device.nvcc, device.architecture)
    except ToolError as error:
        return Unusable(f"{error}: {error.hint}", {})
    chosen = replace(settings, comparison=device_comparison(tried, comparison))
    trial = _DeviceTrial(tried, reference, DeviceProgram(path), cuda_text, chosen)
    return trial.outcome(device, compared(tried, reference, trial.program, cuda_text, cuda_file, chosen))


def device_comparison(subject: Subject, asked: Comparison) -> Comparison:
    """As asked, or close where a function of the C library is called that is rounded otherwise on the device."""
    parts = [node for one in reached(subject.unit, subject.function) for node in walk(one.body)]
    own = {one.name for one in subject.unit.functions}
    called = {node.name for node in parts if isinstance(node, Call)} - own - _ROUNDED
    if not called or not isinstance(asked, Exact):
        return asked
    types = [p.type.to if isinstance(p.type, Pointer) else p.type for p in subject.function.parameters]
    types += [subject.function.result, *(node.variable.type for node in parts if isinstance(node, Declare))]
    bits = [type.bits for type in types if isinstance(type, Float)]
    return Close(max(_CLOSE.get(b, 1e-9) for b in bits)) if bits else asked


@dataclass(frozen=True, slots=True)
class _DeviceTrial:
    subject: Subject
    reference: Program
    program: DeviceProgram
    text: str
    settings: Settings

    def outcome(self, device: Device, tested: Outcome) -> DeviceOutcome:
        if isinstance(tested, Differs):
            return replace(tested, schedule=None)
        if not isinstance(tested, Tested):
            return tested
        checked: list[str] = []
        usual = next(self._cases(core(self.subject, block_sizes(self.text), self.settings.seed, [], False)), None)
        for tool in _TOOLS if usual is not None and device.sanitizer is not None else ():
            assert usual is not None and device.sanitizer is not None
            found = self.program.sanitized(device.sanitizer, tool, usual[0].packed(self.subject), _SANITIZED)
            if found is not None and found.findings:
                failures = tuple(Failure(f"compute-sanitizer {tool}", finding) for finding in found.findings)
                return Differs(None, failures, usual[0])
            checked += [tool] * (found is not None)
        largest = self._largest()
        if largest is None:
            return OnDevice(device.name, tested, "", None, tuple(checked))
        return self._timed(OnDevice(device.name, tested, "", None, tuple(checked)), *largest)

    def _timed(self, so_far: OnDevice, given: Input, expected: bytes) -> OnDevice | Differs:
        ran, figures = self.program.timed(given.packed(self.subject), _TIMED)
        difference = compare(self.subject, given, expected, ran.outputs, self.settings.comparison) if ran.ok else None
        failures = tuple(Failure(fault.kind, fault.message) for fault in ran.faults)
        if failures or difference is not None:
            return Differs(difference, failures, given)
        sizes = ", ".join(f"{name} = {size}" for name, size in given.recipe.sizes.items())
        return replace(so_far, sizes=sizes, figures=figures)

    def _cases(self, recipes: Iterator[Recipe]) -> Iterator[tuple[Input, bytes]]:
        """The inputs of ``recipes`` that the C function accepts in time, and what it makes of them."""
        for recipe in recipes:
            try:
                given = make(self.subject, recipe, _MOST_UNITS)
            except Invalid:
                continue
            ran = self.reference.run(given.packed(self.subject), limits=_REFERENCE, races=False)
            if ran.ok:
                yield given, ran.outputs

    def _largest(self) -> tuple[Input, bytes] | None:
        """Equal sizes, four times as large until they are too large for the C function or the memory."""
        names: Sequence[str] = (*self.subject.dimensions, *self.subject.counts)
        largest = None
        for power in range(6, 23, 2):
            sizes = {name: 10 if name in self.subject.counts else 1 << power for name in names}
            found = next(self._cases(iter((Recipe(sizes, SMALL, 0, self.settings.seed),))), None)
            if found is None or not names:
                return found or largest
            largest = found
        return largest
