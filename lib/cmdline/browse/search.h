// Functions that grep and grepfunction share.
#pragma once

#include "cache/api/api.h"
#include "cmdline/core/options.h"

#include <string>
#include <string_view>

namespace dijitso::cmdline {

// A regular expression for grep_cache that matches exactly this text.
std::string as_regex(std::string_view text);

// The exit code of grep(1): 2 when a file could not be searched, else 0 when something was found, else 1.
int search_exit_code(const cache::SearchResult& result);

}  // namespace dijitso::cmdline
