// Finds the configuration file `.dijitso.conf`, checks whether it can be trusted, and parses it.
//
// The syntax is that of Python's configparser without interpolation: `[section]`, `key = value` or `key: value`; lines
// that begin with # or ; are comments, and a line that is indented more than its key continues the value. Sections are
// categories. Keys of "cache" and "build" may be upper or lower case; keys and values of "generator" are not changed.
// Thread-safety: all functions may be called from any thread. Tested in unittests/params/config_file_test.cpp.
#pragma once

#include <dijitso/params.h>

#include <memory>
#include <string>
#include <string_view>

namespace dijitso::params {

struct ConfigFile {
  std::string path;   // empty when there is no file
  ParamsDict values;  // converted to their types; None for an empty value of a parameter that cannot be empty
};

// Throws InvalidArgument with the path, the line, and the error. Pure except for "~" in directories.
ConfigFile parse_config(std::string_view text, const std::string& path);

// Finds the file as discover_config_filename does, and reads it at each call.
ConfigFile load_config_file();

// Like load_config_file(), but reads the file once per process. If the file has an error, the next call reads it again.
std::shared_ptr<const ConfigFile> process_config_file();

// Makes process_config_file read the file again: for tests, and for a process that changed its environment on purpose.
void forget_config_file();

}  // namespace dijitso::params
