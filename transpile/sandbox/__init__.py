"""Commands of strangers in a room of their own: nothing of this machine to see but its programs, no network, no time
and memory without bound, and an end when the parent ends.

``Sandbox.detect()`` finds the strongest way that works here, and says which it is.
"""

from __future__ import annotations

from transpile.sandbox.bounds import Bounds
from transpile.sandbox.detecting import Kind, Sandbox
from transpile.sandbox.running import Running
from transpile.sandbox.view import View

__all__ = ["Bounds", "Kind", "Running", "Sandbox", "View"]
