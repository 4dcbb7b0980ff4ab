/* Inline assembly where C++ has it: templates, methods, lambdas, namespaces, raw strings, constant expressions. */
#include <cstdint>
#include <cstdio>
#include <type_traits>

namespace outer { namespace inner {
static int v = 3; /* of another width than the member below */

template <typename T> static inline T swapped(T x)
{
    __asm__("bswap %0" : "+r"(x));
    return x;
}

template <typename T, unsigned N> struct Rotated {
    static constexpr unsigned by = N;
    T value;
    explicit Rotated(T v) : value{v} { asm("" : "+r"(value)); }
    T get() const noexcept
    {
        T r = value;
        asm("rol %%cl, %0" : "+r"(r) : "c"(N) : "cc");
        return r;
    }
    auto plus(const T &other) -> T {
        asm volatile("add %1, %0" : "+r"(this->value) : "r"(other) : "cc");
        return value;
    }
};
}} // namespace outer::inner

class Counter {
public:
    Counter() : v(0), step{2} { asm volatile("nop"); }
    Counter &operator+=(std::uint64_t by) &
    {
        asm(R"(addq %1, %0)" "\n\t"
            R"x(addq %2, %0)x"
            : "+r"(v) : "r"(by), "r"(step) : "cc");
        return *this;
    }
    std::uint64_t value() const { return v; }
    template <class F> void with(F &&f) { f(v); }
private:
    std::uint64_t v, step;
};

constexpr int pick(bool big) { return big ? 8 : 4; }

static inline std::uint64_t sum(const std::uint64_t *begin, const std::uint64_t *end)
{
    std::uint64_t total = 0;
    for (auto p = begin; p != end; ++p)
        asm(R"asm(
            # a raw string: "quoted", (bracketed), and \ as it is
            addq %1, %0
        )asm" : "+r"(total) : "m"(*p) : "cc");
    return total;
}

template <typename T> std::enable_if_t<std::is_unsigned<T>::value, unsigned> bits(T x)
{
    T r;
    if constexpr (sizeof(T) == 8)
        asm("bsr %1, %0" : "=r"(r) : "r"(x) : "cc");
    else
        asm("bsrl %1, %0" : "=r"(r) : "r"(x) : "cc");
    return static_cast<unsigned>(r);
}

int main()
{
    using namespace outer::inner;
    std::printf("%d %llx %x\n", v, (unsigned long long)swapped(std::uint64_t{0x0123456789abcdef}), swapped(0x01020304u));
    Rotated<std::uint32_t, 5> small{0x80000001u};
    Rotated<std::uint64_t, 9> large{0x8000000000000001u};
    std::printf("%x %llx\n", small.get(), (unsigned long long)large.get());
    std::printf("%x\n", small.plus(7));
    Counter counter;
    (counter += 5) += 40;
    counter.with([](auto &x) { asm("incq %0" : "+r"(x) : : "cc"); });
    counter.with([factor = 3ul](std::uint64_t &x) mutable -> void {
        asm("imulq %1, %0" : "+r"(x) : "r"(factor) : "cc");
    });
    auto once = [] { asm("nop"); };
    once();
    const std::uint64_t list[] = {1, 2, 3, 4, static_cast<std::uint64_t>(pick(true))};
    std::printf("%llu %llu\n", (unsigned long long)counter.value(), (unsigned long long)sum(list, list + 5));
    std::printf("%u %u\n", bits(std::uint64_t{1} << 40), bits(std::uint32_t{9}));
    return 0;
}
