"""How much a sandboxed command may take: of each process by the kernel's limits, of all together by looking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_SCRIPT = (
    "ulimit -c 0; ulimit -t {cpu_s}; ulimit -f {blocks}; ulimit -n {files}; "
    'ulimit -u {processes} 2>/dev/null || ulimit -p {processes} 2>/dev/null; exec "$@"'
)
_SCRIPT_BESIDE_OTHERS = 'ulimit -c 0; ulimit -t {cpu_s}; ulimit -f {blocks}; ulimit -n {files}; exec "$@"'
_BLOCK = 512
"""Bytes of what ``ulimit -f`` counts."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """``cpu_s``, ``file_bytes`` and ``open_files`` are for each process; ``memory_bytes`` and ``processes`` for all of
    them together. ``scratch_bytes`` bounds the private folder, which lies in memory.

    Address space is not bounded, as programs that watch over their own memory reserve terabytes of it."""

    memory_bytes: int = 4 << 30
    cpu_s: int = 900
    file_bytes: int = 1 << 30
    scratch_bytes: int = 1 << 30
    processes: int = 128
    open_files: int = 512

    def command(self, command: Sequence[str], alone: bool = True) -> list[str]:
        """``command`` with what the kernel bounds of it. The shell sees numbers of ours and nothing else.

        The kernel counts processes of the user in the room; where the command is not ``alone``, of the whole machine.
        """
        script = (_SCRIPT if alone else _SCRIPT_BESIDE_OTHERS).format(
            cpu_s=int(self.cpu_s),
            blocks=int(self.file_bytes) // _BLOCK,
            files=int(self.open_files),
            processes=int(self.processes),
        )
        return ["/bin/sh", "-c", script, "sh", *command]
