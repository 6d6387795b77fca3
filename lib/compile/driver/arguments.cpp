// Flags are written for a compiler driver, mostly GCC's. Clang's own driver, run as a library, knows what they mean:
// include paths of the C++ library, defaults of the platform, -O levels. A run of the driver takes milliseconds, so
// each set of flags is translated once. Flags that Clang does not know (GCC-only ones) are left out and reported; flags
// that cannot work inside a process are refused (flag_table.h). Tested in unittests/compile/arguments_test.cpp.

#include "compile/driver/arguments.h"

#include "compile/driver/command_driver.h"
#include "compile/driver/flag_table.h"
#include "compile/driver/invocation.h"
#include "compile/driver/system_headers.h"
#include "compile/driver/targets.h"
#include "compile/driver/toolchain_files.h"
#include "llvm-config/out_of_memory.h"

#include <clang/Basic/DiagnosticOptions.h>
#include <clang/Driver/Compilation.h>
#include <clang/Driver/Driver.h>
#include <clang/Frontend/TextDiagnosticBuffer.h>
#include <clang/Options/Options.h>
#include <llvm/Option/ArgList.h>
#include <llvm/Option/OptTable.h>
#include <llvm/Support/VirtualFileSystem.h>
#include <llvm/TargetParser/Triple.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <string_view>

namespace dijitso::compilation {
namespace {

// Environment variables that the driver reads.
constexpr std::array driver_environment = {"CPATH", "C_INCLUDE_PATH", "CPLUS_INCLUDE_PATH", "SOURCE_DATE_EPOCH"};

[[noreturn]] void refuse(const std::string& flag, std::string_view reason) {
  throw InvalidArgument("compiler flag '" + flag + "' is refused: " + std::string(reason));
}

std::vector<const char*> c_strings(const std::vector<std::string>& strings) {
  std::vector<const char*> pointers;
  pointers.reserve(strings.size());
  for (const std::string& string : strings) pointers.push_back(string.c_str());
  return pointers;
}

// For a list without values, such as "-cl-ext=", Clang's driver reads the first value although there is none.
bool lacks_values(const llvm::opt::Arg& arg) {
  return arg.getOption().getKind() == llvm::opt::Option::CommaJoinedClass && arg.getNumValues() == 0;
}

// Clang's driver parses these values with std::stoi. Its exception must not pass through the driver: LLVM is built
// without exceptions, so the driver's resources would leak.
bool lacks_number(const llvm::opt::Arg& arg) {
  using namespace clang::options;
  const llvm::opt::Option& option = arg.getOption();
  int number = 0;
  return (option.matches(OPT_ftrivial_auto_var_init_max_size) ||
          option.matches(OPT_ftrivial_auto_var_init_stop_after)) &&
         llvm::StringRef(arg.getValue()).getAsInteger(10, number);
}

// Refuses flags that must not be used in this process, and moves flags without effect to `dropped`.
std::vector<std::string> checked_flags(const std::vector<std::string>& flags, std::vector<std::string>& dropped) {
  const std::vector<const char*> pointers = c_strings(flags);
  unsigned missing_index = 0;
  unsigned missing_count = 0;
  const llvm::opt::InputArgList parsed = clang::getDriverOptTable().ParseArgs(
      pointers, missing_index, missing_count, llvm::opt::Visibility(clang::options::ClangOption));

  std::vector<std::string> kept;
  for (auto it = parsed.begin(); it != parsed.end(); ++it) {
    const llvm::opt::Arg& arg = **it;
    const auto first = flags.begin() + arg.getIndex();
    const std::string& flag = *first;
    if (const std::string_view reason = reason_to_refuse(arg); !reason.empty()) refuse(flag, reason);
    if (arg.getOption().matches(clang::options::OPT_INPUT))
      throw InvalidArgument("compiler flag '" + flag +
                            "' is a file name, not a flag: generated source comes from `generate`");
    if (lacks_values(arg)) throw InvalidArgument("compiler flag '" + flag + "' needs a value");
    if (lacks_number(arg))
      throw InvalidArgument("compiler flag '" + flag + "' has a value that should be a number; give it one");
    const auto next = std::next(it);  // a flag may consist of several words
    const auto last = next == parsed.end() ? flags.end() : flags.begin() + (*next)->getIndex();
    auto& words = is_dropped(arg) ? dropped : kept;
    words.insert(words.end(), first, last);
  }
  if (missing_count != 0) throw InvalidArgument("compiler flag '" + flags[missing_index] + "' needs a value");
  return kept;
}

std::vector<std::string> driver_command(const CompileRequest& request, const std::vector<std::string>& flags) {
  std::vector<std::string> command = {"clang", request.is_c ? "--driver-mode=gcc" : "--driver-mode=g++",
                                      "--no-default-config", "-resource-dir=" DIJITSO_RESOURCE_DIR,
                                      "-no-canonical-prefixes"};
  if (has_system_headers(request.header_packs)) command.emplace_back("-nostdinc");
  // Otherwise atomic operations would call functions of the static libgcc, which is not linked.
  const bool is_arm = llvm::Triple(triple_of(request)).isAArch64();
  if (is_arm) command.push_back("-mno-outline-atomics");
  command.insert(command.end(), flags.begin(), flags.end());
  if (!request.target_cpu.empty()) command.push_back((is_arm ? "-mcpu=" : "-march=") + request.target_cpu);
  // The object must not depend on the directory in which it is compiled, and must be linkable anywhere in the address
  // space.
  command.insert(command.end(), {"-fPIC", std::string("-ffile-compilation-dir=") + module_dir, "-fno-lto",
                                 "-Wno-unused-command-line-argument"});
  command.push_back(std::string("-I") + module_dir);
  for (const std::string& dir : request.include_dirs) command.push_back("-I" + dir);
  command.insert(command.end(), {"-x", request.is_c ? "c" : "c++", "-c", placeholder_source(request.is_c)});
  return command;
}

// Options of LLVM (-mllvm) are global to the process, so they are never set. flag_table.h refuses or drops the flags
// that are known to become such options.
void refuse_global_options(const std::vector<std::string>& arguments) {
  const auto option = std::ranges::find(arguments, "-mllvm");
  if (option != arguments.end() && option + 1 != arguments.end())
    throw InvalidArgument("the compiler turns a flag into the option '" + option[1] +
                          "', which would apply to the whole process; leave that flag out");
}

// The driver reads CPATH and similar variables itself. Relative directories in them are relative to the caller's
// current directory.
void make_absolute(std::vector<std::string>& arguments, const std::string& directory) {
  if (directory.empty()) return;
  const auto complete = [&](std::string& argument, std::size_t begin) {
    if (argument.size() > begin && argument[begin] != '/') argument.insert(begin, directory + "/");
  };
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i].starts_with("-I")) complete(arguments[i], 2);
    const bool is_pair = arguments[i] == "-c-isystem" || arguments[i] == "-cxx-isystem" || arguments[i] == "-I";
    if (is_pair && i + 1 < arguments.size()) complete(arguments[++i], 0);
  }
}

// The arguments of the single job that the driver plans for a command.
std::vector<std::string> compiler_arguments(const std::vector<std::string>& command, const CompileRequest& request) {
  clang::DiagnosticOptions options;
  clang::TextDiagnosticBuffer messages;
  clang::DiagnosticsEngine diagnostics(clang::DiagnosticIDs::create(), options, &messages, /*ShouldOwnClient=*/false);
  const bool is_packed = has_system_headers(request.header_packs);
  llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> files;  // the driver's default is the disk
  if (is_packed) files = llvm::makeIntrusiveRefCnt<llvm::vfs::InMemoryFileSystem>();
  const llvm_config::AbandonedOnThrow<clang::driver::Driver> driver("/dijitso/clang", triple_of(request), diagnostics,
                                                                    "clang LLVM compiler", files);
  driver->setCheckInputsExist(false);
  const std::unique_ptr<clang::driver::Compilation> compilation(driver->BuildCompilation(c_strings(command)));
  if (messages.err_begin() != messages.err_end())
    throw InvalidArgument("the compiler refuses its flags: " + messages.err_begin()->second);

  std::vector<std::string> arguments;
  if (compilation && compilation->getJobs().size() == 1)
    for (const char* argument : compilation->getJobs().begin()->getArguments()) arguments.emplace_back(argument);
  if (std::find(arguments.begin(), arguments.end(), "-emit-obj") == arguments.end())
    throw InvalidArgument(
        "with these flags the compiler would not write an object file: leave out flags for another kind of output");
  refuse_global_options(arguments);
  make_absolute(arguments, request.directory);
  if (is_packed) use_packed_system_headers(compilation->getArgs(), request, arguments);
  return arguments;
}

// For a compiler command: as Clang's own command would do it, but that the source is in memory.
Translation run_command_driver(const CompileRequest& request) {
  Translation translation;
  for (std::string& argument : command_arguments(request, translation.messages))
    if (argument != "-cc1" && argument != "-disable-free") translation.arguments.push_back(std::move(argument));
  refuse_global_options(translation.arguments);
  translation.invocation = make_invocation(translation.arguments);
  return translation;
}

Translation run_driver(const CompileRequest& request) {
  prepare_target(request);
  if (request.command) return run_command_driver(request);
  Translation translation;
  const std::vector<std::string> flags = checked_flags(request.arguments, translation.dropped_flags);
  // These CPUs have four instructions (SSE4a) that only AMD supports. Code with them could not run on other CPUs.
  if (request.target_cpu.starts_with("znver"))
    translation.arguments.insert(translation.arguments.end(), {"-target-feature", "-sse4a"});
  // The features come first, so that a flag such as -mno-avx512f can take one away.
  for (const std::string& feature : request.target_features)
    translation.arguments.insert(translation.arguments.end(), {"-target-feature", "+" + feature});
  translation.arguments.push_back(
      "-disable-pragma-debug-crash");  // "#pragma clang __debug crash" would end the process
  for (std::string& argument : compiler_arguments(driver_command(request, flags), request))
    // Remove -disable-free: it leaks the memory of every compile, which is only right for a process that ends.
    if (argument != "-cc1" && argument != "-disable-free") translation.arguments.push_back(std::move(argument));
  translation.invocation = make_invocation(translation.arguments);
  return translation;
}

std::vector<std::string> key_of(const CompileRequest& request) {
  std::vector<std::string> key = {request.is_c ? "c" : "c++", request.target_triple, request.target_cpu,
                                  request.directory};
  for (const char* name : driver_environment) {
    const char* value = std::getenv(name);
    key.push_back(value ? std::string("=") + value : "");
  }
  for (const std::vector<std::string>* part : {&request.arguments, &request.target_features, &request.include_dirs}) {
    key.push_back(std::to_string(part->size()));  // marks where one part ends and the next begins
    key.insert(key.end(), part->begin(), part->end());
  }
  for (const auto& pack : request.header_packs) key.push_back(pack->digest().hex());
  if (request.machine_headers) key.emplace_back("machine headers");
  if (request.command)
    for (const std::string& word : {request.command->name, request.command->language,
                                    std::string(request.command->is_cxx_driver ? "c++ command" : "c command")})
      key.push_back(word);
  return key;
}

// A request for which the driver adds only the system's own directories.
CompileRequest without_directories(const CompileRequest& request) {
  CompileRequest plain;
  plain.is_c = request.is_c;
  plain.target_triple = request.target_triple;
  for (const std::string& flag : request.arguments)  // selects the C++ library
    if (flag.starts_with("-stdlib=") || flag.starts_with("--stdlib=")) plain.arguments.push_back(flag);
  return plain;
}

}  // namespace

std::string placeholder_source(bool is_c) { return std::string(module_dir) + (is_c ? "/@module@.c" : "/@module@.cpp"); }

const Translation& ArgumentTranslator::translate(const CompileRequest& request) {
  const Lock lock(mutex_);
  return translate_locked(request);
}

const Translation& ArgumentTranslator::translate_locked(const CompileRequest& request) {
  std::vector<std::string> key = key_of(request);
  if (const auto found = known_.find(key); found != known_.end()) return found->second;
  Translation translation = run_driver(request);
  const CompileRequest plain = without_directories(request);
  if (key_of(plain) == key)
    translation.toolchain_dirs = toolchain_dirs(translation.arguments);
  else if (!has_system_headers(request.header_packs))  // packs are watched as packs
    translation.toolchain_dirs = translate_locked(plain).toolchain_dirs;
  return known_.emplace(std::move(key), std::move(translation)).first->second;
}

}  // namespace dijitso::compilation
