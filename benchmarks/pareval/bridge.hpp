/* What a wrapper from C++ vectors to a function of C needs: arrays that have exactly the size of the vectors. */
#include <algorithm>
#include <complex>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
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

namespace bridge {

inline const char *fault = nullptr;

/* The elements of a vector or an array, with room for `count`. */
template <typename C>
class Lent {
  public:
    template <typename Elements>
    Lent(Elements const &elements, size_t count)
        : count_(count), array_(static_cast<C *>(malloc(count * sizeof(C)))), before_(count * sizeof(C)) {
        if (elements.size() < count) memset(static_cast<void *>(array_), 0xa5, count * sizeof(C));
        for (size_t i = 0; i < elements.size() && i < count; i += 1) bridge_put(array_[i], elements[i]);
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

/* Whether two results differ by more than a driver allows, and by more than sums in another order do. A NaN is equal to
 * a NaN only. */
template <typename T>
bool differs(T a, T b, double tolerance) {
    const double rounding = 1e-12 * std::max(std::abs(a), std::abs(b));
    return !(a == b || (a != a && b != b) || std::abs(a - b) <= std::max(tolerance, rounding));
}

}  // namespace bridge
