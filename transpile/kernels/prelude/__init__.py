"""Headers that stand for those of the CUDA toolkit, so that programs can be read without it."""
