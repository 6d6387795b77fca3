// What grep and grepfunction share.
#pragma once

#include "cache/api/api.h"
#include "cmdline/core/options.h"

#include <string>
#include <string_view>

namespace dijitso::cmdline {

// A regular expression, as grep_cache takes it, that matches this text and nothing else.
std::string as_regex(std::string_view text);

// As grep(1): 2 when not all was searched, else 0 when something was found, else 1.
int search_exit_code(const cache::SearchResult& result);

}  // namespace dijitso::cmdline
