"""Trials: a C function and a CUDA program that claims to replace it, run side by side on inputs that are chosen to tell
them apart. What survives is tested, never proved."""
