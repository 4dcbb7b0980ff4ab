"""Modules that are copied beside the output; they import nothing but the standard library."""
