//// context
struct Pixel {
    int red, green;
    double weight;
};
const double shares[2][2] = {{0.25, 0.75}, {0.5, 0.5}};
double clamped(double value) {
    return value > 1.0 ? 1.0 : value;
}
double unused(double value) { return value; }

void brightness(std::vector<Pixel> const &pixels, std::vector<double> &out, size_t row) {
//// baseline
#pragma once
#include <vector>

/* The brightness of each pixel. */
void NO_INLINE correctBrightness(std::vector<Pixel> const &pixels, std::vector<double> &out, size_t row) {
    auto mixed = [](Pixel const& p, double a, double b) {
        return p.red * a + p.green * b; // both count
    };

    for (size_t i = 0; i < pixels.size(); ++i)
        out[i] = clamped(mixed(pixels[i], shares[row][0], shares[row][1]) * pixels[i].weight);
#if defined(USE_CUDA)
    out[0] = 0;
#endif
}
//// driver
std::vector<Pixel> pixels(TEST_SIZE);
for (auto &p : pixels) p = {rand() % 9, rand() % 9, (rand() % 100) / 50.0};
std::vector<double> out(TEST_SIZE);
brightness(pixels, out, 1);
