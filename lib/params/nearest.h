// Finds the name that a misspelt name may mean. Pure. Tested in unittests/params/nearest_test.cpp.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace dijitso::params {

// The number of characters that must be inserted, removed or replaced to turn one text into the other.
std::size_t edit_distance(std::string_view a, std::string_view b);

// The first of the candidates with the smallest distance; empty when there is none.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace dijitso::params
