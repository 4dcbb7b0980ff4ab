"""Proofs that the threads of a launch do the iterations of a loop nest, each of them once."""
