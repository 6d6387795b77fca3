// The command doctor. Its last checks compile and run code through the public functions; only these checks load LLVM.
// Tested in tests/cli/doctor_test.py.
#include "cache/inspect/doctor.h"

#include "cmdline/core/options.h"
#include "cmdline/core/output.h"
#include "support/code_pages.h"

#include <dijitso/build.h>
#include <dijitso/jit.h>
#include <dijitso/peers.h>

#include <nlohmann/json.hpp>

#include <stdlib.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>

namespace dijitso::cmdline {
namespace {

namespace fs = std::filesystem;
using cache::Checkup;
using State = Checkup::State;

const char* name_of(State state) { return state == State::ok ? "ok" : state == State::warning ? "warning" : "problem"; }

// A temporary directory for the modules that are compiled here; the destructor removes it.
class Scratch {
 public:
  Scratch() : path_((fs::temp_directory_path() / "dijitso-doctor-XXXXXX").string()) {
    if (!::mkdtemp(path_.data()))
      throw CacheError("no directory can be made in '" + fs::temp_directory_path().string() + "'");
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// Compiles a module and calls its function `answer`, which must return 42.
void compile_and_call(const std::string& name, const std::string& includes, const Params& params) {
  Jit jit;
  const auto generate = [&](const std::string&, const std::string&, const GeneratorParams&) {
    return Generated{"", includes + "extern \"C\" int answer(int x) { return 2 * x; }\n", {}};
  };
  const Library library = jit.jit(name, params, generate).first;
  if (library.function<int(int)>("answer")(21) != 42) throw LinkFailed("the compiled function gives a wrong result");
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

Checkup check_compiling(const Params& params) try {
  if (!Peers::can_build())
    return {"compiler", State::warning, "libdijitso-compiler is not installed",
            "this machine can only use what others have compiled; install it where modules are to be compiled"};
  compile_and_call("doctor_compile", "", params);
  return {"compiler", State::ok, "a function was compiled, linked and called", ""};
} catch (const CompileFailed& error) {
  return {"compiler", State::problem, first_line(error.what()), "check build.cxxflags, 'config' shows them"};
} catch (const LinkFailed& error) {
  return {"compiler", State::problem, first_line(error.what()), "check build.libs and build.lib_dirs"};
} catch (const std::exception& error) {
  return {"compiler", State::problem, first_line(error.what()),
          "install the libraries libdijitso-compiler and libdijitso-orc beside libdijitso"};
}

// Tries executable memory, which only code that is linked in memory needs.
Checkup check_executable_memory(const CacheParams& params) {
  std::byte* pages = nullptr;
  std::string reason = map_pages(page_size(), pages);
  if (reason.empty()) {
    reason = protect_pages(pages, page_size(), false, true);
    unmap_pages(pages, page_size());
  }
  if (reason.empty())
    return {
        "executable memory", State::ok,
        written_pages_are_refused() ? "written memory may not be executed here; memory files take its place" : "works",
        ""};
  if (params.lib_loader != "orc")
    return {"executable memory", State::warning, reason, "keep cache.lib_loader at '" + params.lib_loader + "'"};
  const std::size_t remedy = reason.rfind(": ");  // the reason ends with the remedy
  return {"executable memory", State::problem, reason.substr(0, remedy), reason.substr(remedy + 2)};
}

// Adds one line for each header pack that a request uses.
void add_packs(const Params& params, std::vector<Checkup>& found) try {
  for (const build::HeaderPackFacts& pack : build::header_packs(params.build)) {
    std::string names;
    for (const build::PackedHeaders& directory : pack.directories)
      names += (names.empty() ? "" : ", ") + directory.name;
    found.push_back({"header pack", State::ok, "'" + pack.file + "' has " + names + "; digest " + pack.digest, ""});
  }
} catch (const std::exception& error) {
  found.push_back({"header pack", State::problem, error.what(), ""});
}

// Adds one line for each package that a request uses.
void add_packages(const Params& params, std::vector<Checkup>& found) try {
  for (const build::PackageFacts& package : build::packages(params.build)) {
    std::string flags;
    for (const std::string& flag : package.flags) flags += " " + flag;
    found.push_back({"package", State::ok,
                     "'" + package.name + "' " + package.version + " in '" + package.file + "' adds" +
                         (flags.empty() ? " nothing" : flags),
                     ""});
  }
} catch (const std::exception& error) {
  found.push_back({"package", State::problem, error.what(),
                   "correct build.packages and build.mpi, or name the directories of .pc files in PKG_CONFIG_PATH"});
}

Checkup check_headers(const Params& params) try {
  compile_and_call("doctor_headers", "#include <cmath>\n#include <vector>\n#include <stdint.h>\n", params);
  return {"headers", State::ok, "those of C and C++ are found", ""};
} catch (const std::exception& error) {
  return {"headers", State::problem, first_line(error.what()),
          "install the headers of the C and C++ libraries (libc6-dev, libstdc++-12-dev) and of Clang, or a header pack "
          "that 'pack-headers --default' made where they are"};
}

void add_compiling(const Params& given, std::vector<Checkup>& found) try {
  found.push_back(check_executable_memory(given.cache));
  if (found.back().state == State::problem) return;
  const Scratch scratch;
  Params params = given;
  params.cache.cache_dir = scratch.path() + "/cache";
  params.cache.fail_dir_root = scratch.path();
  params.cache.readonly_dirs.clear();
  params.build.pch = "off";
  found.push_back(check_compiling(params));
  if (found.back().state == State::ok) found.push_back(check_headers(params));
} catch (const std::exception& error) {
  found.push_back({"compiler", State::problem, error.what(), "set TMPDIR to a directory that can be written"});
}

void print_as_json(std::ostream& out, const std::string& dir, const std::vector<Checkup>& found) {
  Json document = json_document();
  document["cache_dir"] = dir;
  Json& list = document["checks"] = Json::array();
  for (const Checkup& checkup : found)
    list.push_back({{"what", checkup.what},
                    {"state", name_of(checkup.state)},
                    {"found", checkup.found},
                    {"remedy", checkup.remedy}});
  print_json(out, document);
}

void print_as_text(std::ostream& out, const std::vector<Checkup>& found) {
  const Style style(out);
  for (const Checkup& checkup : found) {
    const std::string state = pad_right(name_of(checkup.state), 8);
    out << (checkup.state == State::ok ? state : style.bold(state)) << ' ' << checkup.what << ": "
        << printable(checkup.found);
    if (!checkup.remedy.empty()) out << "; " << printable(checkup.remedy);
    out << '\n';
  }
}

}  // namespace

void args_doctor(Parser& parser) {
  add_text(parser, {"path"}, "path", "DIR", "Directory to examine [default: the cache directory]");
  add_flag(parser, "--no-compile", "no_compile", "Leave out compiling, which takes a second");
  parser.add_argument(json_argument());
  parser.set_epilog(
      "Tries what a cache needs: owner and rights of the directory, its file system, space, creating, linking and\n"
      "renaming of files, executable memory, and whether a function can be compiled and called here. Shows what "
      "header\n"
      "packs and packages (build.packages, build.mpi) requests use. What is written is removed again; with --dry-run\n"
      "nothing is written. Exit code: 1 when there is a problem.");
}

int cmd_doctor(const Args& args, const ParamsDict& given, std::ostream& out) {
  const Options options(args_doctor, args);
  Params params = validate_params(given);
  if (const auto path = options.text("path")) {
    if (path->empty()) throw UsageError("DIR is empty");
    params.cache.cache_dir = *path;
  }
  const bool only_look = options.flag("dry_run");
  std::vector<Checkup> found = cache::examine_directories(params.cache, only_look);
  add_packs(params, found);
  add_packages(params, found);
  if (!only_look && !options.flag("no_compile")) add_compiling(params, found);
  if (options.flag("json"))
    print_as_json(out, params.cache.cache_dir, found);
  else
    print_as_text(out, found);
  const auto is_problem = [](const Checkup& checkup) { return checkup.state == State::problem; };
  return std::ranges::any_of(found, is_problem) ? 1 : 0;
}

}  // namespace dijitso::cmdline
