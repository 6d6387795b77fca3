// What dijitso-cc prints about itself, made from the table of its options. Pure.
#pragma once

#include <string>
#include <string_view>

namespace dijitso::cc {

// The text of --help.
std::string help_text(std::string_view program);

// The manual page dijitso-cc(1), for man: --man.
std::string manual_page();

// A completion script for bash: --completion.
std::string bash_completion();

}  // namespace dijitso::cc
