// The command symbols: the object reader reads every object of the cache and returns only the symbols that match. One
// process reads many objects, because starting it takes as long as reading a thousand. Tested in
// tests/cli/symbols_test.py.
#include "cache/api/api.h"
#include "cache/format/prototypes.h"
#include "cmdline/core/choice.h"
#include "cmdline/core/options.h"
#include "cmdline/core/output.h"
#include "cmdline/objects/object_reader.h"

#include <dijitso/log.h>

#include <map>

namespace dijitso::cmdline {
namespace {

constexpr std::size_t objects_of_a_process = 1000;

struct SymbolUse {
  const cache::EntryFile* file = nullptr;
  ObjectSymbol symbol;
  std::string prototype;  // empty when it was not asked for, or not recorded
};

struct Found {
  std::vector<cache::EntryFile> files;
  std::map<std::string, std::vector<SymbolUse>> uses;  // by the name of the symbol
  std::vector<std::string> unverified;                 // reasons why files are not searched
};

std::string declaration_of(const Prototypes& prototypes, const std::string& symbol) {
  for (const Prototype& one : prototypes.exports)
    if (one.symbol == symbol) return one.declaration;
  return {};
}

// Searches some of the files, beginning at `at`.
void search_some(const Question& question, bool with_prototypes, std::size_t& at, Found& found) {
  std::vector<const cache::EntryFile*> given;
  std::vector<Prototypes> prototypes;
  const auto next = [&]() -> std::optional<VerifiedObject> {
    while (at < found.files.size() && given.size() < objects_of_a_process) {
      const cache::EntryFile& file = found.files[at++];
      try {
        const cache::StoredEntry stored = verified(file);
        given.push_back(&file);
        prototypes.push_back(cache::read_prototypes(with_prototypes ? stored.entry.prototypes : ""));
        return VerifiedObject{file.file, stored.bytes};
      } catch (const CacheError& error) {
        found.unverified.emplace_back(error.what());
      }
    }
    return std::nullopt;
  };
  const std::vector<ObjectAnswer> answers = ask_object_reader(question, next);
  for (std::size_t i = 0; i < answers.size(); ++i)
    for (const ObjectSymbol& symbol : answers[i].symbols)
      if (symbol.type != "section" && symbol.type != "file")
        found.uses[symbol.name].push_back({given[i], symbol, declaration_of(prototypes[i], symbol.name)});
}

Found search(const Question& question, bool with_prototypes, const CacheParams& params) {
  Found found;
  found.files = cache::list_entry_files(params);
  for (std::size_t at = 0; at < found.files.size();) search_some(question, with_prototypes, at, found);
  return found;
}

std::string role_of(const ObjectSymbol& symbol) {
  if (!symbol.defined) return "used";
  return symbol.binding == "global" ? "defined" : "defined, " + symbol.binding;
}

void print_as_text(std::ostream& out, const Found& found) {
  const Style style(out);
  for (const auto& [name, uses] : found.uses) {
    out << style.bold(printable(uses.front().symbol.demangled)) << '\n';
    for (const bool defined : {true, false})
      for (const auto& [file, symbol, prototype] : uses) {
        if (symbol.defined != defined) continue;
        out << "  " << pad_right(role_of(symbol), 16) << ' ' << file->name();
        if (defined) out << "  " << symbol.type << ", " << human_size(symbol.size);
        if (!prototype.empty()) out << "  " << printable(prototype);
        out << '\n';
      }
  }
}

void print_as_json(std::ostream& out, const std::string& pattern, const Found& found) {
  Json document = json_document();
  document["pattern"] = pattern;
  Json& symbols = document["symbols"] = Json::array();
  for (const auto& [name, uses] : found.uses) {
    Json list = Json::array();
    for (const auto& [file, symbol, prototype] : uses) {
      Json use = {{"signature", file->signature}, {"variant", file->slot.text()}};
      use.update(as_json(symbol));
      for (const char* known : {"name", "demangled"}) use.erase(known);
      if (!prototype.empty()) use["prototype"] = prototype;
      list.push_back(std::move(use));
    }
    symbols.push_back({{"name", name}, {"demangled", uses.front().symbol.demangled}, {"modules", std::move(list)}});
  }
  document["unverified"] = found.unverified.size();
  print_json(out, document);
}

}  // namespace

void args_symbols(Parser& parser) {
  parser.add_argument({.names = {"name"},
                       .dest = "name",
                       .metavar = "NAME",
                       .help = "Name of the symbol, plain, demangled or mangled",
                       .required = true});
  add_flag(parser, "--regexmode", "regexmode", "The name is an extended regular expression, as 'grep -E' takes it");
  add_flag(parser, "--prototypes", "prototypes",
           "Show the types of what modules export, as the compiler recorded them");
  parser.add_argument(json_argument());
  parser.set_epilog(
      "A name is whole: 'evaluate' finds 'Form::evaluate(int)', not 'evaluate_all'. A regular expression may match\n"
      "anywhere in the mangled or the demangled name. Entries that cannot be verified are not searched.\n"
      "Exit code: 0 when there is such a symbol, 1 when there is none, 2 for an error.");
}

int cmd_symbols(const Args& args, const ParamsDict& params, std::ostream& out) {
  const Options options(args_symbols, args);
  const std::string name = options.text("name").value();
  const bool is_regex = options.flag("regexmode");
  if (is_regex) cache::check_regex(name);
  const Found found = search({"symbols", is_regex ? "--regex" : "--name", name}, options.flag("prototypes"),
                             validate_params(params).cache);
  for (const std::string& reason : found.unverified) log::get_logger().warning(reason);
  if (options.flag("json"))
    print_as_json(out, name, found);
  else
    print_as_text(out, found);
  if (!found.unverified.empty()) return 2;
  return found.uses.empty() ? 1 : 0;
}

}  // namespace dijitso::cmdline
