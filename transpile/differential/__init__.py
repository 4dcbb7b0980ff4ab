"""A COBOL program and the Python that was made from it, run with the same inputs and compared."""
