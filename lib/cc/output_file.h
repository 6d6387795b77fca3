// Writes the files that a compiler command makes: whole, or not at all.
#pragma once

#include "support/bytes.h"

#include <string>

namespace dijitso::cc {

// Writes a file. A regular file is replaced in one step, and a process that is killed leaves nothing; where `path` is a
// symbolic link, the file that it leads to is replaced. Devices, pipes and the like are written to. "-" is standard
// output. InvalidArgument when that fails.
enum class Kind { data, program };  // a program may be executed
void write_output(const std::string& path, ByteView content, Kind kind = Kind::data);

// Writes to an open file, which messages call `name`. InvalidArgument when that fails.
void write_all(int file, const std::string& name, ByteView content);

// Removes the regular file that a failed compile would have replaced, so that nobody takes it for new.
void remove_old_output(const std::string& path) noexcept;

// Reads a source: a regular file, a pipe, or "-" for standard input. InvalidArgument when that fails.
std::string read_source(const std::string& path);

}  // namespace dijitso::cc
