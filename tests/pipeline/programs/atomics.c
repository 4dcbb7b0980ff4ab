/* __atomic builtins at every size, inline lock instructions, thread-local variables, two threads. */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>

static _Thread_local int local = 5;
static _Thread_local long zeroed;
__thread int shared_name = 9;
static long counter;
static uint32_t word = 100;
static uint16_t half = 0xfff0;
static uint8_t byte = 250;

static void *work(void *argument)
{
    long n = (long)argument;
    local += (int)n;
    for (long i = 0; i < 1000; i++) {
        __atomic_fetch_add(&counter, n, __ATOMIC_SEQ_CST);
        zeroed += i & 1;
    }
    return (void *)(zeroed * 1000 + local + shared_name);
}
__attribute__((noipa)) static int swapped(int *p, int expected, int desired)
{
    return __atomic_compare_exchange_n(p, &expected, desired, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST) * 1000 + expected;
}
__attribute__((noipa)) static long maximum(long *p, long x)
{
    long old = __atomic_load_n(p, __ATOMIC_RELAXED);
    while (old < x && !__atomic_compare_exchange_n(p, &old, x, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {}
    return old;
}
__attribute__((noipa)) static long exchanged(long *p, long expected, long desired)
{
    __asm__ volatile("lock cmpxchgq %2, %1" : "+a"(expected), "+m"(*p) : "r"(desired) : "memory", "cc");
    return expected;
}

int main(void)
{
    pthread_t threads[2];
    void *results[2];
    for (long i = 0; i < 2; i++) pthread_create(&threads[i], 0, work, (void *)(i + 1));
    for (int i = 0; i < 2; i++) pthread_join(threads[i], &results[i]);
    printf("%ld %ld %ld %d %ld\n", counter, (long)results[0], (long)results[1], local, zeroed);
    int value = 7;
    printf("%d %d %d\n", swapped(&value, 7, 8), swapped(&value, 7, 9), value);
    printf("%u %u", __atomic_add_fetch(&word, 23, __ATOMIC_SEQ_CST), __atomic_exchange_n(&word, 3, __ATOMIC_SEQ_CST));
    printf(" %u %u", __atomic_fetch_add(&half, 0x20, __ATOMIC_SEQ_CST), __atomic_sub_fetch(&byte, 251, __ATOMIC_SEQ_CST));
    printf(" %u %u %u\n", __atomic_fetch_or(&word, 12, __ATOMIC_SEQ_CST), __atomic_fetch_xor(&word, 5, __ATOMIC_SEQ_CST), __atomic_and_fetch(&byte, 0x3f, __ATOMIC_SEQ_CST));
    printf("%ld %ld", maximum(&counter, 5000), counter);
    printf(" %ld %ld\n", exchanged(&counter, 5000, 6), exchanged(&counter, 5000, 7));
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    return (int)counter;
}
