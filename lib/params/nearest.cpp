// Computes the edit distance with dynamic programming, one row at a time. Names that are too long are truncated, so a
// malicious name cannot cost much time. Tested in unittests/params/nearest_test.cpp.
#include "params/nearest.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace dijitso::params {

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, diagonal + 1, row[j] + 1});
    }
  }
  return row[b.size()];
}

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
  constexpr std::size_t longest = 200;
  std::size_t best_distance = std::numeric_limits<std::size_t>::max();
  std::string best;
  for (const auto& candidate : candidates) {
    const std::size_t distance = edit_distance(word.substr(0, longest), candidate);
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

}  // namespace dijitso::params
