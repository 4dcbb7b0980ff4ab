"""Whether a CUDA program does what a C function does: launches put back in the place of the loops they stand for."""
