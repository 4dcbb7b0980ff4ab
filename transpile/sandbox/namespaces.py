"""A room made by ``unshare`` and ``mount``, as bubblewrap makes it, where there is no bubblewrap."""

from __future__ import annotations

import shutil
from collections.abc import Sequence

from transpile.sandbox.bounds import Bounds
from transpile.sandbox.view import PRIVATE, View

_ALONE = (
    "--user", "--map-root-user", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child", "--net",
    "--ipc", "--uts",
)  # fmt: skip
_NEEDED = ("unshare", "mount", "umount", "pivot_root", "setpriv", "mkdir", "ln", "touch")
SEARCHED = "/usr/sbin:/usr/bin:/sbin:/bin"
_ROOM = r"""
set -e
umask 022
size=$1
root=/sys
shift
place() {
    if [ -d "$1" ]; then mkdir -p "$root$1"; else mkdir -p "$root${1%/*}"; touch "$root$1"; fi
    mount --rbind "$1" "$root$1"
}
keep() {
    while read -r _ _ _ _ point _; do
        case $point in "$root$1" | "$root$1"/*) mount -o remount,bind,ro,nosuid,nodev "$point" ;; esac
    done < /proc/self/mountinfo
}
mount -t tmpfs -o mode=755,nosuid,size=1m room "$root"
mkdir "$root/proc" "$root/dev" "$root/dev/shm" "$root/tmp"
mount -t tmpfs -o "mode=700,nosuid,nodev,size=$size" room "$root/tmp"
mount -t tmpfs -o "mode=700,nosuid,nodev,size=$size" room "$root/dev/shm"
for device in null zero full random urandom; do place "/dev/$device"; done
ln -s /proc/self/fd "$root/dev/fd"
while [ "$1" != -- ]; do
    case $1 in
        link) mkdir -p "$root${3%/*}"; ln -s "$2" "$root$3"; shift 3 ;;
        read) place "$2"; keep "$2"; shift 2 ;;
        write) place "$2"; shift 2 ;;
    esac
done
shift
mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
mount -o remount,bind,ro,nosuid,nodev,noexec "$root/proc"
mount -o remount,bind,ro,nosuid "$root"
cd "$root"
pivot_root . .
umount -l .
cd /tmp
setpriv --bounding-set=-all --inh-caps=-all --no-new-privs -- "$@"
"""
"""Makes the room, and runs the command in it as a child: the shell stays, as the first process of its namespace."""


def missing() -> list[str]:
    """The programs that are needed and not here."""
    return [name for name in _NEEDED if shutil.which(name, path=SEARCHED) is None]


def command(inner: Sequence[str], view: View, bounds: Bounds) -> list[str]:
    """The command that runs ``inner`` in a room. No text of others becomes part of the script."""
    unshare = shutil.which("unshare", path=SEARCHED) or "unshare"
    words = [unshare, *_ALONE, "--", "/bin/sh", "-c", _ROOM, "sh", str(bounds.scratch_bytes)]
    for target, link in view.links():
        words += ["link", target, link]
    for path in view.read_only():
        words += ["read", path]
    for folder in view.writable:
        words += ["write", str(folder)]
    return [*words, "--", *_with_environment(inner, view, bounds)]


def _with_environment(inner: Sequence[str], view: View, bounds: Bounds) -> list[str]:
    variables = [f"{name}={value}" for name, value in view.variables(PRIVATE).items()]
    return ["/usr/bin/env", "-i", *variables, *bounds.command(inner)]
