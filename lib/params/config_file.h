// The configuration file `.dijitso.conf`: where it is, whether it may be trusted, and what it says.
//
// The language is that of Python's configparser without interpolation: `[section]`, `key = value` or `key: value`,
// lines that begin with # or ; are comments, and a line that is indented deeper than its key continues the value.
// Sections are categories. Keys of "cache" and "build" may be written in either case; those of "generator" are kept as
// they are, and so are its values. Thread-safety: all functions may be called from any thread. Tested in
// unittests/params/config_file_test.cpp.
#pragma once

#include <dijitso/params.h>

#include <memory>
#include <string>
#include <string_view>

namespace dijitso::params {

struct ConfigFile {
  std::string path;   // empty when there is no file
  ParamsDict values;  // of the right types; a value that is left empty and cannot be is None
};

// InvalidArgument naming the path, the line, and what is wrong there. Pure but for "~" in directories.
ConfigFile parse_config(std::string_view text, const std::string& path);

// Finds the file as discover_config_filename does and reads it, each time anew.
ConfigFile load_config_file();

// The same, read once per process. A file with an error is not remembered, so it can be mended.
std::shared_ptr<const ConfigFile> process_config_file();

// Makes process_config_file read again: for tests, and for a process that changed its surroundings on purpose.
void forget_config_file();

}  // namespace dijitso::params
