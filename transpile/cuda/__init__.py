"""C functions as CUDA programs: plans, which say what runs where, and the emitter that carries them out."""
