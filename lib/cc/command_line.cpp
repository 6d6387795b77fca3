// Tested in unittests/cc/command_line_test.cpp.

#include "cc/command_line.h"

#include "cc/dependency_rule.h"
#include "cc/option_table.h"

#include <dijitso/error.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>
#include <utility>

namespace dijitso::cc {
namespace {

struct Ending {
  std::string_view ending, language;
};

constexpr Ending endings[] = {
    {".c", "c"},
    {".C", "c++"},
    {".cc", "c++"},
    {".cp", "c++"},
    {".cpp", "c++"},
    {".CPP", "c++"},
    {".cxx", "c++"},
    {".c++", "c++"},
    {".i", "cpp-output"},
    {".ii", "c++-cpp-output"},
    {".s", "assembler"},
    {".S", "assembler-with-cpp"},
    {".sx", "assembler-with-cpp"},
    {".h", "c-header"},
    {".H", "c++-header"},
    {".hh", "c++-header"},
    {".hp", "c++-header"},
    {".hpp", "c++-header"},
    {".hxx", "c++-header"},
    {".h++", "c++-header"},
    {".tcc", "c++-header"},
    {".m", "objective-c"},
    {".M", "objective-c++"},
    {".mm", "objective-c++"},
    {".f", "f77"},
    {".F", "f77"},
    {".f90", "f95"},
    {".F90", "f95"},
    {".d", "d"},
    {".go", "go"},
    {".cu", "cuda"},
    {".cppm", "c++-module"},
};

constexpr std::array compiled = {"c", "c++", "cpp-output", "c++-cpp-output", "assembler", "assembler-with-cpp"};

// What the ending of a file name says, for the driver of C or C++; empty for files of the linker.
std::string language_of(const std::string& name, bool is_cxx) {
  const std::string ending = std::filesystem::path(name).extension();
  const auto* const known = std::ranges::find(endings, std::string_view(ending), &Ending::ending);
  if (known == std::end(endings)) return "";
  if (is_cxx && known->language == "c") return "c++";
  if (is_cxx && known->language == "cpp-output") return "c++-cpp-output";
  if (is_cxx && known->language == "c-header") return "c++-header";
  return std::string(known->language);
}

class Reader {
 public:
  explicit Reader(const std::vector<std::string>& words) : words_(words) {
    line_.program = std::filesystem::path(words.front()).filename();
    line_.is_cxx = line_.program.ends_with("++");
  }

  CommandLine read() {
    while (++at_ < words_.size()) take(words_[at_]);
    check();
    return std::move(line_);
  }

 private:
  void take(const std::string& word) {
    if (only_inputs_) return add_input(word);
    if (word == "--") {
      only_inputs_ = true;
      return;
    }
    if (word == "-" || !word.starts_with('-')) return add_input(word);
    const Option* const option = find_option(word);
    if (!option) {
      line_.compile_flags.push_back(word);
      return keep(word);
    }
    std::string value;
    std::vector<std::string> parts = {word};
    const bool is_in_next = option->form == Form::separate || (option->form == Form::either && word == option->name);
    if (is_in_next) {
      if (at_ + 1 == words_.size()) throw InvalidArgument("argument to '" + word + "' is missing (expected 1 value)");
      value = words_[++at_];
      parts.push_back(value);
    } else {
      value = word.substr(option->name.size());
    }
    act(*option, value, parts);
  }

  void act(const Option& option, const std::string& value, const std::vector<std::string>& parts) {
    const std::string& word = parts.front();
    switch (option.use) {
      case Use::common:
      case Use::compile:
        line_.compile_flags.insert(line_.compile_flags.end(), parts.begin(), parts.end());
        break;
      case Use::link:
        is_library_ = is_library_ || option.name == "-l";
        break;
      case Use::stop:
        select(word);
        break;
      case Use::output:
        line_.output = value;
        break;
      case Use::language:
        language_ = value == "none" ? "" : value;
        return;
      case Use::dependency:
        take_rule_option(option.name, value, parts);
        break;
      case Use::preprocess:
        return take_preprocessor_words(word, value);
      case Use::shown:
        line_.is_shown = true;
        break;
      case Use::question:
        line_.is_question = true;
        if (word == "--help" || word == "--man" || word == "--completion") line_.document = word;
        break;
      case Use::ignored:
        line_.warnings.push_back("option '" + word + "' is ignored: " + std::string(option.help));
        return;
      case Use::silent:
        return;
      case Use::refused:
        throw InvalidArgument("option '" + word + "' is not supported: " + std::string(option.help));
    }
    for (const std::string& part : parts) keep(part);
  }

  // The earliest of the last steps that were asked for counts.
  void select(const std::string& word) {
    using enum CommandLine::Last;
    const CommandLine::Last last = word == "-c" || word == "--compile"    ? object
                                   : word == "-S" || word == "--assemble" ? assembly
                                   : word == "-fsyntax-only"              ? check
                                                                          : preprocess;
    line_.last = std::min(line_.last, last);
  }

  void take_rule_option(std::string_view name, const std::string& value, const std::vector<std::string>& parts) {
    RuleOptions& rule = line_.rule;
    rule.words.insert(rule.words.end(), parts.begin(), parts.end());
    if (name == "-MD" || name == "-MMD") {
      rule.has_system_headers = name == "-MD" || (rule.is_wanted && rule.has_system_headers);
      rule.is_wanted = true;
    }
    if (name == "-MP") rule.has_phony_targets = true;
    if (name == "-MF") rule.file = value;
    if (name == "-MT") rule.targets.push_back(value);
    if (name == "-MQ") rule.targets.push_back(quoted_for_make(value));
  }

  // -Wp,-MD,file is an old way to write -MD -MF file.
  void take_preprocessor_words(const std::string& word, const std::string& value) {
    const std::size_t comma = value.find(',');
    const std::string name = value.substr(0, comma);
    if (name != "-MD" && name != "-MMD") {
      line_.compile_flags.push_back(word);
      return keep(word);
    }
    take_rule_option(name, "", {name});
    keep(name);
    if (comma == value.npos) return;
    const std::string file = value.substr(comma + 1);
    take_rule_option("-MF", file, {"-MF", file});
    keep("-MF");
    keep(file);
  }

  void add_input(const std::string& name) {
    Input input{name, !language_.empty() ? language_ : name == "-" ? "-" : language_of(name, line_.is_cxx)};
    line_.words.push_back({name, line_.inputs.size()});
    line_.inputs.push_back(std::move(input));
  }

  void keep(const std::string& word) { line_.words.push_back({word, std::nullopt}); }

  void check() {
    if (line_.is_question) return;
    const bool may_have_none = line_.is_shown || is_library_;
    if (line_.inputs.empty() && !may_have_none) throw InvalidArgument("no input files");
    for (Input& input : line_.inputs) check_input(input);
    const bool has_one_each = line_.last == CommandLine::Last::object || line_.last == CommandLine::Last::assembly;
    const auto of_compiler =
        std::ranges::count_if(line_.inputs, [](const Input& one) { return !one.language.empty(); });
    if (line_.output && has_one_each && of_compiler > 1)
      throw InvalidArgument("cannot specify -o when generating multiple output files");
  }

  void check_input(Input& input) {
    if (input.language == "-" && line_.last == CommandLine::Last::preprocess)
      input.language = line_.is_cxx ? "c++" : "c";
    if (input.language == "-") throw InvalidArgument("-E or -x required when input is from standard input");
    std::error_code ignored;
    if (input.name != "-" && !std::filesystem::exists(input.name, ignored))
      throw InvalidArgument("no such file or directory: '" + input.name + "'");
    const bool only_read = line_.last == CommandLine::Last::preprocess || line_.last == CommandLine::Last::check;
    const bool is_header = input.language == "c-header" || input.language == "c++-header";
    if (input.language.empty() || (only_read && is_header)) return;
    if (std::ranges::find(compiled, input.language) == compiled.end())
      throw InvalidArgument(is_header
                                ? "'" + input.name + "' is a header; headers are precompiled without being asked"
                                : "the language '" + input.language + "' of '" + input.name + "' is not compiled here");
  }

  const std::vector<std::string>& words_;
  std::size_t at_ = 0;
  bool only_inputs_ = false;
  bool is_library_ = false;
  std::string language_;
  CommandLine line_;
};

}  // namespace

CommandLine read_command_line(const std::vector<std::string>& words) { return Reader(words).read(); }

std::string default_output(const std::string& input, const std::string& ending) {
  const std::filesystem::path name = std::filesystem::path(input).filename();
  return (name == "-" ? "-" : name.stem().string()) + ending;
}

}  // namespace dijitso::cc
