"""CALL, CANCEL and GOBACK between programs."""

from __future__ import annotations


class Left(Exception):
    """A program ends within one of its paragraphs."""
