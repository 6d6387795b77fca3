// Driver flags (-Wall -fPIC -std=c++11 -O2 ...) -> the arguments of the compiler proper, by Clang's driver library.
#pragma once

#include "compile/compiler.h"

#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace dijitso::compile {

// The folder in which a module's source and headers seem to lie. It exists in memory only.
inline constexpr const char* module_dir = "/dijitso";

// What the driver made of one set of flags. `arguments` name the source as placeholder_source().
struct Translation {
  std::vector<std::string> arguments;
  std::vector<std::string> dropped_flags;
  std::vector<std::string> toolchain_dirs;  // those that no flag named (toolchain_files.h)
};

// Translates once for each set of flags and remembers. Thread-safe.
class ArgumentTranslator {
 public:
  // InvalidArgument for flags that would load code into the process, write files or change the kind of output, and for
  // those that the driver refuses.
  const Translation& translate(const CompileRequest& request);

 private:
  const Translation& translate_locked(const CompileRequest& request);

  std::mutex mutex_;
  std::map<std::vector<std::string>, Translation> known_;
};

// The source file that a translation names; the compiler puts the module's own name in its place.
std::string placeholder_source(bool is_c);

}  // namespace dijitso::compile
