"""GNU assembler text and the assembler itself; no instruction set."""
