"""Whether a paragraph of COBOL and a method of Python do the same, for all that their storage may hold."""
