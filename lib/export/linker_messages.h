// Parses the messages of lld. Pure. Tested in unittests/export/linker_messages_test.cpp.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace dijitso::exporter {

// The names that lld reports as undefined, in order, without duplicates.
std::vector<std::string> undefined_symbols(std::string_view messages);

// The names that lld has found a definition of, as it says for the symbols that are traced (-y).
std::set<std::string, std::less<>> defined_symbols(std::string_view messages);

// True for functions and data of Python's C API.
bool is_python_symbol(std::string_view name);

}  // namespace dijitso::exporter
