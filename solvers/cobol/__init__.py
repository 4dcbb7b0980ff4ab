"""The meaning of COBOL paragraphs as Z3 terms, from their syntax tree."""
