"""RV64 as a target."""
