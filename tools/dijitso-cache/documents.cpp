// Tested in tests/cli/documents_test.py.
#include "documents.h"

#include "command_line.h"

#include <dijitso/version.h>

#include <string_view>
#include <vector>

namespace dijitso::tool {
namespace {

using cmdline::Argument;

std::vector<Argument> arguments_of(void (*declare)(cmdline::Parser&)) {
  cmdline::Parser parser;
  declare(parser);
  return parser.arguments();
}

bool is_option(const Argument& argument) { return argument.names.front().starts_with('-'); }

std::string joined(const std::vector<std::string>& names, const char* between) {
  std::string all;
  for (const std::string& name : names) all += (all.empty() ? "" : between) + name;
  return all;
}

// --- Completion.

// Returns a bash command that prints the possible values of an argument.
std::string choices(const std::string& metavar) {
  if (metavar == "FILE") return "compgen -f -- \"$current\"";
  if (metavar == "DIR") return "compgen -d -- \"$current\"";
  if (metavar == "LEVEL") return "compgen -W 'DEBUG INFO WARNING ERROR' -- \"$current\"";
  if (metavar == "LIST") return "compgen -W 'inc src lib log obj pch all' -- \"$current\"";
  if (metavar == "MODULE" || metavar == "SIGNATURE" || metavar == "NEEDED" || metavar == "SECOND")
    return "compgen -W \"$(_dijitso_cache_modules)\" -- \"$current\"";
  return ":";
}

// The completions of one command: patterns for values after an option, and the words of the command.
struct Completion {
  std::string values;
  std::string words;
  std::string positional = ":";

  explicit Completion(const std::vector<Argument>& arguments) {
    for (const Argument& argument : arguments) {
      if (!is_option(argument)) {
        positional = choices(argument.metavar);
        continue;
      }
      words += " " + joined(argument.names, " ");
      if (argument.kind == cmdline::Kind::text || argument.kind == cmdline::Kind::list)
        values += "        " + joined(argument.names, "|") + ") " + choices(argument.metavar) + "; return ;;\n";
    }
  }
};

// --- Manual page.

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

std::string options_text(const std::vector<Argument>& arguments) {
  std::string text;
  for (const Argument& argument : arguments) {
    std::string names;
    if (is_option(argument))
      for (const std::string& name : argument.names) names += (names.empty() ? "\\fB" : ", \\fB") + roff(name) + "\\fR";
    if (!argument.metavar.empty()) names += (names.empty() ? "\\fI" : " \\fI") + roff(argument.metavar) + "\\fR";
    text += ".TP\n" + names + "\n" + roff(argument.help);
    const auto* value = std::get_if<std::string>(&argument.default_value);
    if (value && !value->empty()) text += roff(" [default: " + *value + "]");
    text += ".\n";
  }
  return text;
}

std::string command_text(const cmdline::Command& command) {
  cmdline::Parser parser;
  command.add_arguments(parser);
  std::string text = ".SS " + roff(command.name);
  for (const Argument& argument : parser.arguments())
    if (!is_option(argument))
      text += " " + roff(argument.metavar) + (argument.kind == cmdline::Kind::list ? "..." : "");
  text += "\n" + roff(command.summary) + ".\n" + options_text(parser.arguments());
  return text + ".PP\n" + roff(parser.epilog()) + "\n";
}

}  // namespace

std::string bash_completion() {
  const Completion common(arguments_of(cmdline::args_common));
  std::string names, cases;
  for (const cmdline::Command& command : cmdline::commands()) {
    const Completion completion(arguments_of(command.add_arguments));
    names += (names.empty() ? "" : " ") + command.name;
    cases += "    " + command.name + ")\n";
    if (!completion.values.empty()) cases += "      case $previous in\n" + completion.values + "      esac\n";
    cases += "      if [[ $current != -* ]]; then " + completion.positional + "; return; fi\n";
    cases += "      words+=\"" + completion.words + "\" ;;\n";
  }
  return "# Completion of dijitso-cache for bash. Made by dijitso-cache --completion.\n"
         "_dijitso_cache_modules() {\n"
         "  dijitso-cache \"${directory[@]}\" show --signatures --no-summary 2>/dev/null |\n"
         "    while read -r name _; do [[ $name == Modules ]] || printf '%s\\n' \"$name\"; done\n"
         "}\n"
         "_dijitso_cache_choices() {\n"
         "  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} command= i\n"
         "  local words='" +
         common.words.substr(1) +
         " --help' directory=()\n"
         "  for ((i = 1; i < COMP_CWORD; ++i)); do\n"
         "    case ${COMP_WORDS[i]} in\n"
         "      -r|--cache-dir) directory=(-r \"${COMP_WORDS[++i]}\") ;;\n"
         "      -*) ;;\n"
         "      *) [[ -z $command && \" " +
         names +
         " \" == *\" ${COMP_WORDS[i]} \"* ]] && command=${COMP_WORDS[i]} ;;\n"
         "    esac\n"
         "  done\n"
         "  case $previous in\n" +
         common.values +
         "  esac\n"
         "  case $command in\n"
         "    '') words+=' " +
         names + " --version' ;;\n" + cases +
         "  esac\n"
         "  compgen -W \"$words\" -- \"$current\"\n"
         "}\n"
         "_dijitso_cache() {\n"
         "  local IFS=$'\\n'\n"
         "  COMPREPLY=($(IFS=$' \\t\\n'; _dijitso_cache_choices))\n"
         "}\n"
         "complete -o filenames -F _dijitso_cache dijitso-cache dijitso\n";
}

std::string manual_page() {
  const CommandLine line;
  std::string text = ".TH DIJITSO\\-CACHE 1 \"\" \"dijitso " DIJITSO_VERSION_STRING
                     "\" \"User Commands\"\n"
                     ".SH NAME\ndijitso\\-cache \\- look into a cache of compiled modules\n"
                     ".SH SYNOPSIS\n.B dijitso\\-cache\n[\\fIoptions\\fR] \\fIcommand\\fR [\\fIarguments\\fR]\n"
                     ".SH DESCRIPTION\n";
  text += roff(line.app().get_description()) + "\n.PP\n" + roff(line.app().get_footer()) + "\n";
  text += ".SH OPTIONS\nBefore or behind every command may stand\n" + options_text(arguments_of(cmdline::args_common));
  text += ".SH COMMANDS\n";
  for (const cmdline::Command& command : cmdline::commands()) text += command_text(command);
  return text;
}

}  // namespace dijitso::tool
