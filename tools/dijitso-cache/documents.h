// Documents that are installed with the tool and generated from the same tables as its help: the build runs
// `dijitso-cache --completion` and `dijitso-cache --man`. Tested in tests/cli/documents_test.py.
#pragma once

#include <string>

namespace dijitso::tool {

// A completion script for bash.
std::string bash_completion();

// The manual page dijitso-cache(1), for man.
std::string manual_page();

}  // namespace dijitso::tool
