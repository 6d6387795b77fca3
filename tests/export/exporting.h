// What the tests of shared libraries share: running programs on them, and their facts.
#pragma once

#include "tests/support/modules.h"

#include <dijitso/build.h>
#include <sys/stat.h>

#include <array>
#include <cstdio>
#include <string>

namespace dijitso::testing {

// What a command prints, on both channels, and " status <n>" when that is not 0.
inline std::string output_of(const std::string& command) {
  std::FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  if (!pipe) throw std::runtime_error("cannot run " + command);
  std::string output;
  std::array<char, 4096> buffer;
  for (std::size_t got; (got = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;)
    output.append(buffer.data(), got);
  const int status = ::pclose(pipe);
  return status == 0 ? output : output + " status " + std::to_string(WEXITSTATUS(status));
}

// The values of one kind in the dynamic section: "NEEDED", "SONAME", "RUNPATH".
inline std::vector<std::string> dynamic_entries(const fs::path& library, const std::string& kind) {
  std::vector<std::string> values;
  const std::string text = output_of("readelf -dW '" + library.string() + "'");
  for (std::size_t at = 0; (at = text.find("(" + kind + ")", at)) != text.npos; ++at) {
    const std::size_t begin = text.find('[', at) + 1;
    values.push_back(text.substr(begin, text.find(']', begin) - begin));
  }
  return values;
}

inline ino_t inode(const fs::path& file) {
  struct stat info;
  if (::stat(file.c_str(), &info) != 0) throw std::runtime_error("no file " + file.string());
  return info.st_ino;
}

// "base" and "user", which calls it; gives the library of "user", whose value() is base() + 2.
inline fs::path build_two(Jit& jit, const Params& params, int base = 40) {
  const auto [library, signature] =
      jit.jit("base", params, gives("int base() { return " + std::to_string(base) + "; }", "int base();\n"));
  return jit.build_shared_library("user", "", "#include <base.h>\nextern \"C\" int value() { return base() + 2; }\n",
                                  {signature}, params);
}

}  // namespace dijitso::testing
