// Makes the arguments of an ordinary command line, runs lld, and parses its messages. lld keeps its state in globals,
// so only one link runs at a time.
//
// Every library contains a small object that does the work of the compiler's start files (runtime.c). The library's own
// definitions take precedence over those of the program (-Bsymbolic), as with the run-time linker. Tested in
// unittests/export/shared_linker_test.cpp.

#include "export/shared_linker.h"

#include "export/linker_messages.h"
#include "export/lld.h"
#include "export/memory_file.h"
#include "export/start_files.h"
#include "export/unique_names.h"
#include "support/file_size_signal.h"
#include "support/float_environment.h"
#include "support/fork.h"
#include "support/lock.h"

#include <dijitso/error.h>
#include <dlfcn.h>
#include <link.h>

#include <algorithm>
#include <deque>
#include <string_view>
#include <utility>

namespace dijitso::exporter {
namespace {

constexpr std::uint8_t runtime_object[] = {
#include "runtime_object.inc"
};

constexpr std::uint8_t program_start_object[] = {
#include "program_start_object.inc"
};

// The compiler's static library; a link takes the members that the code needs (cmake/runtime_archive.cmake).
constexpr std::uint8_t runtime_helpers[] = {
#include "runtime_helpers.inc"
};

// Links with the C and C++ libraries of this process, so that no development packages are needed.
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
  const forking::Section section;  // locks the list of libraries, and a child could open none
  ::dl_iterate_phdr(look, &paths);
  return paths;
}

std::string joined(const std::vector<std::string>& words, const char* separator) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : separator) + word;
  return text;
}

std::vector<NamedLibrary> modules_of(const SharedRequest& request) {
  std::vector<NamedLibrary> modules;
  for (const LibraryInput& library : request.libraries)
    if (!library.content.empty()) modules.push_back({library.path, library.content});
  return modules;
}

LinkFailed missing(const SharedRequest& request, const std::vector<std::string>& symbols) {
  std::string searched;
  for (const LibraryInput& library : request.libraries) searched += library.path + ", ";
  return LinkFailed("cannot make a shared library of module '" + request.name + "': it needs " + joined(symbols, ", ") +
                        ", which is defined neither by it nor by any of " + searched +
                        "the C++ and C libraries; add the module that defines it as a dependency, or the library to "
                        "build.libs. Symbols that only this program defines need cache.lib_loader 'orc'",
                    symbols);
}

class Lld : public SharedLinker {
 public:
  Bytes link(const SharedRequest& request) override {
    const Lock lock(mutex_);
    const DefaultFloatEnvironment usual;
    const Bytes object = with_unique_names(request.object, request.soname, modules_of(request));
    if (request.for_python)
      if (std::optional<Bytes> library = link_for_python(request, object)) return std::move(*library);
    Outcome outcome = run(request, object, {"-z", "defs"});
    if (outcome.ok) return std::move(outcome.file);
    const std::vector<std::string> symbols = undefined_symbols(outcome.messages);
    if (!symbols.empty()) throw missing(request, symbols);
    throw LinkFailed("cannot make a shared library of module '" + request.name + "': " + outcome.messages);
  }

  // The first link (-shared) is discarded: only there lld reports code that was compiled without -fPIC.
  Bytes link_statically(const std::string& name, ByteView object, const std::vector<LibraryInput>& inputs) override {
    const Lock lock(mutex_);
    const NoFileSizeSignal guard;
    const MemoryFile own(name + ".o", object);
    std::deque<MemoryFile> files;  // a deque keeps the addresses of its elements
    std::vector<std::pair<std::string, std::string>> names = {{own.path(), name}};
    for (const LibraryInput& input : inputs)
      names.emplace_back(files.emplace_back(input.path, input.content).path(), input.path);
    Outcome outcome;
    for (const std::vector<std::string>& kind : {std::vector<std::string>{"-shared", "-z", "undefs"}, {"-r"}}) {
      MemoryOutput output;
      std::vector<std::string> arguments = {"ld.lld",          "--threads=1", "--build-id=none",
                                            "--error-limit=0", "-o",          output.path()};
      arguments.insert(arguments.end(), kind.begin(), kind.end());
      for (const auto& [path, shown] : names) arguments.push_back(path);
      outcome = run(arguments, output, names);
      if (!outcome.ok)
        throw LinkFailed("module '" + name + "' cannot be linked with its static libraries: " + outcome.messages);
    }
    return std::move(outcome.file);
  }

  std::optional<Bytes> link_command(const std::vector<std::string>& arguments, std::string& messages) override {
    const Lock lock(mutex_);
    const NoFileSizeSignal guard;
    MemoryOutput output;
    const MemoryFile runtime("runtime.o", runtime_object);
    const MemoryFile helpers("runtime_helpers.a", runtime_helpers);
    const MemoryFile program_start("start.o", program_start_object);
    const std::vector<std::string> missing = missing_start_files(arguments);
    if (!missing.empty() && std::ranges::count(arguments, "-static") > 0)
      throw LinkFailed("cannot link a static program: this machine has no " + joined(missing, ", ") +
                           "; install the development files of the C library and a compiler's (Debian: libc6-dev and "
                           "libgcc-12-dev, for C++ libstdc++-12-dev), or link without -static",
                       {});
    std::vector<std::string> own = {runtime.path(), helpers.path()};
    if (std::ranges::count(arguments, "-shared") == 0) own.push_back(program_start.path());
    // As for GNU's linker, a version script may name symbols that are not there (zlib's configure script tries that).
    std::vector<std::string> command = {"ld.lld", "--threads=1", "--undefined-version"};
    const std::vector<std::string> complete =
        missing.empty() ? arguments : without_start_files(arguments, own, language_libraries());
    command.insert(command.end(), complete.begin(), complete.end());
    const auto option = std::ranges::find(command, "-o");
    if (option != command.end() && option + 1 != command.end()) option[1] = output.path();
    const bool is_linked = run_lld(command, messages);
    rename_in(messages, program_start.path(), "start.o");
    if (!is_linked) return std::nullopt;
    return output.take();
  }

 private:
  struct Outcome {
    bool ok = false;
    Bytes file;
    std::string messages;
  };

  // nullopt when more than Python's symbols is missing, or the link failed. To report a missing symbol, lld searches
  // all others for similar names, which takes longer than the link. So any may be missing here, and lld tells which of
  // those that are not Python's it has found.
  static std::optional<Bytes> link_for_python(const SharedRequest& request, ByteView object) {
    std::vector<std::string> others = needed_symbols(object);
    std::erase_if(others, is_python_symbol);
    std::vector<std::string> options = {"-z", "undefs"};
    for (const std::string& name : others) options.insert(options.end(), {"-y", name});
    Outcome outcome = run(request, object, options);
    const auto defined = defined_symbols(outcome.messages);
    const auto is_defined = [&](const std::string& name) { return defined.contains(name); };
    if (!outcome.ok || !std::ranges::all_of(others, is_defined)) return std::nullopt;
    return std::move(outcome.file);
  }

  static Outcome run(const SharedRequest& request, ByteView content, const std::vector<std::string>& options) {
    const NoFileSizeSignal guard;
    const MemoryFile runtime("runtime.o", runtime_object);
    const MemoryFile helpers("runtime_helpers.a", runtime_helpers);
    const MemoryFile object(request.name + ".o", content);
    MemoryOutput output;
    std::deque<MemoryFile> files;  // a deque keeps the addresses of its elements
    std::vector<std::string> arguments =
        make_arguments(request, options, {runtime.path(), object.path()}, output.path(), files);
    arguments.push_back(helpers.path());
    return run(arguments, output, {{object.path(), request.name}, {output.path(), request.name}});
  }

  // `names` maps the paths of files in memory to the names that messages show to users.
  static Outcome run(const std::vector<std::string>& arguments, MemoryOutput& output,
                     const std::vector<std::pair<std::string, std::string>>& names) {
    Outcome outcome;
    const bool is_linked = run_lld(arguments, outcome.messages);
    outcome.file = output.take();
    outcome.ok = is_linked && !outcome.file.empty();
    for (const auto& [path, name] : names) rename_in(outcome.messages, path, name);
    return outcome;
  }

  static void rename_in(std::string& messages, const std::string& path, const std::string& name) {
    for (std::size_t at; (at = messages.find(path)) != messages.npos;) messages.replace(at, path.size(), name);
  }

  static std::vector<std::string> make_arguments(const SharedRequest& request, const std::vector<std::string>& options,
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
                                          "-soname",
                                          request.soname,
                                          "-o",
                                          output};
    arguments.insert(arguments.end(), options.begin(), options.end());
    for (const std::string& dir : request.runpath) arguments.insert(arguments.end(), {"-rpath", dir});
    arguments.insert(arguments.end(), objects.begin(), objects.end());
    for (const LibraryInput& library : request.libraries) {
      arguments.push_back(library.content.empty() ? "--as-needed" : "--no-as-needed");
      if (!library.content.empty())
        arguments.push_back(files.emplace_back(library.path, library.content).path());
      else if (library.has_soname)
        arguments.push_back(library.path);
      else
        arguments.insert(arguments.end(), {"-L" + library.path.substr(0, library.path.rfind('/') + 1),
                                           "-l:" + library.path.substr(library.path.rfind('/') + 1)});
    }
    arguments.push_back("--as-needed");
    for (const std::string& path : language_libraries()) arguments.push_back(path);
    return arguments;
  }

  PlainMutex mutex_;
};

}  // namespace
}  // namespace dijitso::exporter

extern "C" DIJITSO_API std::unique_ptr<dijitso::exporter::SharedLinker>* dijitso_export_new_linker() {
  return new std::unique_ptr<dijitso::exporter::SharedLinker>(std::make_unique<dijitso::exporter::Lld>());
}
