// Turns objects into shared libraries that any program can dlopen, with lld inside this process.
//
// This header shows no LLVM type. The implementation is in libdijitso-compiler and is opened with the compiler. Nothing
// is written to disk: input and output are bytes. Links are complete or fail: every symbol must be defined by the
// object, by the libraries it is linked with, or by the C and C++ libraries. Of these, a library of which no symbol is
// used is not recorded as needed, so it is not loaded; libraries of other modules always are. Thread-safety: all
// functions may be called from any thread; links run one after another.
#pragma once

#include "support/bytes.h"

#include <dijitso/export.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dijitso::exporter {

// A shared library to link with, as on a linker's command line.
struct LibraryInput {
  std::string path;        // path of the file, or SONAME if there is content
  ByteView content = {};   // when not empty, the shared library of another module
  bool has_soname = true;  // if false, DT_NEEDED has the name of the file
};

struct SharedRequest {
  std::string name;  // of the module, for messages
  ByteView object;
  std::string soname;
  std::vector<LibraryInput> libraries;  // searched in this order, before the C++ and C libraries
  std::vector<std::string> runpath;
  bool for_python = false;  // allow undefined Py* and _Py* symbols, which the Python interpreter defines
};

class SharedLinker {
 public:
  virtual ~SharedLinker() = default;

  // Returns the shared library. Symbols from libraries of other modules are bound to these, whatever else the process
  // defines (unique_names.h). Throws LinkFailed with the missing symbols or the linker's messages.
  virtual Bytes link(const SharedRequest& request) = 0;

  // Returns one relocatable object, made of `object`, the object files among `inputs`, and the needed members of the
  // static archives among them. Symbols that none of them defines stay undefined. Throws LinkFailed with the linker's
  // messages.
  virtual Bytes link_statically(const std::string& name, ByteView object, const std::vector<LibraryInput>& inputs) = 0;

  // Runs lld with the arguments of a compiler command, which name input files on disk. The value of -o is not used:
  // returns what lld writes as its output, which is empty when lld only prints; nullopt when the link failed. Appends
  // lld's messages to `messages`. On a machine without start files (start_files.h) ours take their place, and
  // LinkFailed is thrown for static programs.
  virtual std::optional<Bytes> link_command(const std::vector<std::string>& arguments, std::string& messages) = 0;
};

}  // namespace dijitso::exporter

// libdijitso-compiler exports this function without name mangling.
extern "C" DIJITSO_API std::unique_ptr<dijitso::exporter::SharedLinker>* dijitso_export_new_linker();
