"""The command line. Results go to stdout, everything else to stderr; exit codes are 0, 1, 2 and, after Ctrl-C, 130.

Without ``--debug`` no stack trace is ever shown.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Sequence
from types import FrameType
from typing import NoReturn

INTERRUPTED = 130
TERMINATED = 143


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code."""
    from transpile.cli.commands import INPUT_ERROR, run_command

    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in given
    try:
        signal.signal(signal.SIGTERM, terminate)
        code = run_command(given)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        print("transpile: interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # Python would complain again when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return INPUT_ERROR
    except (Exception, RecursionError, MemoryError) as error:
        if debug:
            traceback.print_exc()
        else:
            kind = type(error).__name__
            print(f"transpile: internal error: {kind}: {error}", file=sys.stderr)
            print("help: --debug shows where; please report it with the input", file=sys.stderr)
        return INPUT_ERROR


def terminate(number: int, frame: FrameType | None) -> NoReturn:
    """Leave through the ``finally`` blocks, so that no half-written file stays behind."""
    raise SystemExit(TERMINATED)
