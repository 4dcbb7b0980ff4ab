"""Whole repositories: what holds one back on x86, ported where that is possible, and a report of all of it."""
