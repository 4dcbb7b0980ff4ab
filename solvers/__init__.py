"""Semantics and proofs: p-code, terms, Z3."""
