"""C source text to a typed syntax tree; nothing of loops, kernels or CUDA.

``transpile.c.parse`` reads a file, ``transpile.c.tree`` and ``transpile.c.types`` are what it gives,
``transpile.c.walking`` looks through it and ``transpile.c.printing`` writes it as C again.
"""
