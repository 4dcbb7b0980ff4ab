"""COBOL as it is read: files, copybooks and both source formats, as one syntax tree per program."""
