"""What OpenAPI says of bodies that are not plain JSON: the three forms of a batch."""

from __future__ import annotations

from typing import Any

from transpile.api.schema import TALLY

JOB_REF = "#/components/schemas/JobAsked"
_ARCHIVE = {"schema": {"type": "string", "format": "binary"}}
_FORM = {
    "type": "object",
    "required": ["to", "files"],
    "properties": {
        "to": {"type": "string", "enum": ["riscv", "aarch64", "cuda", "python"]},
        "options": {"type": "string", "description": "A JSON object."},
        "files": {"type": "array", "minItems": 1, "items": {"type": "string", "format": "binary"}},
        "webhook_url": {"type": "string"},
        "webhook_secret": {"type": "string", "minLength": 16, "maxLength": 200},
    },
}
JOB_BODIES: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"$ref": JOB_REF},
                "examples": {
                    "assembly": {"value": {"to": "riscv", "files": [{"name": "tally.s", "source": TALLY}]}},
                    "options": {
                        "value": {
                            "to": "aarch64",
                            "files": [{"name": "lib/tally.S", "source": f'#include "x.h"\n{TALLY}'}],
                            "companions": {"lib/x.h": "#define X 1\n"},
                            "options": {"require": "proved", "seed": 7},
                        }
                    },
                },
            },
            "multipart/form-data": {"schema": _FORM},
            "application/gzip": _ARCHIVE,
            "application/x-tar": _ARCHIVE,
            "application/zip": _ARCHIVE,
        },
    }
}
