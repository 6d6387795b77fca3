// Tested in unittests/compile/command_compile_test.cpp and tests/cc.

#include "compile/driver/command_driver.h"

#include "compile/driver/flag_table.h"
#include "compile/driver/system_headers.h"
#include "llvm-config/host.h"

#include <clang/Frontend/CompilerInvocation.h>
#include <clang/Options/Options.h>
#include <llvm/Option/ArgList.h>
#include <llvm/Option/OptTable.h>
#include <llvm/Support/VirtualFileSystem.h>

#include <algorithm>

namespace dijitso::compilation {
namespace {

std::vector<const char*> c_strings(const std::vector<std::string>& strings) {
  std::vector<const char*> pointers;
  for (const std::string& string : strings) pointers.push_back(string.c_str());
  return pointers;
}

void check_flags(const std::vector<const char*>& words) {
  unsigned missing_index = 0;
  unsigned missing_count = 0;
  const llvm::opt::InputArgList parsed =
      clang::getDriverOptTable().ParseArgs(llvm::ArrayRef(words).drop_front(), missing_index, missing_count,
                                           llvm::opt::Visibility(clang::options::ClangOption));
  for (const llvm::opt::Arg* arg : parsed)
    if (const std::string_view reason = reason_to_refuse_in_command(*arg); !reason.empty())
      throw InvalidArgument("option '" + arg->getAsString(parsed) + "' is refused: " + std::string(reason));
}

}  // namespace

std::string program_name(bool is_cxx_driver) { return is_cxx_driver ? "dijitso-c++" : "dijitso-cc"; }

std::vector<std::string> first_words(bool is_cxx_driver, const HeaderPacks& packs) {
  std::vector<std::string> words = {program_name(is_cxx_driver),
                                    is_cxx_driver ? "--driver-mode=g++" : "--driver-mode=gcc", "--no-default-config",
                                    "-resource-dir=" DIJITSO_RESOURCE_DIR, "-Wno-unused-command-line-argument"};
  if (has_system_headers(packs)) words.emplace_back("-nostdinc");
  return words;
}

CommandDriver::CommandDriver(std::vector<std::string> words, llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> files)
    : words_(std::move(words)),
      pointers_(c_strings(words_)),
      options_(clang::CreateAndPopulateDiagOpts(pointers_)),
      stream_(text_),
      printer_(stream_, *options_),
      engine_(clang::DiagnosticIDs::create(), *options_, &printer_, /*ShouldOwnClient=*/false),
      driver_("/dijitso/" + words_.front(), llvm_config::host_triple(), engine_, "clang LLVM compiler", files) {
  printer_.setPrefix(words_.front());
  check_flags(pointers_);
  clang::ProcessWarningOptions(engine_, *options_, *llvm::vfs::getRealFileSystem(), /*ReportDiags=*/false);
}

std::unique_ptr<clang::driver::Compilation> CommandDriver::build() {
  return std::unique_ptr<clang::driver::Compilation>(driver_.BuildCompilation(pointers_));
}

std::vector<std::string> command_arguments(const CompileRequest& request, std::string& messages) {
  const bool is_packed = has_system_headers(request.header_packs);
  std::vector<std::string> words = first_words(request.command->is_cxx_driver, request.header_packs);
  words.push_back("-fdebug-compilation-dir=" + request.directory);
  words.insert(words.end(), request.arguments.begin(), request.arguments.end());
  words.insert(words.end(), {"-x", request.command->language, "-c", "--", request.command->name});
  llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> files;  // the driver's default is the disk
  if (is_packed) files = llvm::makeIntrusiveRefCnt<llvm::vfs::InMemoryFileSystem>();
  CommandDriver driver(std::move(words), std::move(files));
  driver.driver().setCheckInputsExist(false);
  const std::unique_ptr<clang::driver::Compilation> compilation = driver.build();
  if (driver.has_errors()) throw InvalidArgument(driver.messages());
  messages += driver.messages();
  std::vector<std::string> arguments;
  if (compilation && compilation->getJobs().size() == 1)
    for (const char* argument : compilation->getJobs().begin()->getArguments()) arguments.emplace_back(argument);
  if (std::ranges::find(arguments, "-emit-obj") == arguments.end())
    throw InvalidArgument("with these options the compiler would not write an object file");
  if (is_packed) use_packed_system_headers(compilation->getArgs(), request, arguments);
  return arguments;
}

}  // namespace dijitso::compilation
