/* Atomics, barriers, strings, loops, jumps and vectors, as kernels and run-time libraries have them. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define BARRIER() __asm__ __volatile__("" ::: "memory")
#define LOCK_PREFIX "lock; "
#define ADDR (*(volatile long *)addr)
#define mb() __asm__ __volatile__("mfence" ::: "memory")
#define cpu_relax() asm volatile("rep; nop" ::: "memory")

static inline void set_bit(int nr, volatile unsigned long *addr)
{
    asm volatile(LOCK_PREFIX "orl %1,%0" : "+m"(*(volatile int *)addr) : "ir"(1 << nr) : "memory", "cc");
}

static inline int atomic_add_return(int i, int *v)
{
    int old = i;
    asm volatile(LOCK_PREFIX "xaddl %0, %1" : "+r"(i), "+m"(*v) : : "memory");
    return i + old;
}

static inline long xchg(long x, volatile long *ptr)
{
    asm volatile("xchgq %0,%1" : "=r"(x) : "m"(*ptr), "0"(x) : "memory");
    return x;
}

static inline unsigned long cmpxchg(volatile unsigned long *ptr, unsigned long old, unsigned long with)
{
    unsigned long prev;
    asm volatile(LOCK_PREFIX "cmpxchgq %1,%2" : "=a"(prev) : "r"(with), "m"(*ptr), "0"(old) : "memory");
    return prev;
}

static inline int try_cmpxchg(volatile uint32_t *ptr, uint32_t *expected, uint32_t desired)
{
    int done;
    asm volatile("lock cmpxchgl %3, %1" : "=@ccz"(done), "+m"(*ptr), "+a"(*expected) : "r"(desired) : "memory");
    return done;
}

static inline int dec_and_test(int *v)
{
    unsigned char c;
    asm volatile(LOCK_PREFIX "decl %0; sete %1" : "+m"(*v), "=qm"(c) : : "memory");
    return c != 0;
}

static inline int test_and_set_bit(long nr, unsigned long *addr)
{
    int oldbit;
    asm("btsq %2,%1\n\tsbbl %0,%0" : "=r"(oldbit), "+r"(*addr) : "r"(nr) : "cc");
    return oldbit;
}

static void copy(void *to, const void *from, size_t n)
{
    asm volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(n) : : "memory");
}

static void *fill(void *s, int c, size_t n)
{
    long d0, d1;
    asm volatile("rep\n\tstosb" : "=&c"(d0), "=&D"(d1) : "a"(c), "1"(s), "0"(n) : "memory");
    return s;
}

static long total(const int *list, int n)
{
    long sum = 0;
    while (n-- > 0)
        asm("movslq %1, %%rcx\n\taddq %%rcx, %0" : "+r"(sum) : "m"(*list++) : "rcx", "cc");
    return sum;
}

#define ADD_TO(where, what) asm volatile("addl %1, %0" : "+m"(where) : "r"((int)(what)) : "cc")

static inline int positive(long x)
{
    asm goto("testq %0, %0\n\tjle %l[no]" : : "r"(x) : "cc" : no);
    return 1;
no:
    return 0;
}

static uint64_t sum(const uint64_t *p, uint64_t n)
{
    uint64_t total = 0;
    asm("jmp 2f\n"
        "1:\taddq (%1), %0\n\t"
        "adcq $0, %0\n\t"
        "addq $8, %1\n\t"
        "decq %2\n"
        "2:\ttestq %2, %2\n\t"
        "jnz 1b"
        : "+r"(total), "+r"(p), "+r"(n)
        :
        : "memory", "cc");
    return total;
}

static double root(double x)
{
    double y;
    asm("sqrtsd %1, %0" : "=x"(y) : "x"(x));
    return y;
}

static float scaled(float a, float b)
{
    asm("mulss %1, %0" : "+x"(a) : "x"(b));
    return a;
}

static void pack(unsigned char *out, uint64_t x)
{
    asm volatile("movq %1, %%rax\n\tbswapq %%rax\n\tmovq %%rax, (%0)" : : "r"(out), "r"(x) : "rax", "memory");
}

int main(void)
{
    uint64_t words[8], a = 0x123456789abcdef0;
    unsigned long bits = 0, cell = 5;
    long swapped = 3;
    int counter = 100;
    uint32_t flag = 7, expected = 0;
    char text[32] = "inline assembly", other[32];
    for (int i = 0; i < 100; i++) {
        for (int k = 0; k < 8; k++)
            words[k] = a = a * 6364136223846793005ul + 1442695040888963407ul;
        set_bit(i & 31, &bits);
        BARRIER();
        mb();
        cpu_relax();
        printf("%lx %d %ld ", bits, atomic_add_return((int)(a & 15), &counter), xchg((long)(a >> 5), &swapped));
        printf("%lx ", cmpxchg(&cell, i & 1 ? cell : 9, a));
        printf("%lx ", cell);
        printf("%d ", try_cmpxchg(&flag, &expected, (uint32_t)a & 3));
        printf("%x %x ", flag, expected);
        printf("%d ", dec_and_test(&counter));
        printf("%d ", test_and_set_bit((long)(a & 63), &words[1]));
        printf("%lx ", words[1]);
        copy(other, text, (a & 15) + 16);
        fill(text, 'a' + i % 26, a & 7);
        printf("%.20s %.10s %d ", text, other, positive((long)a));
        printf("%lx %lx ", sum(words, a & 7), total((const int *)words, 9));
        int cells[3] = {1, 2, 3}, *next = cells;
        ADD_TO(*next++, a >> 3);
        ADD_TO(*next++, a >> 7);
        printf("%d %d %d %d ", cells[0], cells[1], cells[2], (int)(next - cells));
        printf("%.17g %.9g ", root((double)(a >> 20)), scaled((float)(a & 0xffff), 1.25f));
        pack((unsigned char *)other, a);
        other[9] = 0;
        for (int k = 0; k < 8; k++)
            printf("%02x", (unsigned char)other[k]);
        printf("\n");
    }
    return 0;
}
