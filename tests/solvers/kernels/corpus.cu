// Kernels with known verdicts: the comment before each says how it is launched and what it is.

// race-free
__global__ void map(float *a, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) a[i] = a[i] * 2;
}

// racy
__global__ void shifted(float *a, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i + 1 < n) a[i + 1] = a[i];
}

// racy
__global__ void halved(float *a, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) a[i / 2] = 1;
}

// race-free
__global__ void grid_stride(float *a, int n) {
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += blockDim.x * gridDim.x) a[i] += 2;
}

// racy
__global__ void short_stride(float *a, int n) {
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += blockDim.x) a[i] += 2;
}

// race-free
__global__ void reduction(const float *a, float *b, int n) {
    __shared__ float s[64];
    int t = threadIdx.x, i = blockIdx.x * blockDim.x + t;
    s[t] = i < n ? a[i] : 0;
    __syncthreads();
    for (int o = blockDim.x / 2; o > 0; o >>= 1) {
        if (t < o) s[t] += s[t + o];
        __syncthreads();
    }
    if (t == 0) b[blockIdx.x] = s[0];
}

// racy
__global__ void reduction_unordered(const float *a, float *b, int n) {
    __shared__ float s[64];
    int t = threadIdx.x, i = blockIdx.x * blockDim.x + t;
    s[t] = i < n ? a[i] : 0;
    __syncthreads();
    for (int o = blockDim.x / 2; o > 0; o >>= 1) {
        if (t < o) s[t] += s[t + o];
    }
    if (t == 0) b[blockIdx.x] = s[0];
}

// racy
__global__ void reduction_unloaded(const float *a, float *b, int n) {
    __shared__ float s[64];
    int t = threadIdx.x, i = blockIdx.x * blockDim.x + t;
    s[t] = i < n ? a[i] : 0;
    for (int o = blockDim.x / 2; o > 0; o >>= 1) {
        if (t < o) s[t] += s[t + o];
        __syncthreads();
    }
    if (t == 0) b[blockIdx.x] = s[0];
}

// race-free
__global__ void interleaved(float *a) {
    __shared__ float s[64];
    int t = threadIdx.x;
    s[t] = a[blockIdx.x * blockDim.x + t];
    __syncthreads();
    for (int d = 1; d < blockDim.x; d *= 2) {
        if (t % (2 * d) == 0) s[t] += s[t + d];
        __syncthreads();
    }
    if (!t) a[blockIdx.x * blockDim.x] = s[0];
}

// racy
__global__ void interleaved_wrong(float *a) {
    __shared__ float s[64];
    int t = threadIdx.x;
    s[t] = a[blockIdx.x * blockDim.x + t];
    __syncthreads();
    for (int d = 1; d < blockDim.x; d *= 2) {
        if (t % d == 0 && t + d < blockDim.x) s[t] += s[t + d];
        __syncthreads();
    }
    if (!t) a[blockIdx.x * blockDim.x] = s[0];
}

// race-free
__global__ void scan(float *a) {
    __shared__ float s[64];
    int t = threadIdx.x, i = blockIdx.x * blockDim.x + t;
    s[t] = a[i];
    __syncthreads();
    for (int d = 1; d < blockDim.x; d <<= 1) {
        float add = 0;
        if (t >= d) add = s[t - d];
        __syncthreads();
        s[t] += add;
        __syncthreads();
    }
    a[i] = s[t];
}

// racy
__global__ void scan_one_barrier(float *a) {
    __shared__ float s[64];
    int t = threadIdx.x, i = blockIdx.x * blockDim.x + t;
    s[t] = a[i];
    __syncthreads();
    for (int d = 1; d < blockDim.x; d <<= 1) {
        float add = 0;
        if (t >= d) add = s[t - d];
        __syncthreads();
        s[t] += add;
    }
    a[i] = s[t];
}

// race-free
__global__ void double_buffer(float *a) {
    __shared__ float s[2][64];
    int t = threadIdx.x, out = 0, in = 1;
    s[0][t] = a[blockIdx.x * blockDim.x + t];
    __syncthreads();
    for (int d = 1; d < blockDim.x; d *= 2) {
        out = 1 - out;
        in = 1 - out;
        s[out][t] = t >= d ? s[in][t] + s[in][t - d] : s[in][t];
        __syncthreads();
    }
    a[blockIdx.x * blockDim.x + t] = s[out][t];
}

// race-free 8x8
__global__ void matmul(const float *a, const float *b, float *c, int n) {
    __shared__ float x[8][8], y[8][8];
    int row = blockIdx.y * 8 + threadIdx.y, column = blockIdx.x * 8 + threadIdx.x;
    float sum = 0;
    for (int tile = 0; tile < (n + 7) / 8; tile++) {
        int k = tile * 8 + threadIdx.x, l = tile * 8 + threadIdx.y;
        x[threadIdx.y][threadIdx.x] = row < n && k < n ? a[row * n + k] : 0;
        y[threadIdx.y][threadIdx.x] = l < n && column < n ? b[l * n + column] : 0;
        __syncthreads();
        for (int i = 0; i < 8; i++) sum += x[threadIdx.y][i] * y[i][threadIdx.x];
        __syncthreads();
    }
    if (row < n && column < n) c[row * n + column] = sum;
}

// racy 8x8
__global__ void matmul_without_first(const float *a, const float *b, float *c, int n) {
    __shared__ float x[8][8], y[8][8];
    int row = blockIdx.y * 8 + threadIdx.y, column = blockIdx.x * 8 + threadIdx.x;
    float sum = 0;
    for (int tile = 0; tile < (n + 7) / 8; tile++) {
        int k = tile * 8 + threadIdx.x, l = tile * 8 + threadIdx.y;
        x[threadIdx.y][threadIdx.x] = row < n && k < n ? a[row * n + k] : 0;
        y[threadIdx.y][threadIdx.x] = l < n && column < n ? b[l * n + column] : 0;
        for (int i = 0; i < 8; i++) sum += x[threadIdx.y][i] * y[i][threadIdx.x];
        __syncthreads();
    }
    if (row < n && column < n) c[row * n + column] = sum;
}

// racy 8x8
__global__ void matmul_without_second(const float *a, const float *b, float *c, int n) {
    __shared__ float x[8][8], y[8][8];
    int row = blockIdx.y * 8 + threadIdx.y, column = blockIdx.x * 8 + threadIdx.x;
    float sum = 0;
    for (int tile = 0; tile < (n + 7) / 8; tile++) {
        int k = tile * 8 + threadIdx.x, l = tile * 8 + threadIdx.y;
        x[threadIdx.y][threadIdx.x] = row < n && k < n ? a[row * n + k] : 0;
        y[threadIdx.y][threadIdx.x] = l < n && column < n ? b[l * n + column] : 0;
        __syncthreads();
        for (int i = 0; i < 8; i++) sum += x[threadIdx.y][i] * y[i][threadIdx.x];
    }
    if (row < n && column < n) c[row * n + column] = sum;
}

// race-free 8x8
__global__ void transpose(const float *a, float *b, int n) {
    __shared__ float tile[8][9];
    int x = blockIdx.x * 8 + threadIdx.x, y = blockIdx.y * 8 + threadIdx.y;
    if (x < n && y < n) tile[threadIdx.y][threadIdx.x] = a[y * n + x];
    __syncthreads();
    x = blockIdx.y * 8 + threadIdx.x;
    y = blockIdx.x * 8 + threadIdx.y;
    if (x < n && y < n) b[y * n + x] = tile[threadIdx.x][threadIdx.y];
}

// racy 8x8
__global__ void transpose_in_place(float *a, int n) {
    int x = blockIdx.x * 8 + threadIdx.x, y = blockIdx.y * 8 + threadIdx.y;
    if (x < n && y < n) a[x * n + y] = a[y * n + x];
}

// race-free
__global__ void histogram(const unsigned char *values, unsigned *counts, int n) {
    __shared__ unsigned own[64];
    own[threadIdx.x] = 0;
    __syncthreads();
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) atomicAdd(&own[values[i] & 63], 1u);
    __syncthreads();
    atomicAdd(&counts[threadIdx.x], own[threadIdx.x]);
}

// racy
__global__ void histogram_plain(const unsigned char *values, unsigned *counts, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) counts[values[i] & 63]++;
}

// racy
__global__ void histogram_uncleared(const unsigned char *values, unsigned *counts, int n) {
    __shared__ unsigned own[64];
    own[threadIdx.x] = 0;
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) atomicAdd(&own[values[i] & 63], 1u);
    __syncthreads();
    atomicAdd(&counts[threadIdx.x], own[threadIdx.x]);
}

// race-free 8x8
__global__ void stencil(const float *from, float *to, int rows, int columns) {
    int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x > 0 && y > 0 && x < columns - 1 && y < rows - 1)
        to[y * columns + x] = from[(y - 1) * columns + x] + from[(y + 1) * columns + x] + from[y * columns + x - 1];
}

// racy 8x8
__global__ void stencil_in_place(float *a, int rows, int columns) {
    int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x > 0 && y > 0 && x < columns - 1 && y < rows - 1)
        a[y * columns + x] = a[(y - 1) * columns + x] + a[y * columns + x - 1];
}

// race-free
__global__ void chunks(int *a, int n) {
    int first = (blockIdx.x * blockDim.x + threadIdx.x) * 4;
    for (int k = 0; k < 4; k++) {
        if (first + k < n) a[first + k] = k;
    }
}

// race-free
__global__ void vectors(float4 *a, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    a[i].x = 1;
    a[i].w = a[i].y;
}

// race-free
__global__ void two_parts(int *a) {
    int i = blockIdx.x * blockDim.x + threadIdx.x, n = blockDim.x * gridDim.x;
    a[i] = 1;
    a[n + i] = 2;
}

// divergent
__global__ void divergent(int *a) {
    if (threadIdx.x < 32) __syncthreads();
    a[blockIdx.x * blockDim.x + threadIdx.x] = 0;
}

// divergent
__global__ void leaves_early(int *a, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    __syncthreads();
    a[i] = 1;
}

// divergent
__global__ void breaks_early(int *a) {
    for (int k = 0; k < 64; k++) {
        __syncthreads();
        if (k == threadIdx.x) break;
    }
}

// race-free
__global__ void bitonic(int *values) {
    __shared__ int s[64];
    unsigned t = threadIdx.x;
    s[t] = values[blockIdx.x * 64 + t];
    __syncthreads();
    for (unsigned k = 2; k <= 64; k *= 2) {
        for (unsigned j = k / 2; j > 0; j /= 2) {
            unsigned other = t ^ j;
            if (other > t) {
                int low = s[t], high = s[other];
                if ((low > high) == ((t & k) == 0)) {
                    s[t] = high;
                    s[other] = low;
                }
            }
            __syncthreads();
        }
    }
    values[blockIdx.x * 64 + t] = s[t];
}

// race-free
__global__ void last_iteration(int *a, int n) {
    __shared__ int s[64];
    for (int k = 0; k < n; k++) {
        s[threadIdx.x] = k;
        __syncthreads();
        a[blockIdx.x * 64 + threadIdx.x] += s[(threadIdx.x + 1) % 64];
        __syncthreads();
    }
    s[63 - threadIdx.x] = 0;
}

// racy
__global__ void last_iteration_open(int *a, int n) {
    __shared__ int s[64];
    for (int k = 0; k < n; k++) {
        __syncthreads();
        s[threadIdx.x] = k;
    }
    s[63 - threadIdx.x] = 0;
}

// racy
__global__ void sometimes_ordered(int *a, int n) {
    __shared__ int s[64];
    for (int k = 0; k < n; k++) {
        s[(threadIdx.x + k) % 64] = k;
        if (k % 2) __syncthreads();
    }
}

// racy
__global__ void none_before(int *a, int n) {
    __shared__ int s[64];
    s[threadIdx.x] = 1;
    for (int k = 0; k < n; k++) __syncthreads();
    a[blockIdx.x * 64 + threadIdx.x] = s[63 - threadIdx.x];
}

// racy
__global__ void broken_off(int *a, int n) {
    __shared__ int s[64];
    for (int k = 0; k < n; k++) {
        s[threadIdx.x] = k;
        if (k == 3) break;
        __syncthreads();
    }
    a[blockIdx.x * 64 + threadIdx.x] = s[63 - threadIdx.x];
}

// divergent
__global__ void bound_of_its_own(int *a) {
    for (int k = 0; k < threadIdx.x; k++) {
        if (threadIdx.x > 3) {
            __syncthreads();
        } else {
            __syncthreads();
        }
    }
}

// divergent
__global__ void leaves_in_two_ways(int *a, int n) {
    for (int k = 0; k < n; k++) {
        __syncthreads();
        if (k == 3 && threadIdx.x == 0) return;
        if (k == 3) break;
    }
    __syncthreads();
}

// racy
__global__ void one_dynamic_array(int *a) {
    extern __shared__ int s[];
    extern __shared__ float r[];
    s[threadIdx.x] = 1;
    a[blockIdx.x * blockDim.x + threadIdx.x] = (int)r[threadIdx.x + 1];
}

// racy
__global__ void while_loaded(int *a, const int *b, int *c) {
    __shared__ int s[64];
    int k = 0;
    c[blockIdx.x * blockDim.x + threadIdx.x] = 1;
    while (c[blockIdx.x * blockDim.x + threadIdx.x + 64 * k + k] > 0) k++;
    if (k > 0) s[0] = threadIdx.x;
}

// racy
__global__ void counted_through_pointer(int *a, int n) {
    int i = threadIdx.x + blockIdx.x * 64, *p = &i;
    for (int k = 0; k < n; i += 256, k++) {
        a[i] = 1;
        *p += 1;
    }
}
