// Names of files from outside. The system would cut a name off at a NUL character, and so mean another file.
#pragma once

#include <dijitso/error.h>

#include <string>

namespace dijitso {

// The name as it is; InvalidArgument when it contains a NUL character.
inline const std::string& without_nul(const std::string& name) {
  const std::size_t end = name.find('\0');
  if (end == name.npos) return name;
  throw InvalidArgument("a name that begins with '" + name.substr(0, end) +
                        "' contains a NUL character, so it cannot be that of a file");
}

}  // namespace dijitso
