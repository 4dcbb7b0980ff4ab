/* What a wrapper from C++ vectors to a function of C needs: arrays that have exactly the size of the vectors. */
#include <algorithm>
#include <array>
#include <complex>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <type_traits>
#include <vector>

/* How one element is lent and given back; structures that differ in C have their own overloads. */
template <typename C, typename T>
void bridge_put(C &to, T const &from) {
    to = from;
}

inline void bridge_put(const char *&to, std::string const &from) {
    char *text = static_cast<char *>(malloc(from.size() + 1));
    memcpy(text, from.c_str(), from.size() + 1);
    to = text;
}

template <typename Elements, typename C>
void bridge_get(Elements &to, size_t index, C const &from) {
    to[index] = from;
}

/* Whether two results differ by more than `tolerance`, and by more than sums in another order do. A NaN is equal to a NaN
 * only. */
template <typename T>
bool bridge_differs(T const &a, T const &b, double tolerance = 1e-3) {
    if (a == b || (a != a && b != b)) return false;
    if constexpr (std::is_integral_v<T>) {
        return true;
    } else {
        const double larger = std::max<double>(std::abs(a), std::abs(b)), difference = std::abs(a - b);
        return !(difference <= std::max(tolerance, 1e-12 * larger));
    }
}

namespace bridge {

inline const char *fault = nullptr;

/* The elements of a vector or an array, with room for `count`, or rubbish. */
template <typename C>
class Lent {
  public:
    template <typename Elements>
    Lent(Elements const &elements, size_t count, bool filled = true)
        : count_(count), array_(static_cast<C *>(malloc(count * sizeof(C)))), before_(count * sizeof(C)) {
        memset(static_cast<void *>(array_), 0x7f, count * sizeof(C));
        for (size_t i = 0; filled && i < elements.size() && i < count; i += 1) bridge_put(array_[i], elements[i]);
        if (count) memcpy(before_.data(), array_, before_.size());
    }
    Lent(Lent const &) = delete;
    ~Lent() { free(array_); }
    operator C *() const { return array_; }
    void must_be_unchanged() const {
        if (count_ && memcmp(before_.data(), array_, before_.size())) fault = "a constant array was changed";
    }
    template <typename Elements>
    void give_back(Elements &elements) const {
        for (size_t i = 0; i < elements.size(); i += 1) bridge_get(elements, i, array_[i]);
    }

  private:
    size_t count_;
    C *array_;
    std::vector<unsigned char> before_;
};

/* Drivers do not look at everything: so this compares all of a result with the baseline's. */
template <typename T>
void must_be_equal(T const &result, T const &expected, const char *what) {
    if (bridge_differs(result, expected)) fault = what;
}

template <typename Elements, typename T>
void compare(Elements const &result, Elements const &expected, const char *what) {
    bool same = result.size() == expected.size();
    for (size_t i = 0; same && i < result.size(); i += 1) same = !bridge_differs(T(result[i]), T(expected[i]));
    if (!same) fault = what;
}

template <typename T>
void must_be_equal(std::vector<T> const &result, std::vector<T> const &expected, const char *what) {
    compare<std::vector<T>, T>(result, expected, what);
}

template <typename T, size_t n>
void must_be_equal(std::array<T, n> const &result, std::array<T, n> const &expected, const char *what) {
    compare<std::array<T, n>, T>(result, expected, what);
}

}  // namespace bridge
