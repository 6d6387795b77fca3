// The sections `.dijitso.inputs` and `.dijitso.watched`: what a lookup checks besides the request, as lines of text.
// docs/cache-format.md has the grammar. Pure. Tested in unittests/cache/inputs_test.cpp.
#pragma once

#include "cache/format/entry.h"

#include <string>
#include <string_view>

namespace dijitso::cache {

// Makes a text fit into a line: a backslash becomes "\\", a newline "\n". unescape() returns nullopt for any other use
// of a backslash.
std::string escape(std::string_view text);
std::optional<std::string> unescape(std::string_view text);

// Writes signature, build, source, dependencies, files, features and host libraries of the entry.
std::string write_inputs(const Entry& entry);

// Fills the same fields of `entry`. False when the text does not follow the grammar.
bool read_inputs(std::string_view text, Entry& entry);

// Writes the i-nodes of the files, and the absent names.
std::string write_watched(const Entry& entry);

// Fills the same fields of `entry`, whose files must have been read. False when the text does not follow the grammar.
bool read_watched(std::string_view text, Entry& entry);

}  // namespace dijitso::cache
