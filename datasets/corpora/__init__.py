"""Training data: public C code, compiled, cut into blocks, and paired with translations that were proved."""
