"""Blocks without the accidents of their program: what a language model reads and writes."""
