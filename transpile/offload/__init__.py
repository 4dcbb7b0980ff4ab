"""Sequential C to CUDA: loops are analysed, plans proposed and carried out, and what comes out is checked."""
