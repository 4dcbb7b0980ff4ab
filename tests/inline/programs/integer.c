/* Register statements as bignum code, kernels and hash functions have them. */
#include <stdint.h>
#include <stdio.h>

#define MUL(hi, lo, a, b) \
    __asm__("mulq %3" : "=a"(lo), "=d"(hi) : "%0"((uint64_t)(a)), "rm"((uint64_t)(b)) : "cc")
#define add_ssaaaa(sh, sl, ah, al, bh, bl) \
    __asm__("addq %5,%q1\n\tadcq %3,%q0" \
            : "=r"(sh), "=&r"(sl) \
            : "0"((uint64_t)(ah)), "rme"((uint64_t)(bh)), "%1"((uint64_t)(al)), "rme"((uint64_t)(bl)))
#define sub_ddmmss(sh, sl, ah, al, bh, bl) \
    __asm__("subq %5,%q1\n\tsbbq %3,%q0" \
            : "=r"(sh), "=&r"(sl) \
            : "0"((uint64_t)(ah)), "rme"((uint64_t)(bh)), "1"((uint64_t)(al)), "rme"((uint64_t)(bl)))

static uint32_t swap32(uint32_t x)
{
    __asm__("bswap %0" : "+r"(x));
    return x;
}

static uint64_t swap64(uint64_t x)
{
    __asm__("bswapq %0" : "=r"(x) : "0"(x));
    return x;
}

static inline uint32_t rol(uint32_t word, int i)
{
    __asm__("roll %%cl,%0" : "=r"(word) : "0"(word), "c"(i));
    return word;
}

static inline uint16_t rol16(uint16_t word)
{
    __asm__("rorw $8, %w0" : "+r"(word)::"cc");
    return word;
}

static uint64_t ror64(uint64_t x)
{
    __asm__("rorq %1,%0" : "+g"(x) : "J"(13) : "cc");
    return x;
}

static inline unsigned long __ffs(unsigned long word)
{
    __asm__("rep; bsf %1,%0" : "=r"(word) : "rm"(word));
    return word;
}

static inline unsigned long __fls(unsigned long word)
{
    __asm__("bsr %1,%0" : "=r"(word) : "rm"(word));
    return word;
}

static int fls64(uint64_t x)
{
    int bitpos = -1;
    __asm__("bsrq %1,%q0" : "+r"(bitpos) : "rm"(x));
    return bitpos + 1;
}

static inline uint64_t shld(uint64_t hi, uint64_t lo)
{
    __asm__("shldq $7, %1, %0" : "+r"(hi) : "r"(lo) : "cc");
    return hi;
}

static uint32_t divide(uint32_t x, uint32_t by, uint32_t *rest)
{
    uint32_t quotient;
    __asm__("xorl %%edx, %%edx\n\tdivl %3" : "=a"(quotient), "=&d"(*rest) : "0"(x), "r"(by) : "cc");
    return quotient;
}

static int equal(long a, long b)
{
    unsigned char same;
    __asm__("cmpq %2, %1\n\tsete %0" : "=q"(same) : "r"(a), "r"(b) : "cc");
    return same;
}

static int less(uint32_t a, uint32_t b)
{
    int flag;
    __asm__("cmpl %2, %1" : "=@ccb"(flag) : "r"(a), "r"(b));
    return flag;
}

static long choose(long a, long b, long c)
{
    __asm__("testq %[c], %[c]\n\tcmovneq %[b], %[a]" : [a] "+r"(a) : [b] "r"(b), [c] "r"(c) : "cc");
    return a;
}

static uint64_t digits(uint64_t x)
{
    uint64_t n = 0;
    __asm__("1:\n\tincq %0\n\tshrq $4, %1\n\tjnz 1b" : "+r"(n), "+r"(x) : : "cc");
    return n;
}

static uint64_t second(uint64_t x)
{
    unsigned r;
    __asm__("movzbl %h1, %0" : "=r"(r) : "Q"(x));
    return r;
}

static uint64_t muladd(uint64_t *c, uint64_t a, uint64_t b, uint64_t carry)
{
    register uint64_t lo = a, hi;
    __asm__ volatile("mulq %[b]\n\t"
                     "addq %[carry], %%rax\n\t"
                     "adcq $0, %%rdx\n\t"
                     "addq %%rax, %[c]\n\t"
                     "adcq $0, %%rdx"
                     : "+a"(lo), "=&d"(hi), [c] "+m"(*c)
                     : [b] "r"(b), [carry] "r"(carry)
                     : "cc", "memory");
    return hi ^ lo;
}

int main(void)
{
    uint64_t a = 0x123456789abcdef0, b = 0xfedcba9876543211, h, l, m, n, cell = 7;
    uint32_t rest;
    for (int i = 0; i < 200; i++) {
        MUL(h, l, a, b);
        add_ssaaaa(m, n, a, b, h, l);
        printf("%lx %lx %lx %lx ", h, l, m, n);
        sub_ddmmss(m, n, a, b, h, l);
        printf("%lx %lx ", m, n);
        printf("%x %lx %x ", swap32((uint32_t)a), swap64(a), rol((uint32_t)a, (int)(b & 31)));
        printf("%x %lx ", rol16((uint16_t)a), ror64(a));
        printf("%lu %lu %d %lx ", __ffs(a | 1ul << 63), __fls(a | 1), fls64(a >> (b & 63)), shld(a, b));
        printf("%x ", divide((uint32_t)a, (uint32_t)b | 1, &rest));
        printf("%x %d %d ", rest, equal((long)(a & 1), (long)(b & 1)), less((uint32_t)a, (uint32_t)b));
        printf("%lx %lu %lx ", choose((long)a, (long)b, (long)(l & 1)), digits(a >> (l & 63)), second(a));
        printf("%lx ", muladd(&cell, a, b, h));
        printf("%lx\n", cell);
        a = a * 6364136223846793005ul + 1442695040888963407ul;
        b = b * 2862933555777941757ul + 3037000493ul + (a >> 17);
    }
    return 0;
}
