// dijitso.cmdline: the commands of `dijitso-cache`, to be called from programs and from the Python module too.
//
// A command is two documented functions: `args_<name>(parser)` declares what it takes, `cmd_<name>(args, params)` runs
// it. The declarations are plain data, so that each face translates them to what it has: the tool to its command line,
// Python to argparse, documentation to text.
//
//     dijitso::cmdline::cmd_grep({{"pattern", "tabulate_tensor"}, {"countonly", true}}, {});
//
// `args` are values by destination name; what is absent or None has its default. `params` are runtime parameters as
// validate_params takes them: incomplete, or complete. Output goes to `out`; it is coloured only when that is std::cout
// and a terminal. The exit code of the tool is returned.
// Thread-safety: all functions may be called from any thread, with an `out` of its own each. Errors: UsageError for
// arguments that cannot be used; those of <dijitso/params.h> and <dijitso/cache.h>.
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
  flag,    // true when it is given
  toggle,  // the same, but yes or no (as_bool) may follow
  list,    // one or several texts; with dashes it is given once for each
};

struct Argument {
  std::vector<std::string> names;  // "-r", "--cache-dir"; one without dashes is positional
  std::string dest;                // the name of the value in Args
  Kind kind = Kind::text;
  std::string metavar;  // what help calls the value
  std::string help;
  Value default_value;  // None: not given
  bool required = false;
};

using Args = ParamDict;

// What a command takes, in the order of help.
class DIJITSO_API Parser {
 public:
  // InvalidArgument for an argument without name or destination, and for a destination that is taken.
  void add_argument(Argument argument);
  // What help says below the arguments.
  void set_epilog(std::string epilog) { epilog_ = std::move(epilog); }

  const std::vector<Argument>& arguments() const { return arguments_; }
  const std::string& epilog() const { return epilog_; }

 private:
  std::vector<Argument> arguments_;
  std::string epilog_;
};

// Documented: parse_categories(categories): names separated by commas, or "all", in the order of that. Each is given
// once.
DIJITSO_API cache::Categories parse_categories(const std::string& categories);

// Documented: args_version(parser), cmd_version(args, params): the version of dijitso.
DIJITSO_API void args_version(Parser& parser);
DIJITSO_API int cmd_version(const Args& args, const ParamsDict& params, std::ostream& out = std::cout);

// Documented: args_config(parser), cmd_config(args, params): every parameter, its value, and where that comes from. A
// runtime parameter that says what the other layers say anyway counts as theirs.
DIJITSO_API void args_config(Parser& parser);
DIJITSO_API int cmd_config(const Args& args, const ParamsDict& params, std::ostream& out = std::cout);

// Documented: args_show(parser), cmd_show(args, params): the files in the cache with their sizes.
DIJITSO_API void args_show(Parser& parser);
DIJITSO_API int cmd_show(const Args& args, const ParamsDict& params, std::ostream& out = std::cout);

// Documented: args_clean(parser), cmd_clean(args, params): removes files from the cache (clean_cache); with "dry_run"
// it only says which.
DIJITSO_API void args_clean(Parser& parser);
DIJITSO_API int cmd_clean(const Args& args, const ParamsDict& params, std::ostream& out = std::cout);

// Documented: args_grep(parser), cmd_grep(args, params): the lines of headers, sources and logs that have a pattern.
// Gives 0 when there are any, 1 when there are none, and 2 when a file could not be searched.
DIJITSO_API void args_grep(Parser& parser);
DIJITSO_API int cmd_grep(const Args& args, const ParamsDict& params, std::ostream& out = std::cout);

// Documented: args_grepfunction(parser), cmd_grepfunction(args, params): the functions of a name, whole; exit codes as
// cmd_grep.
DIJITSO_API void args_grepfunction(Parser& parser);
DIJITSO_API int cmd_grepfunction(const Args& args, const ParamsDict& params, std::ostream& out = std::cout);

// Documented: args_checkout(parser), cmd_checkout(args, params): copies the files of a module to ./jitcheckout-<its
// signature>/. InvalidArgument when the cache has none; with "dry_run" it only says which.
DIJITSO_API void args_checkout(Parser& parser);
DIJITSO_API int cmd_checkout(const Args& args, const ParamsDict& params, std::ostream& out = std::cout);

// --- Commands beyond the documented ones.

// Writes modules to an archive, and publishes those of one (export_modules, import_modules).
DIJITSO_API void args_export(Parser& parser);
DIJITSO_API int cmd_export(const Args& args, const ParamsDict& params, std::ostream& out = std::cout);
DIJITSO_API void args_import(Parser& parser);
DIJITSO_API int cmd_import(const Args& args, const ParamsDict& params, std::ostream& out = std::cout);

// Whether everything in the cache is as it was written: gives the sum of 1 (corrupt), 2 (untrusted), 4 (unreadable).
DIJITSO_API void args_verify(Parser& parser);
DIJITSO_API int cmd_verify(const Args& args, const ParamsDict& params, std::ostream& out = std::cout);

// Removes what was used longest ago. Modules that are pinned stay.
DIJITSO_API void args_gc(Parser& parser);
DIJITSO_API int cmd_gc(const Args& args, const ParamsDict& params, std::ostream& out = std::cout);
DIJITSO_API void args_pin(Parser& parser);
DIJITSO_API int cmd_pin(const Args& args, const ParamsDict& params, std::ostream& out = std::cout);
DIJITSO_API void args_unpin(Parser& parser);
DIJITSO_API int cmd_unpin(const Args& args, const ParamsDict& params, std::ostream& out = std::cout);

// What a module needs, or what needs it; and why one needs another: gives 0 when there is a way, else 1.
DIJITSO_API void args_deps(Parser& parser);
DIJITSO_API int cmd_deps(const Args& args, const ParamsDict& params, std::ostream& out = std::cout);
DIJITSO_API void args_why(Parser& parser);
DIJITSO_API int cmd_why(const Args& args, const ParamsDict& params, std::ostream& out = std::cout);

// Why a run would, or would not, find a module in the cache.
DIJITSO_API void args_explain(Parser& parser);
DIJITSO_API int cmd_explain(const Args& args, const ParamsDict& params, std::ostream& out = std::cout);

// Whether this machine and directory are fit for a cache: gives 1 when there is a problem.
DIJITSO_API void args_doctor(Parser& parser);
DIJITSO_API int cmd_doctor(const Args& args, const ParamsDict& params, std::ostream& out = std::cout);

// Puts headers into one file (build::pack_headers), or shows what is in one after verifying it.
DIJITSO_API void args_pack_headers(Parser& parser);
DIJITSO_API int cmd_pack_headers(const Args& args, const ParamsDict& params, std::ostream& out = std::cout);

// Who is building what.
DIJITSO_API void args_locks(Parser& parser);
DIJITSO_API int cmd_locks(const Args& args, const ParamsDict& params, std::ostream& out = std::cout);

// args_inspect(parser), cmd_inspect(args, params): what a compiled module is made of: key, dependencies, command,
// times, sections, symbols. This and the commands that follow run the program dijitso-object-reader, under limits, on
// entries whose digest is right: CacheError for others, and when it fails.
DIJITSO_API void args_inspect(Parser& parser);
DIJITSO_API int cmd_inspect(const Args& args, const ParamsDict& params, std::ostream& out = std::cout);

// args_symbols(parser), cmd_symbols(args, params): which compiled modules define and use a symbol. Exit codes as
// cmd_grep: 2 when an entry could not be verified.
DIJITSO_API void args_symbols(Parser& parser);
DIJITSO_API int cmd_symbols(const Args& args, const ParamsDict& params, std::ostream& out = std::cout);

// args_disasm(parser), cmd_disasm(args, params): the instructions of a module, with the lines of its source when it has
// debug information. InvalidArgument for a function that it does not have.
DIJITSO_API void args_disasm(Parser& parser);
DIJITSO_API int cmd_disasm(const Args& args, const ParamsDict& params, std::ostream& out = std::cout);

// args_diff(parser), cmd_diff(args, params): what differs between two compiled modules, or variants of one: key,
// inputs, sizes of symbols and sections.
DIJITSO_API void args_diff(Parser& parser);
DIJITSO_API int cmd_diff(const Args& args, const ParamsDict& params, std::ostream& out = std::cout);

// args_report(parser), cmd_report(args, params): one HTML page about the whole cache, for people who would rather look.
// CacheError when it cannot be written.
DIJITSO_API void args_report(Parser& parser);
DIJITSO_API int cmd_report(const Args& args, const ParamsDict& params, std::ostream& out = std::cout);

// args_stats(parser), cmd_stats(args, params): how often programs used the cache, what that saved, and what is in it;
// with "zero" they begin to count anew.
DIJITSO_API void args_stats(Parser& parser);
DIJITSO_API int cmd_stats(const Args& args, const ParamsDict& params, std::ostream& out = std::cout);

// --- For the faces of the commands.

struct Command {
  std::string name;
  std::string summary;  // one line
  void (*add_arguments)(Parser&) = nullptr;
  int (*run)(const Args&, const ParamsDict&, std::ostream&) = nullptr;
  int failure = 1;  // the exit code when `run` throws something else than UsageError
};

// All of them, in the order of help.
DIJITSO_API const std::vector<Command>& commands();

// UsageError with the nearest and all names for one that does not exist.
DIJITSO_API const Command& find_command(std::string_view name);

// What may stand before and behind every command: verbose, cache_dir and dry_run. Their values belong to the Args of
// the command, which may ignore them.
DIJITSO_API void args_common(Parser& parser);

// The runtime parameters that those arguments say.
DIJITSO_API ParamsDict common_params(const Args& args);

// A text for one line of output: control characters as \xNN, so that a file name cannot steer the terminal.
DIJITSO_API std::string printable(std::string_view text);

}  // namespace cmdline
}  // namespace dijitso
