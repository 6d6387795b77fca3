// Objects become shared libraries that any program can dlopen, with lld inside this process.
//
// This header shows no LLVM type: it is implemented in libdijitso-compiler, beside the compiler, and opened with it.
// Nothing is written to disk: files go in and out as bytes. Links are complete or fail: every symbol must come from the
// object, the libraries it is linked with, or the C and C++ libraries.
// Thread-safety: all functions may be called from any thread; links run one after another.
#pragma once

#include "support/bytes.h"

#include <dijitso/export.h>

#include <memory>
#include <string>
#include <vector>

namespace dijitso::exporter {

// A shared library to link with, as it would be named on a command line.
struct LibraryInput {
  std::string path;        // of the file; its SONAME when there is content
  ByteView content = {};   // when not empty, this is the library, of another module
  bool as_needed = false;  // DT_NEEDED only when it defines something that is used
  bool has_soname = true;  // when not, it is needed under the name of its file
};

struct SharedRequest {
  std::string name;  // of the module, for messages
  ByteView object;
  std::string soname;
  std::vector<LibraryInput> libraries;  // searched in this order, before the C++ and C libraries
  std::vector<std::string> runpath;
  bool for_python = false;  // names that begin with Py or _Py may be missing: the interpreter that imports it has them
};

class SharedLinker {
 public:
  virtual ~SharedLinker() = default;

  // The shared library. What it takes from the libraries of other modules is bound to them, whatever else the process
  // defines (unique_names.h). LinkFailed with the missing symbols, or with what the linker said.
  virtual Bytes link(const SharedRequest& request) = 0;

  // The relocatable object together with the bare objects among `inputs`, and with those members of the static archives
  // that it needs. What none of them has stays undefined. LinkFailed with what the linker said.
  virtual Bytes link_statically(const std::string& name, ByteView object, const std::vector<LibraryInput>& inputs) = 0;
};

}  // namespace dijitso::exporter

// Exported by libdijitso-compiler under this unmangled name.
extern "C" DIJITSO_API std::unique_ptr<dijitso::exporter::SharedLinker>* dijitso_export_new_linker();
