//// context
struct Page {
    std::string title;
    int number;
};

size_t initials(std::vector<std::string> const& words, std::vector<Page> const& pages, std::array<size_t, 26> &bins) {
//// baseline
size_t correctInitials(std::vector<std::string> const& words, std::vector<Page> const& pages, std::array<size_t, 26> &bins) {
    for (int i = 0; i < words.size(); i += 1) {
        const char c = words[i][0];
        bins[c - 'a'] += 1;
    }
    for (int i = pages.size() - 1; i >= 0; i--) {
        if (pages[i].number < 10 && pages[i].title[0] == 'x') {
            return i;
        }
    }
    return pages.size();
}
//// driver
std::vector<std::string> words(TEST_SIZE, "q");
std::vector<Page> pages(TEST_SIZE, Page{"x", 50});
for (auto &word : words) word[0] = 'a' + rand() % 26;
pages[7].number = 3;
std::array<size_t, 26> bins{};
initials(words, pages, bins);
