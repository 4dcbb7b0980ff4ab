"""COBOL and the Python made of it, run side by side on the same inputs: what differs is a fault of the translation."""
