"""AArch64 as a target."""
