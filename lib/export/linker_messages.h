// What lld prints, taken apart. Pure. Tested in unittests/export/linker_messages_test.cpp.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dijitso::exporter {

// The names that lld reports as undefined, each once, in order.
std::vector<std::string> undefined_symbols(std::string_view messages);

// True for the functions and data of Python's C interface.
bool is_python_symbol(std::string_view name);

}  // namespace dijitso::exporter
