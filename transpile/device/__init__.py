"""CUDA programs on a real GPU: which one there is, programs built for it with nvcc, bounded runs that are timed."""
