"""Machine code to machine code: the direction, in terms that belong to no single instruction set."""
