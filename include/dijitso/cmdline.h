// dijitso.cmdline: the commands of `dijitso-cache`, for programs and the Python module.
//
// A command is two documented functions: `args_<name>(parser)` declares its arguments, `cmd_<name>(args, params)` runs
// it. The declarations are plain data, so that each interface can translate them: the tool to its command line, Python
// to argparse, the documentation to text.
//
//     dijitso::cmdline::cmd_grep({{"pattern", "tabulate_tensor"}, {"countonly", true}}, {});
//
// `args` are values by destination name; a value that is absent or None has its default. `params` are runtime
// parameters as for validate_params, complete or not. Output goes to `out`; it is coloured only when that is std::cout
// and a terminal. Returns the exit code of the tool.
// Thread-safety: all functions may be called from any thread, if each has its own `out`.
// Errors: UsageError for arguments that cannot be used; those of <dijitso/params.h> and <dijitso/cache.h>.
#pragma once

#include <dijitso/cache.h>
#include <dijitso/error.h>
#include <dijitso/export.h>
#include <dijitso/params.h>

#include <iostream>
#include <string>
#include <string_view>
#include <vector>

namespace dijitso {
namespace cmdline {

// An argument of a command that cannot be used: an unknown name, category or key, or a required one that is missing.
class DIJITSO_API UsageError : public InvalidArgument {
 public:
  using InvalidArgument::InvalidArgument;
  ~UsageError() override;
};

enum class Kind {
  text,
  flag,    // true if present
  toggle,  // the same, but a value of yes or no (as_bool) may follow
  list,    // one or several texts; an option is repeated for each
};

struct Argument {
  std::vector<std::string> names;  // "-r", "--cache-dir"; one without dashes is positional
  std::string dest;                // the name of the value in Args
  Kind kind = Kind::text;
  std::string metavar;  // name of the value in the help
  std::string help;
  Value default_value;  // None: not given
  bool required = false;
};

using Args = ParamDict;

// The arguments of a command, in the order of the help.
class DIJITSO_API Parser {
 public:
  // Throws InvalidArgument for an argument without name or destination, or with a destination that is used already.
  void add_argument(Argument argument);
  // The text of the help below the arguments.
  void set_epilog(std::string epilog) { epilog_ = std::move(epilog); }

  const std::vector<Argument>& arguments() const { return arguments_; }
  const std::string& epilog() const { return epilog_; }

 private:
  std::vector<Argument> arguments_;
  std::string epilog_;
};

// Documented: parse_categories(categories): names separated by commas, or "all". Returns them without duplicates, in
// the order of "all".
DIJITSO_API cache::Categories parse_categories(const std::string& categories);

// Documented: args_version(parser), cmd_version(args, params): the version of dijitso.
DIJITSO_API void args_version(Parser& parser);
DIJITSO_API int cmd_version(const Args& args, const ParamsDict& params, std::ostream& out = std::cout);

// Documented: args_config(parser), cmd_config(args, params): every parameter, its value, and its origin. A runtime
// parameter with the value that the other layers give counts as theirs.
DIJITSO_API void args_config(Parser& parser);
DIJITSO_API int cmd_config(const Args& args, const ParamsDict& params, std::ostream& out = std::cout);

// Documented: args_show(parser), cmd_show(args, params): the files in the cache with their sizes.
DIJITSO_API void args_show(Parser& parser);
DIJITSO_API int cmd_show(const Args& args, const ParamsDict& params, std::ostream& out = std::cout);

// Documented: args_clean(parser), cmd_clean(args, params): removes files from the cache (clean_cache); with "dry_run"
// only lists them.
DIJITSO_API void args_clean(Parser& parser);
DIJITSO_API int cmd_clean(const Args& args, const ParamsDict& params, std::ostream& out = std::cout);

// Documented: args_grep(parser), cmd_grep(args, params): the lines of headers, sources and logs that match a pattern.
// Returns 0 when there are any, 1 when there are none, and 2 when a file could not be searched.
DIJITSO_API void args_grep(Parser& parser);
DIJITSO_API int cmd_grep(const Args& args, const ParamsDict& params, std::ostream& out = std::cout);

// Documented: args_grepfunction(parser), cmd_grepfunction(args, params): the complete functions with a name; exit codes
// as for cmd_grep.
DIJITSO_API void args_grepfunction(Parser& parser);
DIJITSO_API int cmd_grepfunction(const Args& args, const ParamsDict& params, std::ostream& out = std::cout);

// Documented: args_checkout(parser), cmd_checkout(args, params): copies the files of a module to ./jitcheckout-<its
// signature>/. InvalidArgument when the cache has none; with "dry_run" only lists them.
DIJITSO_API void args_checkout(Parser& parser);
DIJITSO_API int cmd_checkout(const Args& args, const ParamsDict& params, std::ostream& out = std::cout);

// --- Commands that are not in the documented interface.

// Writes modules to an archive, and publishes the modules of an archive (export_modules, import_modules).
DIJITSO_API void args_export(Parser& parser);
DIJITSO_API int cmd_export(const Args& args, const ParamsDict& params, std::ostream& out = std::cout);
DIJITSO_API void args_import(Parser& parser);
DIJITSO_API int cmd_import(const Args& args, const ParamsDict& params, std::ostream& out = std::cout);

// Checks that everything in the cache is as it was written: returns the sum of 1 (corrupt), 2 (untrusted), 4
// (unreadable).
DIJITSO_API void args_verify(Parser& parser);
DIJITSO_API int cmd_verify(const Args& args, const ParamsDict& params, std::ostream& out = std::cout);

// gc: removes the least recently used files, except pinned modules. pin, unpin: protect modules from gc, or no longer.
DIJITSO_API void args_gc(Parser& parser);
DIJITSO_API int cmd_gc(const Args& args, const ParamsDict& params, std::ostream& out = std::cout);
DIJITSO_API void args_pin(Parser& parser);
DIJITSO_API int cmd_pin(const Args& args, const ParamsDict& params, std::ostream& out = std::cout);
DIJITSO_API void args_unpin(Parser& parser);
DIJITSO_API int cmd_unpin(const Args& args, const ParamsDict& params, std::ostream& out = std::cout);

// deps: what a module depends on, or what depends on it. why: how one module depends on another; returns 0 when it
// does, otherwise 1.
DIJITSO_API void args_deps(Parser& parser);
DIJITSO_API int cmd_deps(const Args& args, const ParamsDict& params, std::ostream& out = std::cout);
DIJITSO_API void args_why(Parser& parser);
DIJITSO_API int cmd_why(const Args& args, const ParamsDict& params, std::ostream& out = std::cout);

// Explains why a run would, or would not, find a module in the cache.
DIJITSO_API void args_explain(Parser& parser);
DIJITSO_API int cmd_explain(const Args& args, const ParamsDict& params, std::ostream& out = std::cout);

// Checks whether this machine and directory are suitable for a cache: returns 1 when there is a problem.
DIJITSO_API void args_doctor(Parser& parser);
DIJITSO_API int cmd_doctor(const Args& args, const ParamsDict& params, std::ostream& out = std::cout);

// Packs headers into one file (build::pack_headers), or verifies a pack and shows its contents.
DIJITSO_API void args_pack_headers(Parser& parser);
DIJITSO_API int cmd_pack_headers(const Args& args, const ParamsDict& params, std::ostream& out = std::cout);

// Makes the precompiled headers of programs before they run (build::precompile).
DIJITSO_API void args_precompile(Parser& parser);
DIJITSO_API int cmd_precompile(const Args& args, const ParamsDict& params, std::ostream& out = std::cout);

// Shows which processes are building which modules.
DIJITSO_API void args_locks(Parser& parser);
DIJITSO_API int cmd_locks(const Args& args, const ParamsDict& params, std::ostream& out = std::cout);

// args_inspect(parser), cmd_inspect(args, params): the contents of a compiled module: key, dependencies, command,
// times, sections, symbols. This and the following commands run the program dijitso-object-reader, under limits, on
// entries with a correct digest: CacheError for others, and when it fails.
DIJITSO_API void args_inspect(Parser& parser);
DIJITSO_API int cmd_inspect(const Args& args, const ParamsDict& params, std::ostream& out = std::cout);

// args_symbols(parser), cmd_symbols(args, params): the compiled modules that define or use a symbol. Exit codes as for
// cmd_grep: 2 when an entry could not be verified.
DIJITSO_API void args_symbols(Parser& parser);
DIJITSO_API int cmd_symbols(const Args& args, const ParamsDict& params, std::ostream& out = std::cout);

// args_disasm(parser), cmd_disasm(args, params): the instructions of a module, with the lines of its source when it has
// debug information. InvalidArgument for a function that the module does not have.
DIJITSO_API void args_disasm(Parser& parser);
DIJITSO_API int cmd_disasm(const Args& args, const ParamsDict& params, std::ostream& out = std::cout);

// args_diff(parser), cmd_diff(args, params): the differences between two compiled modules, or two variants of one: key,
// inputs, sizes of symbols and sections.
DIJITSO_API void args_diff(Parser& parser);
DIJITSO_API int cmd_diff(const Args& args, const ParamsDict& params, std::ostream& out = std::cout);

// args_report(parser), cmd_report(args, params): writes one HTML page about the whole cache. CacheError when it cannot
// be written.
DIJITSO_API void args_report(Parser& parser);
DIJITSO_API int cmd_report(const Args& args, const ParamsDict& params, std::ostream& out = std::cout);

// args_stats(parser), cmd_stats(args, params): how often programs used the cache, how much time that saved, and the
// contents of the cache; with "zero" the counts start again.
DIJITSO_API void args_stats(Parser& parser);
DIJITSO_API int cmd_stats(const Args& args, const ParamsDict& params, std::ostream& out = std::cout);

// --- For programs that offer the commands.

struct Command {
  std::string name;
  std::string summary;  // one line
  void (*add_arguments)(Parser&) = nullptr;
  int (*run)(const Args&, const ParamsDict&, std::ostream&) = nullptr;
  int failure = 1;  // the exit code when `run` throws another exception than UsageError
};

// All commands, in the order of the help.
DIJITSO_API const std::vector<Command>& commands();

// The command of this name. UsageError, with the nearest name and all names, when there is none.
DIJITSO_API const Command& find_command(std::string_view name);

// The arguments that may precede or follow every command: verbose, cache_dir and dry_run. Their values are in the Args
// of the command, which may ignore them.
DIJITSO_API void args_common(Parser& parser);

// The runtime parameters that these arguments set.
DIJITSO_API ParamsDict common_params(const Args& args);

// Makes a text safe for one line of output: control characters become \xNN, so that a file name cannot control the
// terminal.
DIJITSO_API std::string printable(std::string_view text);

}  // namespace cmdline
}  // namespace dijitso
