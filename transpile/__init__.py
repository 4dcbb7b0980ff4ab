"""Translate x86-64 assembly to RISC-V and AArch64, proved block by block."""

__version__ = "0.1.0"
