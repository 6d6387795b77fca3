// One command line from top to bottom: read it, compile each source or take its object from the cache, and write the
// objects, or link them. What the cache has no part in (preprocessing, assembly, questions, links) Clang's driver
// plans, and the compiler library runs; a command line that only finds its objects in the cache loads no LLVM. Tested
// in tests/cc.

#include <dijitso/compiler_command.h>

#include "cc/base_directory.h"
#include "cc/command_line.h"
#include "cc/compile_file.h"
#include "cc/dependency_rule.h"
#include "cc/documents.h"
#include "cc/output_file.h"
#include "cc/words.h"
#include "jit/link/backends.h"
#include "jit/request/header_packs.h"
#include "params/paths.h"
#include "support/descriptor.h"
#include "support/memory_file.h"

#include <dijitso/error.h>
#include <dijitso/version.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <map>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

namespace dijitso {
namespace {

using namespace cc;
using Last = CommandLine::Last;
using Words = std::vector<std::string>;

void print(std::FILE* to, std::string_view text) { std::fwrite(text.data(), 1, text.size(), to); }

// An object for the linker, which opens it by its path.
struct LinkedObject {
  std::string name;  // for messages
  Descriptor file;
  std::string path() const { return path_of_open_file(file.get()); }
};

// Files between the steps of a command.
struct RemovedAtEnd {
  const Words& files;
  ~RemovedAtEnd() {
    for (const std::string& file : files) ::unlink(file.c_str());
  }
};

class Run {
 public:
  Run(CommandLine line, Params params) : line_(std::move(line)), params_(std::move(params)) {}

  int run() {
    for (const std::string& warning : line_.warnings) print(stderr, line_.program + ": warning: " + warning + "\n");
    if (line_.is_question || line_.is_shown || (line_.last != Last::object && line_.last != Last::link))
      return carry_out(single_output()) ? 0 : 1;
    bool ok = true;
    for (std::size_t i = 0; i < line_.inputs.size(); ++i) ok = take_input(i) && ok;
    if (ok && line_.last == Last::link) ok = carry_out(line_.output.value_or("a.out"));
    context_.save_usage();
    return ok ? 0 : 1;
  }

 private:
  // What a failure removes.
  std::optional<std::string> single_output() const {
    if (line_.output || line_.last != Last::assembly || line_.inputs.size() != 1) return line_.output;
    return default_output(line_.inputs.front().name, ".s");
  }

  bool take_input(std::size_t at) {
    const Input& input = line_.inputs[at];
    if (input.is_for_compiler()) return compile(at);
    if (line_.last == Last::link) return true;
    if (!input.language.empty()) return assemble(input);
    print(stderr, line_.program + ": warning: " + input.name + ": 'linker' input unused\n");
    return true;
  }

  bool compile(std::size_t at) {
    const Input& input = line_.inputs[at];
    const std::string output = line_.output.value_or(default_output(input.name, ".o"));
    CompiledFile file = compile_file(context_, params_, line_, input);
    print(stderr, file.messages);
    if (line_.rule.is_wanted && (file.ok || !file.inputs.empty())) write_rule(input, output, file);
    if (!file.ok) {
      if (line_.last == Last::object) remove_old_output(output);
      return false;
    }
    if (line_.last == Last::object)
      write_output(output, file.object);
    else
      keep_for_linker(at, file.object);
    return true;
  }

  void write_rule(const Input& input, const std::string& output, const CompiledFile& file) {
    const bool has_output = line_.output.has_value();
    const std::string beside =
        has_output ? std::filesystem::path(output).replace_extension(".d").string() : default_output(input.name, ".d");
    const std::string target = has_output ? output : default_output(input.name, ".o");
    write_output(line_.rule.file.value_or(beside), as_bytes(dependency_rule(line_.rule, target, file.inputs)));
  }

  bool assemble(const Input& input) {
    const std::string output = line_.output.value_or(default_output(input.name, ".o"));
    Words words = line_.compile_flags;
    words.insert(words.end(), line_.rule.words.begin(), line_.rule.words.end());
    words.insert(words.end(), {"-c", "-o", output, "-x", input.language, "--", input.name});
    return carry_out(words, output);
  }

  void keep_for_linker(std::size_t input, ByteView object) {
    LinkedObject& kept = objects_.emplace_back();
    kept.name = default_output(line_.inputs[input].name, ".o");
    kept.file = open_memory_file(kept.name);
    if (!kept.file.is_open())
      throw LinkFailed("cannot keep the object of '" + line_.inputs[input].name + "' in memory");
    write_all(kept.file.get(), kept.name, object);
    object_of_input_[input] = &kept;
  }

  // The words for Clang's driver, with objects in the place of the sources that have been compiled.
  Words driver_words() const {
    Words words;
    std::string language;
    for (const CommandLine::Word& word : line_.words) {
      if (!word.input) {
        words.push_back(word.text);
        continue;
      }
      const auto object = object_of_input_.find(*word.input);
      const Input& input = line_.inputs[*word.input];
      const std::string wanted = object != object_of_input_.end() || input.language.empty() ? "none" : input.language;
      if (wanted != std::exchange(language, wanted)) words.insert(words.end(), {"-x", wanted});
      words.push_back(object != object_of_input_.end() ? object->second->path() : input.name);
    }
    return words;
  }

  bool carry_out(const std::optional<std::string>& output) { return carry_out(driver_words(), output); }

  // Has Clang's driver plan the command, and runs its steps.
  bool carry_out(const Words& words, const std::optional<std::string>& output) {
    compilation::CommandRequest request;
    std::error_code unknown;
    request.program = std::filesystem::read_symlink("/proc/self/exe", unknown);
    request.is_cxx_driver = line_.is_cxx;
    request.words = words;
    request.header_packs = open_header_packs(params_.build.header_packs);
    request.machine_headers = std::ranges::count(params_.build.header_packs, default_header_pack) > 0;
    compilation::Compiler& compiler = compiler_for_command();
    const compilation::CommandPlan plan = compiler.plan_command(request);
    if (!plan.ok) return false;
    const RemovedAtEnd temporaries{plan.temporaries};
    bool ok = true;
    for (const compilation::CommandJob& job : plan.jobs)
      ok = ok &&
           (job.kind == compilation::CommandJob::Kind::link ? link(job.arguments) : compiler.run_job(job, request));
    if (!ok && output) remove_old_output(*output);
    return ok;
  }

  bool link(const Words& arguments) {
    std::string messages;
    const std::optional<Bytes> linked = linker_for_command().link_command(arguments, messages);
    for (const LinkedObject& object : objects_)
      for (std::size_t at; (at = messages.find(object.path())) != messages.npos;)
        messages.replace(at, object.path().size(), object.name);
    print(stderr, messages);
    if (!linked) print(stderr, line_.program + ": error: the linker has failed (-v shows its command line)\n");
    const auto option = std::ranges::find(arguments, "-o");
    if (linked && !linked->empty() && option != arguments.end() && option + 1 != arguments.end())
      write_output(option[1], *linked, std::ranges::count(arguments, "-r") > 0 ? Kind::data : Kind::program);
    return linked.has_value();
  }

  const CommandLine line_;
  const Params params_;
  Context context_;
  std::deque<LinkedObject> objects_;  // a deque keeps the addresses of its elements
  std::map<std::size_t, const LinkedObject*> object_of_input_;
};

// As DIJITSO_CC_BASE_DIR says.
void take_base_directory(CommandLine& line) {
  const char* const base = std::getenv("DIJITSO_CC_BASE_DIR");
  if (!base || !*base) return;
  if (*base != '/')
    throw Error("DIJITSO_CC_BASE_DIR is '" + std::string(base) + "': it must be the absolute path of a directory");
  make_relative(line, base, params::absolute_path("."));
}

// Replaces this process; returns when that is not wanted, or fails.
void run_fallback(const Words& words) {
  const char* const compiler = std::getenv("DIJITSO_CC_FALLBACK");
  if (!compiler || !*compiler) return;
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  std::string name = compiler;
  arguments.front() = name.data();
  ::unsetenv("DIJITSO_CC_FALLBACK");  // it may name this program
  ::execvp(name.c_str(), arguments.data());
  print(stderr, words.front() + ": error: cannot start DIJITSO_CC_FALLBACK '" + name +
                    "': " + std::generic_category().message(errno) + "\n");
}

int report(const std::string& program, std::string_view message) {
  const bool is_from_driver = message.starts_with("dijitso-c");  // Clang's driver names the program itself
  print(stderr,
        (is_from_driver ? "" : program + ": error: ") + std::string(message) + (message.ends_with('\n') ? "" : "\n"));
  return 1;
}

std::string document(std::string_view name, std::string_view program) {
  if (name == "--man") return manual_page();
  return name == "--completion" ? bash_completion() : help_text(program);
}

int run(const Words& words, const std::string& program) try {
  CommandLine line = read_command_line(with_response_files(words));
  if (!line.document.empty()) {
    print(stdout, document(line.document, program));
    return 0;
  }
  take_base_directory(line);
  return Run(std::move(line), command_params()).run();
} catch (const InvalidArgument& error) {
  run_fallback(words);
  return report(program, error.what());
}

}  // namespace

int compiler_command(const std::vector<std::string>& words) {
  const std::string program = words.empty() ? "dijitso-cc" : std::filesystem::path(words.front()).filename().string();
  try {
    const int code = run(words.empty() ? Words{program} : words, program);
    if (std::fflush(stdout) != 0) return report(program, "cannot write to standard output");
    return code;
  } catch (const std::exception& error) {
    return report(program, error.what());
  }
}

}  // namespace dijitso
