"""CUDA on the CPU: builds a translation unit with its host code, runs it under several orders of threads and blocks,
and says what is wrong with it."""
