// Directories of the user. Reads the environment, the user database and the current directory; changes nothing.
// Tested in unittests/params/paths_test.cpp.
#pragma once

#include <string>
#include <string_view>

namespace dijitso::params {

// Returns $HOME, or else the home directory from the user database. Returns "/" when there is neither, for example in a
// container with an unknown user id: a cache there is not writable, so results stay in memory.
std::string home_directory();

// Replaces "~" or "~user" at the beginning by the home directory; keeps it when there is no such user.
std::string expand_home(std::string_view path);

// Returns the path from the root, without "." parts, double slashes and a slash at the end. Keeps "..", because its
// meaning depends on symbolic links. Throws InvalidArgument when the current directory is needed and does not exist.
std::string absolute_path(std::string_view path);

// The cache in the active virtual environment ($VIRTUAL_ENV, $CONDA_PREFIX), or else in the home directory.
std::string default_cache_dir();

}  // namespace dijitso::params
