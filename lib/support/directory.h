// Lists directories, with readdir(). Where there is no memory, std::filesystem's iterators end the program; so
// scripts/check_includes.py refuses them. Tested in unittests/support/directory_test.cpp.
#pragma once

#include <filesystem>
#include <functional>

namespace dijitso {

// Calls `use` for each name in a directory, in no order, without "." and "..". Returns 0, or the error number of the
// system when the directory cannot be listed to its end; there may have been calls before. Passes exceptions of `use`.
int for_each_name(const std::filesystem::path& directory, const std::function<void(const char*)>& use);

}  // namespace dijitso
