// Clang's driver plans the command and answers questions (--version, -print-file-name=). Its jobs are those of other
// programs: clang -cc1, clang -cc1as and a linker. Here they are run in this process. Tested in tests/cc.

#include "compile/command/plan_command.h"

#include "compile/command/assemble.h"
#include "compile/command/run_clang.h"
#include "compile/driver/command_driver.h"
#include "compile/driver/system_headers.h"

#include <clang/Basic/Version.h>
#include <clang/Driver/Tool.h>
#include <clang/Options/Options.h>
#include <llvm/ADT/StringRef.h>

#include <algorithm>

namespace dijitso::compilation {
namespace {

using clang::driver::Command;

// Header packs take the place of the machine's system headers.
void use_packs(const llvm::opt::ArgList& flags, const CommandRequest& request, std::vector<std::string>& arguments) {
  if (!has_system_headers(request.header_packs)) return;
  CompileRequest compile;
  const auto language = std::ranges::find(arguments, "-x");
  compile.is_c =
      language == arguments.end() || language + 1 == arguments.end() || !llvm::StringRef(language[1]).contains("c++");
  compile.header_packs = request.header_packs;
  compile.machine_headers = request.machine_headers;
  use_packed_system_headers(flags, compile, arguments);
}

CommandJob job_of(const Command& command, const llvm::opt::ArgList& flags, const CommandRequest& request) {
  CommandJob job;
  for (const char* argument : command.getArguments()) job.arguments.emplace_back(argument);
  const std::string tool = job.arguments.empty() ? "" : job.arguments.front();
  if (command.getCreator().isLinkJob())
    job.kind = CommandJob::Kind::link;
  else if (tool == "-cc1as")
    job.kind = CommandJob::Kind::assemble;
  else if (tool != "-cc1")
    throw InvalidArgument(std::string("the command needs another program, ") + command.getExecutable() +
                          ", which is not started");
  if (job.kind == CommandJob::Kind::compile) use_packs(flags, request, job.arguments);
  if (job.kind != CommandJob::Kind::link) job.arguments.erase(job.arguments.begin());
  return job;
}

// Of other commands Clang would look for its files in the directory of the program, and find others there.
bool only_tells_version(const std::vector<std::string>& words) {
  const auto is_option = [](const std::string& word) { return word.starts_with('-'); };
  return std::ranges::count(words, "--version") > 0 ||
         (std::ranges::count(words, "-v") > 0 && std::ranges::all_of(words, is_option));
}

}  // namespace

CommandPlan plan_command(const CommandRequest& request) {
  std::vector<std::string> words = first_words(request.is_cxx_driver, request.header_packs);
  words.insert(words.end(), request.words.begin(), request.words.end());
  CommandDriver driver(std::move(words), nullptr);
  if (only_tells_version(request.words))
    driver.driver().Dir = request.program.substr(0, std::min(request.program.rfind('/'), request.program.size()));
  const std::unique_ptr<clang::driver::Compilation> compilation = driver.build();
  llvm::outs().flush();
  llvm::errs() << driver.messages();
  CommandPlan plan;
  plan.ok = compilation && !driver.has_errors() && !compilation->containsError();
  if (!plan.ok) return plan;
  const bool is_shown = compilation->getArgs().hasArg(clang::options::OPT__HASH_HASH_HASH);
  if (is_shown || compilation->getArgs().hasArg(clang::options::OPT_v))
    compilation->getJobs().Print(llvm::errs(), "\n", /*Quote=*/is_shown);
  if (is_shown) return plan;
  for (const Command& command : compilation->getJobs())
    plan.jobs.push_back(job_of(command, compilation->getArgs(), request));
  for (const char* file : compilation->getTempFiles()) plan.temporaries.emplace_back(file);
  return plan;
}

bool run_job(const CommandJob& job, const CommandRequest& request) {
  const bool ok = job.kind == CommandJob::Kind::assemble ? assemble(job.arguments) : run_clang(job.arguments, request);
  llvm::outs().flush();
  return ok;
}

}  // namespace dijitso::compilation
