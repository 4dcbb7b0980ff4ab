"""A room made by bubblewrap (``bwrap``)."""

from __future__ import annotations

from collections.abc import Sequence

from transpile.sandbox.bounds import Bounds
from transpile.sandbox.view import PRIVATE, View
from transpile.tools import find

_ALONE = (
    "--unshare-user", "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try",
    "--hostname", "sandbox", "--new-session", "--die-with-parent", "--cap-drop", "ALL", "--clearenv",
)  # fmt: skip


def program() -> str | None:
    return find("bwrap").path()


def command(bwrap: str, inner: Sequence[str], view: View, bounds: Bounds, more: Sequence[str] = ()) -> list[str]:
    """The command that runs ``inner`` in a room; ``more`` are options that not every version has."""
    words = [bwrap, *_ALONE, *more]
    size = ("--size", str(bounds.scratch_bytes))
    # To the kernel, what root starts in a room is root: /proc/sys is kept from it as the rest of the system is.
    words += ["--proc", "/proc", "--remount-ro", "/proc"]
    words += ["--dev", "/dev", *size, "--tmpfs", "/dev/shm", "--remount-ro", "/dev", *size, "--tmpfs", PRIVATE]
    for target, link in view.links():
        words += ["--symlink", target, link]
    for path in view.read_only():
        words += ["--ro-bind", path, path]
    for folder in view.writable:
        words += ["--bind", str(folder), str(folder)]
    words += ["--remount-ro", "/", "--chdir", PRIVATE]
    for name, value in view.variables().items():
        words += ["--setenv", name, value]
    return [*words, "--", *bounds.command(inner)]
