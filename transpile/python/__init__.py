"""COBOL as Python: the rules that the output needs."""
