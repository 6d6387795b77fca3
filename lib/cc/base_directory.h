// Makes absolute paths in a command line relative, so that two checkouts of a project share their objects.
#pragma once

#include "cc/command_line.h"

#include <string>

namespace dijitso::cc {

// Changes the names of sources, and of headers and their directories in flags, that are below `base`: from then on they
// are relative to `current`, the current directory. Paths with ".." in them stay, because they may lead through
// symbolic links. Both directories are absolute. Pure.
void make_relative(CommandLine& line, const std::string& base, const std::string& current);

}  // namespace dijitso::cc
