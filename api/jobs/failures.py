"""What can go wrong with a store of jobs, apart from what its callers got wrong.

UsageError
├── IdempotencyConflict   the same idempotency key came with another request
├── OverQuota             the owner has as much as it may have
└── BadCursor             a cursor that no page ever gave
ToolError
└── StoreUnavailable      the database is locked, full or away; the same call may work later
"""

from __future__ import annotations

from transpile.errors import ToolError, UsageError


class IdempotencyConflict(UsageError):
    """Another job was submitted with this idempotency key."""


class OverQuota(UsageError):
    """The job is more than its owner may have now; nothing of it was taken in."""


class BadCursor(UsageError):
    """No page ever gave this cursor."""


class StoreUnavailable(ToolError):
    """The database cannot answer now; nothing was changed. ``full``: there is no room for more."""

    def __init__(self, message: str, hint: str = "", full: bool = False) -> None:
        super().__init__(message, hint)
        self.full = full

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.message, self.hint, self.full)
