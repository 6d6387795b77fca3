// Checks file names from outside: the system would cut a name at a NUL character and open another file.
#pragma once

#include <dijitso/error.h>

#include <string>

namespace dijitso {

// Returns the name; throws InvalidArgument when it contains a NUL character.
inline const std::string& without_nul(const std::string& name) {
  const std::size_t end = name.find('\0');
  if (end == name.npos) return name;
  throw InvalidArgument("a name that begins with '" + name.substr(0, end) +
                        "' contains a NUL character, so it cannot name a file");
}

}  // namespace dijitso
