// Directories of the user. Reads the environment, the user database and the current directory; changes nothing.
// Tested in unittests/params/paths_test.cpp.
#pragma once

#include <string>
#include <string_view>

namespace dijitso::params {

// $HOME, else the home directory of the user database. "/" when neither knows one, as in a container with a foreign
// user number: a cache there cannot be written, and results stay in memory.
std::string home_directory();

// "~" and "~user" at the beginning replaced by the home directory; unchanged when there is no such user.
std::string expand_home(std::string_view path);

// The path from the root, without "." parts, double slashes and a slash at the end. ".." is kept: what it means depends
// on symbolic links. InvalidArgument when the current directory is needed and does not exist.
std::string absolute_path(std::string_view path);

// The cache of the active virtual environment ($VIRTUAL_ENV, $CONDA_PREFIX), else of the home directory.
std::string default_cache_dir();

}  // namespace dijitso::params
