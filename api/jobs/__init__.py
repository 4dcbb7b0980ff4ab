"""Jobs that survive: batches of files to translate, kept in a database until they are done.

A job is taken in whole or not at all. Each of its files is one unit of work that is done by whoever holds its lease, is
done again when that one dies, and is never done twice once it is finished.
"""

from transpile.api.jobs.base import Entry
from transpile.api.jobs.clock import Clock
from transpile.api.jobs.failures import BadCursor, IdempotencyConflict, OverQuota, StoreUnavailable
from transpile.api.jobs.keys import Key
from transpile.api.jobs.model import (
    BlockItem,
    Event,
    FileDetail,
    FileItem,
    Job,
    Lease,
    Lost,
    Made,
    NewFile,
    NewJob,
    Page,
    Refused,
    Stopped,
    Submitted,
    Webhook,
    Work,
)
from transpile.api.jobs.store import JobStore
from transpile.api.jobs.usage import Quotas, Usage
from transpile.api.jobs.webhooks import Call

__all__ = [
    "BadCursor",
    "BlockItem",
    "Call",
    "Clock",
    "Entry",
    "Event",
    "FileDetail",
    "FileItem",
    "IdempotencyConflict",
    "Job",
    "JobStore",
    "Key",
    "Lease",
    "Lost",
    "Made",
    "NewFile",
    "NewJob",
    "OverQuota",
    "Page",
    "Quotas",
    "Refused",
    "Stopped",
    "StoreUnavailable",
    "Submitted",
    "Usage",
    "Webhook",
    "Work",
]
