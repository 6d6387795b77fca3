// One link: the arguments of an ordinary command line, lld, and what it says taken apart. lld keeps its state in
// globals, so links wait for each other. When it gives up at a file that is no library, it leaves by a jump that needs
// LLVM's crash recovery; after that its state is lost, and it says that it cannot run again.
//
// With every library goes a small object that does what the compiler's start files do (runtime.c). Own definitions
// win over those of the program (-Bsymbolic), as they do with the run-time linker. Tested in
// unittests/export/shared_linker_test.cpp.

#include "export/shared_linker.h"

#include "export/linker_messages.h"
#include "export/memory_file.h"
#include "support/float_environment.h"

#include <dijitso/error.h>
#include <dlfcn.h>
#include <link.h>
#include <lld/Common/Driver.h>
#include <llvm/Support/CrashRecoveryContext.h>
#include <llvm/Support/raw_ostream.h>

#include <algorithm>
#include <deque>
#include <mutex>
#include <string_view>

LLD_HAS_DRIVER(elf)

namespace dijitso::exporter {
namespace {

constexpr std::uint8_t runtime_object[] = {
#include "runtime_object.inc"
};

// The C and C++ libraries are those of this process: the files need no development packages.
std::vector<std::string> language_libraries() {
  std::vector<std::string> paths;
  const auto look = [](dl_phdr_info* info, std::size_t, void* found) {
    const std::string_view path = info->dlpi_name;
    const std::string_view name = path.substr(path.rfind('/') + 1);
    for (const std::string_view wanted :
         {"libstdc++.so.", "libm.so.", "libgcc_s.so.", "libc.so.", "ld-linux", "ld64.so."})
      if (name.starts_with(wanted)) static_cast<std::vector<std::string>*>(found)->emplace_back(path);
    return 0;
  };
  ::dl_iterate_phdr(look, &paths);
  return paths;
}

struct CrashRecovery {
  CrashRecovery() { llvm::CrashRecoveryContext::Enable(); }
  ~CrashRecovery() { llvm::CrashRecoveryContext::Disable(); }
};

std::string joined(const std::vector<std::string>& words, const char* separator) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : separator) + word;
  return text;
}

LinkFailed missing(const SharedRequest& request, const std::vector<std::string>& symbols) {
  std::string searched;
  for (const LibraryInput& library : request.libraries) searched += library.path + ", ";
  return LinkFailed("no shared library can be made of module '" + request.name + "': it needs " +
                        joined(symbols, ", ") + ", which is defined neither by it nor by any of " + searched +
                        "the C++ and C libraries; name the module or the library (build.libs) that defines it. What "
                        "only this program defines can be used with cache.lib_loader 'orc'",
                    symbols);
}

class Lld : public SharedLinker {
 public:
  Bytes link(const SharedRequest& request) override {
    const std::lock_guard lock(mutex_);
    const DefaultFloatEnvironment usual;
    Outcome outcome = run(request, false);
    if (outcome.ok) return std::move(outcome.library);
    const std::vector<std::string> symbols = undefined_symbols(outcome.messages);
    if (request.for_python && !symbols.empty() && std::all_of(symbols.begin(), symbols.end(), is_python_symbol)) {
      outcome = run(request, true);
      if (outcome.ok) return std::move(outcome.library);
    }
    if (!symbols.empty()) throw missing(request, symbols);
    throw LinkFailed("no shared library can be made of module '" + request.name + "': " + outcome.messages);
  }

 private:
  struct Outcome {
    bool ok = false;
    Bytes library;
    std::string messages;
  };

  Outcome run(const SharedRequest& request, bool allow_undefined) {
    if (!can_run_)
      throw LinkFailed("no shared library can be made of module '" + request.name +
                       "': the linker gave up at an earlier one and cannot be used again in this process; start the "
                       "program anew");
    const MemoryFile runtime("runtime.o", runtime_object);
    const MemoryFile object(request.name + ".o", request.object);
    MemoryOutput output;
    std::deque<MemoryFile> files;  // addresses stay
    const std::vector<std::string> arguments =
        make_arguments(request, allow_undefined, {runtime.path(), object.path()}, output.path(), files);
    std::vector<const char*> pointers;
    for (const std::string& argument : arguments) pointers.push_back(argument.c_str());

    Outcome outcome;
    llvm::raw_string_ostream messages(outcome.messages);
    lld::Result result;
    {
      const CrashRecovery recovery;
      result = lld::lldMain(pointers, messages, messages, {{lld::Gnu, &lld::elf::link}});
    }
    can_run_ = result.canRunAgain;
    outcome.library = output.take();
    outcome.ok = result.retCode == 0 && !outcome.library.empty();
    for (const std::string& path : {object.path(), output.path()}) rename_in(outcome.messages, path, request.name);
    return outcome;
  }

  // People shall read of the module, not of a descriptor.
  static void rename_in(std::string& messages, const std::string& path, const std::string& name) {
    for (std::size_t at; (at = messages.find(path)) != messages.npos;) messages.replace(at, path.size(), name);
  }

  static std::vector<std::string> make_arguments(const SharedRequest& request, bool allow_undefined,
                                                 const std::vector<std::string>& objects, const std::string& output,
                                                 std::deque<MemoryFile>& files) {
    std::vector<std::string> arguments = {"ld.lld",
                                          "-shared",
                                          "--threads=1",
                                          "--build-id=none",
                                          "--error-limit=0",
                                          "-z",
                                          "noexecstack",
                                          "-z",
                                          "relro",
                                          "-z",
                                          "now",
                                          "--eh-frame-hdr",
                                          "--hash-style=gnu",
                                          "-Bsymbolic",
                                          "--enable-new-dtags",
                                          "-z",
                                          allow_undefined ? "undefs" : "defs",
                                          "-soname",
                                          request.soname,
                                          "-o",
                                          output};
    for (const std::string& dir : request.runpath) arguments.insert(arguments.end(), {"-rpath", dir});
    arguments.insert(arguments.end(), objects.begin(), objects.end());
    for (const LibraryInput& library : request.libraries) {
      arguments.push_back(library.as_needed ? "--as-needed" : "--no-as-needed");
      arguments.push_back(library.content.empty() ? library.path
                                                  : files.emplace_back(library.path, library.content).path());
    }
    arguments.push_back("--as-needed");
    for (const std::string& path : language_libraries()) arguments.push_back(path);
    return arguments;
  }

  std::mutex mutex_;
  bool can_run_ = true;
};

}  // namespace
}  // namespace dijitso::exporter

extern "C" DIJITSO_API std::unique_ptr<dijitso::exporter::SharedLinker>* dijitso_export_new_linker() {
  return new std::unique_ptr<dijitso::exporter::SharedLinker>(std::make_unique<dijitso::exporter::Lld>());
}
