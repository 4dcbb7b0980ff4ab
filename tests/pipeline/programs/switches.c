/* Jump tables and computed goto. */
#include <stdio.h>

__attribute__((noipa)) static int chosen(unsigned n)
{
    switch (n) {
    case 0: return 11;
    case 1: return 7;
    case 2: return -3;
    case 3: return 900;
    case 4: return 5;
    case 5: return 66;
    case 7: return 1;
    default: return 0;
    }
}
__attribute__((noipa)) static long effects(long n, long x)
{
    switch (n) {
    case -3: x += 5; /* falls through */
    case -2: x *= 3; break;
    case -1: x -= 7; break;
    case 0: x = -x; break;
    case 1: x ^= 0x55; /* falls through */
    case 2: x <<= 2; break;
    case 3: x >>= 1; break;
    case 4: printf("four "); break;
    }
    return x;
}
__attribute__((noipa)) static int machine(const unsigned char *code)
{
    static const void *const OPS[] = {&&halt, &&push, &&add, &&mul, &&again};
    int stack[8], top = 0, left = 3;
    const unsigned char *pc = code;
    goto *OPS[*pc++];
push: stack[top++] = *pc++; goto *OPS[*pc++];
add: top--; stack[top - 1] += stack[top]; goto *OPS[*pc++];
mul: top--; stack[top - 1] *= stack[top]; goto *OPS[*pc++];
again:
    if (--left) pc = code + 2;
    goto *OPS[*pc++];
halt: return stack[top - 1];
}

int main(void)
{
    for (unsigned i = 0; i < 10; i++) printf("%d ", chosen(i));
    for (long i = -5; i < 7; i++) printf("%ld ", effects(i, 1000 + i));
    printf("%d\n", machine((unsigned char[]){1, 2, 1, 3, 3, 1, 4, 2, 4, 0}));
    return 0;
}
