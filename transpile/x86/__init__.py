"""x86-64 as a source: syntax, decoding, micro-operations."""
