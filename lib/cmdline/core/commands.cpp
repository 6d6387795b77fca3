// The table of commands, and code that all of them share. Tested in unittests/cmdline/commands_test.cpp.
#include "cmdline/core/options.h"
#include "params/nearest.h"

#include <dijitso/cmdline.h>

namespace dijitso::cmdline {

const std::vector<Command>& commands() {
  // Commands that search have the exit codes of grep.
  static const std::vector<Command> table = {
      {"show", "Show what is in the cache", args_show, cmd_show},
      {"grep", "Search headers, sources and logs in the cache for a pattern", args_grep, cmd_grep, 2},
      {"grepfunction", "Search the sources in the cache for a function", args_grepfunction, cmd_grepfunction, 2},
      {"checkout", "Copy the files of a module to a directory", args_checkout, cmd_checkout},
      {"inspect", "Show what a compiled module is made of", args_inspect, cmd_inspect},
      {"symbols", "Search the compiled modules for a symbol", args_symbols, cmd_symbols, 2},
      {"disasm", "Show the instructions of a compiled module", args_disasm, cmd_disasm},
      {"diff", "Compare two variants of a compiled module", args_diff, cmd_diff},
      {"report", "Write a page about the whole cache", args_report, cmd_report},
      {"stats", "Show how often the cache was used, and what that saved", args_stats, cmd_stats},
      {"deps", "Show what a module needs, or what needs it", args_deps, cmd_deps},
      {"why", "Show why a module needs another", args_why, cmd_why, 2},
      {"explain", "Show why a run would, or would not, find a module in the cache", args_explain, cmd_explain},
      {"clean", "Remove files from the cache", args_clean, cmd_clean},
      {"export", "Write modules to an archive, to be carried to other machines", args_export, cmd_export},
      {"import", "Publish the modules of an archive in the cache", args_import, cmd_import},
      {"verify", "Check that everything in the cache is as it was written", args_verify, cmd_verify, 4},
      {"gc", "Remove what was used longest ago", args_gc, cmd_gc},
      {"pin", "Keep modules from being removed by gc", args_pin, cmd_pin},
      {"unpin", "Let gc remove modules again", args_unpin, cmd_unpin},
      {"pack-headers", "Put headers into one file, for machines that have none", args_pack_headers, cmd_pack_headers},
      {"precompile", "Precompile headers of programs before they run", args_precompile, cmd_precompile},
      {"locks", "Show which modules are being built, and by whom", args_locks, cmd_locks},
      {"doctor", "Check that this machine and directory are fit for a cache", args_doctor, cmd_doctor},
      {"config", "Show the parameters and where each value comes from", args_config, cmd_config},
      {"version", "Print the version of dijitso", args_version, cmd_version},
  };
  return table;
}

const Command& find_command(std::string_view name) {
  std::vector<std::string> names;
  std::string listed;
  for (const Command& command : commands()) {
    if (command.name == name) return command;
    names.push_back(command.name);
    listed += (listed.empty() ? "" : ", ") + command.name;
  }
  throw UsageError("there is no command '" + std::string(name) + "'; the nearest is '" + params::nearest(name, names) +
                   "', all are " + listed);
}

void args_common(Parser& parser) {
  add_text(parser, {"-r", "--cache-dir"}, "cache_dir", "DIR",
           "Cache directory to use [default: what 'config --key cache_dir' prints]");
  add_text(parser, {"-v", "--verbose"}, "verbose", "LEVEL",
           "Least severe messages to print: DEBUG, INFO, WARNING or ERROR");
  parser.add_argument({.names = {"-n", "--dry-run"},
                       .dest = "dry_run",
                       .kind = Kind::toggle,
                       .metavar = "[YES|NO]",
                       .help = "Only show what would be removed or copied",
                       .default_value = false});
}

ParamsDict common_params(const Args& args) {
  const auto dir = args.find("cache_dir");
  if (dir == args.end() || dir->second.is_none()) return {};
  if (dir->second == Value("")) throw UsageError("--cache-dir: the directory is empty");
  return {{"cache", {{"cache_dir", dir->second}}}};
}

std::string printable(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7f) {
      result += c;
      continue;
    }
    result += {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
  }
  return result;
}

}  // namespace dijitso::cmdline
