// The words of a command line, with response files in their place.
#pragma once

#include <string>
#include <vector>

namespace dijitso::cc {

// Replaces each "@file" by the words of that file, in which quotes and backslashes mean what they mean to gcc. A file
// may name others. A word "@file" stays when there is no such file. InvalidArgument for a file that cannot be read, and
// for files that name each other.
std::vector<std::string> with_response_files(const std::vector<std::string>& words);

// The words of a response file. Pure.
std::vector<std::string> split_response_file(const std::string& text);

}  // namespace dijitso::cc
