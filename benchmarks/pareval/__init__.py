"""ParEval's sequential baselines as C, and CUDA units judged by ParEval's own drivers."""
