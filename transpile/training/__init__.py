"""Training of the embedded language model; needs the extra ``train``."""
