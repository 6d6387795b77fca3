// The command line of gcc, read without Clang: what is to be done, with which files, and how.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace dijitso::cc {

struct Input {
  std::string name;
  // As after -x: "c", "c++", "cpp-output", "c++-cpp-output", "assembler", "assembler-with-cpp"; empty for what goes to
  // the linker: objects, archives, libraries, linker scripts.
  std::string language;
  bool is_for_compiler() const { return !language.empty() && !language.starts_with("assembler"); }
};

// Rules for make, of the options -MD, -MMD, -MP, -MF, -MT and -MQ.
struct RuleOptions {
  bool is_wanted = false;
  bool has_system_headers = false;
  bool has_phony_targets = false;
  std::optional<std::string> file;
  std::vector<std::string> targets;  // as they are written in the rule
  std::vector<std::string> words;    // the options as they were given
};

struct CommandLine {
  enum class Last { preprocess, check, assembly, object, link };  // the last step

  std::string program;  // for messages
  bool is_cxx = false;  // dijitso-c++
  Last last = Last::link;
  bool is_question = false;  // --version, -print-search-dirs and the like
  std::string document;      // --help, --man or --completion, when that is asked for
  bool is_shown = false;     // -v, -###, -H: Clang's driver does everything, and the cache is not used
  std::vector<Input> inputs;
  std::optional<std::string> output;
  std::vector<std::string> compile_flags;
  RuleOptions rule;

  // All words in their order, for Clang's driver: an input is the number of its place in `inputs`, and -x is left out.
  struct Word {
    std::string text;
    std::optional<std::size_t> input;
  };
  std::vector<Word> words;

  std::vector<std::string> warnings;
};

// `words` begin with the name of the program and contain no response files. InvalidArgument for options that are
// refused, and for mistakes. Looks whether the inputs are there, and reads nothing.
CommandLine read_command_line(const std::vector<std::string>& words);

// The name of the object, or of the rule, of an input that has no -o: that of the file, with another ending.
std::string default_output(const std::string& input, const std::string& ending);

}  // namespace dijitso::cc
