//// context
void spectrum(std::vector<double> const& x, std::vector<std::complex<double>> &out, std::vector<double> &power) {
//// baseline
void turn(std::vector<std::complex<double>> &z, double angle) {
    std::complex<double> w = std::polar(1.0, angle), one;
    one = 1.0;
    for (auto& each : z) {
        each *= w * one;
    }
}

void correctSpectrum(std::vector<double> const& x, std::vector<std::complex<double>> &out, std::vector<double> &power) {
    int N = x.size();
    out.resize(N, std::complex<double>(0, 0));
    for (int k = 0; k < N; k++) {
        std::complex<double> sum(0, 0);
        for (int n = 0; n < N; n++) {
            double angle = 2 * M_PI * n * k / N;
            std::complex<double> c(std::cos(angle), -std::sin(angle));
            sum += x[n] * c;
        }
        out[k] = -sum;
    }
    turn(out, 0.5);
    std::transform(out.begin(), out.end(), out.begin(), [&](std::complex<double> z) { return std::conj(z) / static_cast<double>(x.size()); });
    for (size_t i = 0; i < out.size(); ++i)
        power[i] = std::abs(out[i]) + out[i].real() - (out[i] - out[0]).imag();
}
//// driver
std::vector<double> x(TEST_SIZE), power(TEST_SIZE);
std::vector<std::complex<double>> out;
fillRand(x, -1.0, 1.0);
spectrum(x, out, power);
