"""Questions about CUDA kernels: whether threads race for memory, whether barriers are reached together."""
