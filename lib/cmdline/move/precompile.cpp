// The command precompile: makes the precompiled headers of programs before they run, for one user or for everybody.
// Loads the compiler. Tested in tests/cli/precompile_test.py, and with real programs in tests/programs/layer_test.py.
#include "cmdline/core/options.h"
#include "cmdline/core/output.h"
#include "cmdline/move/clients.h"
#include "params/nearest.h"
#include "params/own_directories.h"
#include "support/file.h"
#include "support/split.h"

#include <dijitso/build.h>
#include <dijitso/compile.h>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <sstream>

namespace dijitso::cmdline {
namespace {

namespace fs = std::filesystem;

// One line of the output.
struct Outcome {
  std::string what;
  std::string state;  // "made", "present", "small", "refused" or "absent"
  std::vector<std::string> includes = {};
  std::uint64_t bytes = 0;
  std::string reason = {};
};

std::string read_source(const std::string& file) try {
  if (const auto text = read_file(file)) return std::string(as_text(*text));
  std::string names;
  for (const std::string& name : client_names()) names += name + ", ";
  throw UsageError("--for: '" + file + "' is neither a file nor a client; the nearest client is '" +
                   params::nearest(file, client_names()) + "', all are " + names + "installed");
} catch (const FileError& error) {
  throw InvalidArgument("the headers of a source cannot be precompiled: " + std::string(error.what()));
}

// The beginning of a text, as dijitso.compile compiles it, or as a module of jit with exactly these parameters.
Beginning beginning_of_file(const std::string& file, const Params& usual, const ClientChoice& choice, bool is_module) {
  Beginning beginning{file, read_source(file), usual};
  const std::string language = fs::path(file).extension() == ".c" ? "c" : "c++";
  if (!is_module) {
    beginning.params = compile_params(
        {.language = language, .flags = choice.flags, .include_dirs = choice.include_dirs, .params = usual});
    return beginning;
  }
  if (!choice.flags.empty()) throw UsageError("--flags has no effect with --module: set build.cxxflags instead");
  if (language == "c") beginning.params.build.language = language;
  beginning.params.build.include_dirs.insert(beginning.params.build.include_dirs.begin(), choice.include_dirs.begin(),
                                             choice.include_dirs.end());
  return beginning;
}

// Of the compiler's messages the first error, without the place in a text that nobody has seen.
std::string shortened(const std::string& refusal) {
  for (const std::string_view line : split(refusal, '\n'))
    if (line.find("error: ") != line.npos) {
      const std::size_t unseen = line.find("/dijitso/prelude/");
      return std::string(unseen == line.npos ? line : line.substr(line.find(": ", unseen) + 2));
    }
  return refusal;
}

Outcome precompile(const Beginning& beginning) {
  build::PrecompiledHeaders made = build::precompile(beginning.source, beginning.params);
  Outcome outcome{beginning.what, made.is_new ? "made" : "present"};
  outcome.bytes = made.bytes;
  for (const std::string_view line : split(made.includes, '\n'))
    if (line.starts_with("#include ")) outcome.includes.emplace_back(line.substr(9));
  if (made.bytes > 0) return outcome;
  outcome.state = made.is_small ? "small" : "refused";
  outcome.reason = made.is_small           ? "parsed as fast, so nothing is kept"
                   : made.includes.empty() ? "the source does not begin with #include lines that can be precompiled"
                   : made.refusal.empty()  ? "they cannot be precompiled with these flags"
                                           : shortened(made.refusal);
  return outcome;
}

std::vector<Outcome> precompile_all(const std::string& name, const Params& usual, const ClientChoice& choice,
                                    bool is_module) {
  const std::vector<std::string> clients = client_names();
  std::vector<Outcome> outcomes;
  if (name == "installed") {
    for (const std::string& client : clients) try {
        for (const Beginning& one : beginnings_of(client, usual, choice)) outcomes.push_back(precompile(one));
      } catch (const InvalidArgument& error) {
        outcomes.push_back({.what = client, .state = "absent", .reason = error.what()});
      }
  } else if (std::ranges::find(clients, name) != clients.end()) {
    for (const Beginning& one : beginnings_of(name, usual, choice)) outcomes.push_back(precompile(one));
  } else {
    outcomes.push_back(precompile(beginning_of_file(name, usual, choice, is_module)));
  }
  return outcomes;
}

// Keeps of an installed cache what is looked at there, and lets everybody read that.
void open_to_all(const fs::path& layer) try {
  constexpr fs::perms all_read = fs::perms::owner_read | fs::perms::group_read | fs::perms::others_read;
  constexpr fs::perms all_enter = all_read | fs::perms::owner_exec | fs::perms::group_exec | fs::perms::others_exec;
  std::vector<fs::path> others;
  for (const fs::directory_entry& entry : fs::directory_iterator(layer))
    if (entry.path().filename() != params::precompiled_dir) others.push_back(entry.path());
  for (const fs::path& other : others) fs::remove_all(other);
  for (const fs::path& folder : {layer.parent_path(), layer, layer / params::precompiled_dir})
    fs::permissions(folder, all_enter, fs::perm_options::add);
  for (const fs::directory_entry& entry : fs::directory_iterator(layer / params::precompiled_dir))
    fs::permissions(entry.path(), all_read, fs::perm_options::add);
} catch (const fs::filesystem_error& error) {
  throw CacheError("the precompiled headers in '" + layer.string() +
                   "' cannot be opened to all users: " + error.code().message());
}

void print_as_json(std::ostream& out, const std::string& dir, const std::vector<Outcome>& outcomes) {
  Json document = json_document();
  document["cache_dir"] = dir;
  Json& list = document["headers"] = Json::array();
  for (const Outcome& outcome : outcomes)
    list.push_back({{"what", outcome.what},
                    {"state", outcome.state},
                    {"includes", outcome.includes},
                    {"bytes", outcome.bytes},
                    {"reason", outcome.reason}});
  print_json(out, document);
}

void print_as_text(std::ostream& out, const std::vector<Outcome>& outcomes) {
  for (const Outcome& outcome : outcomes) {
    out << pad_right(outcome.state, 8) << printable(outcome.what) << ": ";
    if (outcome.bytes > 0) out << human_size(outcome.bytes) << ", ";
    for (const std::string& name : outcome.includes)
      out << printable(name) << (&name == &outcome.includes.back() ? "" : " ");
    if (!outcome.reason.empty()) out << (outcome.includes.empty() ? "" : ": ") << printable(outcome.reason);
    out << '\n';
  }
}

}  // namespace

void args_precompile(Parser& parser) {
  parser.add_argument({.names = {"--for"},
                       .dest = "for",
                       .kind = Kind::list,
                       .metavar = "CLIENT|FILE",
                       .help = "dolfin, dolfinx, ffc, petsc, eigen, 'installed' for those of them that are installed, "
                               "or a C or C++ source; may be given several times",
                       .required = true});
  add_flag(parser, "--layer", "layer",
           "Put them into the cache beside the library, where every user's programs find them");
  add_text(parser, {"--flags"}, "flags", "FLAGS",
           "Flags of compile() for a source, petsc and eigen; of FFC (cpp_optimize_flags) for ffc and dolfin");
  parser.add_argument({.names = {"-I", "--include-dir"},
                       .dest = "include_dirs",
                       .kind = Kind::list,
                       .metavar = "DIR",
                       .help = "Directory with headers, of the source or the client; may be given several times"});
  add_flag(parser, "--module", "module", "The source is a module of jit with the usual parameters, not of compile()");
  parser.add_argument(json_argument());
  parser.set_epilog(
      "The first program that includes large headers, such as those of DOLFIN, parses them for seconds. This does it\n"
      "before, for programs with the same parameters (environment, configuration). Headers that have changed since "
      "are\n"
      "found out, and parsed. 'small' headers are parsed as fast, and not kept.\n"
      "Exit code: 1 when headers cannot be precompiled.");
}

int cmd_precompile(const Args& args, const ParamsDict& given, std::ostream& out) {
  const Options options(args_precompile, args);
  Params usual = validate_params(given);
  const bool is_layer = options.flag("layer");
  if (is_layer) {
    if (!common_params(args).empty()) throw UsageError("give either --layer or --cache-dir");
    usual.cache.cache_dir = build::installed_cache_dir();
    usual.cache.readonly_dirs.clear();
  }
  ClientChoice choice{options.list("include_dirs"), {}};
  std::istringstream flags(options.text("flags").value_or(""));
  for (std::string flag; flags >> flag;) choice.flags.push_back(flag);
  std::vector<Outcome> outcomes;
  for (const std::string& name : options.list("for"))
    for (Outcome& outcome : precompile_all(name, usual, choice, options.flag("module")))
      outcomes.push_back(std::move(outcome));
  std::error_code unknown;
  if (is_layer && fs::exists(fs::path(usual.cache.cache_dir) / params::precompiled_dir, unknown))
    open_to_all(usual.cache.cache_dir);
  if (options.flag("json"))
    print_as_json(out, usual.cache.cache_dir, outcomes);
  else
    print_as_text(out, outcomes);
  return std::ranges::any_of(outcomes, [](const Outcome& one) { return one.state == "refused"; }) ? 1 : 0;
}

}  // namespace dijitso::cmdline
