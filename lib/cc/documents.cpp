// The build installs the manual page and the completion script as the program prints them. Tested in
// unittests/cc/documents_test.cpp and tests/cc/documents_test.py.

#include "cc/documents.h"

#include "cc/option_table.h"

#include <dijitso/version.h>

#include <algorithm>
#include <vector>

namespace dijitso::cc {
namespace {

constexpr std::string_view about =
    "Compiles and links C and C++ in one process, with Clang and lld, and keeps objects in the cache of\n"
    "dijitso. Options are those of gcc; what is not listed here is passed on to Clang.\n";

constexpr std::string_view about_base_dir =
    "Absolute paths below DIJITSO_CC_BASE_DIR become relative before the compile, so checkouts share objects.\n";

constexpr std::string_view about_fallback =
    "DIJITSO_CC_FALLBACK names a compiler that is started for command lines that are refused here.\n";

bool is_left_out(const Option& option) { return option.use == Use::refused || option.use == Use::ignored; }

std::vector<Option> options_where(bool are_left_out) {
  std::vector<Option> options;
  for (const Option& option : option_table())
    if (!option.help.empty() && is_left_out(option) == are_left_out) options.push_back(option);
  return options;
}

bool has_value(const Option& option) { return option.form == Form::separate || option.form == Form::either; }

// Escapes a text for troff, so that hyphens stay hyphens.
std::string roff(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool is_at_begin = out.empty() || out.back() == '\n';
    if (is_at_begin && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\')
      out += "\\e";
    else if (c == '-')
      out += "\\-";
    else
      out += c;
  }
  return out;
}

std::string roff_of(const std::vector<Option>& options) {
  std::string text;
  for (const Option& option : options)
    text += ".TP\n\\fB" + roff(option.name) + "\\fR" + (has_value(option) ? " \\fIvalue\\fR" : "") + "\n" +
            roff(option.help) + ".\n";
  return text;
}

// A bash command that prints the possible values of an option.
std::string_view choices(std::string_view option) {
  if (option == "-x") return "compgen -W 'c c++ cpp-output c++-cpp-output assembler assembler-with-cpp none'";
  const bool is_directory = option == "-I" || option == "-L" || option == "-isystem" || option == "-iquote";
  return is_directory ? "compgen -d" : "compgen -f";
}

}  // namespace

std::string help_text(std::string_view program) {
  std::string text = "Usage: " + std::string(program) + " [options] file...\n\n" + std::string(about) + "\n";
  for (const Option& option : options_where(/*are_left_out=*/false)) {
    std::string name(option.name);
    if (has_value(option)) name += " <value>";
    name.resize(std::max<std::size_t>(name.size() + 1, 20), ' ');
    text += "  " + name + std::string(option.help) + "\n";
  }
  return text + "\n" + std::string(about_base_dir) + std::string(about_fallback);
}

std::string manual_page() {
  return ".TH DIJITSO\\-CC 1 \"\" \"dijitso " DIJITSO_VERSION_STRING
         "\" \"User Commands\"\n"
         ".SH NAME\ndijitso\\-cc, dijitso\\-c++ \\- compile C and C++ with a cache of objects\n"
         ".SH SYNOPSIS\n.B dijitso\\-cc\n[\\fIoptions\\fR] \\fIfile\\fR...\n.br\n"
         ".B dijitso\\-c++\n[\\fIoptions\\fR] \\fIfile\\fR...\n"
         ".SH DESCRIPTION\n" +
         roff(about) + "The second name, dijitso\\-c++, compiles and links C++.\n.SH OPTIONS\n" +
         roff_of(options_where(/*are_left_out=*/false)) +
         ".SH OPTIONS THAT ARE REFUSED OR LEFT OUT\nTo each belongs the reason.\n" +
         roff_of(options_where(/*are_left_out=*/true)) +
         ".SH ENVIRONMENT\n.TP\n.B DIJITSO_CACHE_DIR\nThe directory of the cache.\n.TP\n.B DIJITSO_CC_BASE_DIR\n" +
         roff(about_base_dir) + ".TP\n.B DIJITSO_CC_FALLBACK\n" + roff(about_fallback) +
         ".SH SEE ALSO\n.BR dijitso\\-cache (1)\n";
}

std::string bash_completion() {
  std::string words, values;
  for (const Option& option : options_where(/*are_left_out=*/false)) {
    words += (words.empty() ? "" : " ") + std::string(option.name);
    if (has_value(option))
      values += "    " + std::string(option.name) + ") " + std::string(choices(option.name)) + " -- \"$current\" ;;\n";
  }
  return "# Completion of dijitso-cc for bash. Made by dijitso-cc --completion.\n"
         "_dijitso_cc_choices() {\n"
         "  local current=${COMP_WORDS[COMP_CWORD]}\n"
         "  case ${COMP_WORDS[COMP_CWORD-1]} in\n" +
         values + "    *) if [[ $current == -* ]]; then compgen -W '" + words +
         "' -- \"$current\"; else compgen -f -- \"$current\"; fi ;;\n"
         "  esac\n"
         "}\n"
         "_dijitso_cc() {\n"
         "  local IFS=$'\\n'\n"
         "  COMPREPLY=($(IFS=$' \\t\\n'; _dijitso_cc_choices))\n"
         "}\n"
         "complete -o filenames -F _dijitso_cc dijitso-cc dijitso-c++\n";
}

}  // namespace dijitso::cc
