// The command diff: compares two entries as lists of names with values, and shows the values that differ. Tested in
// tests/cli/diff_test.py.
#include "cmdline/core/choice.h"
#include "cmdline/core/options.h"
#include "cmdline/core/output.h"
#include "cmdline/objects/key_text.h"
#include "cmdline/objects/object_reader.h"

#include <map>

namespace dijitso::cmdline {
namespace {

using Values = std::map<std::string, Json>;

struct Change {
  std::string name;
  Json before, after;  // null when absent
};

struct Side {
  cache::EntryFile file;
  cache::Entry entry;
  ObjectAnswer object;
};

Side read_side(const cache::EntryFile& file) {
  cache::StoredEntry stored = verified(file);
  ObjectAnswer object = ask_object_reader({"contents"}, VerifiedObject{file.file, stored.bytes});
  return {file, std::move(stored.entry), std::move(object)};
}

Values key_of(const Side& side) {
  Values values;
  for (const auto& [name, value] : key_components(side.entry.request)) values[name] = value;
  return values;
}

Values inputs_of(const Side& side) {
  const cache::Entry& entry = side.entry;
  Values values = {{"header", blake3(entry.header).hex()}, {"source", entry.source.hex()}};
  for (const cache::Dependency& dependency : entry.dependencies)
    values["dependency " + dependency.signature] = dependency.identity.hex();
  for (const cache::ReadFile& file : entry.files) values["file " + file.path] = file.digest.hex();
  for (const std::string& feature : entry.isa_features) values["processor feature " + feature] = "needed";
  return values;
}

// The sizes of defined symbols; sizes of symbols with the same name are added.
Values symbols_of(const Side& side) {
  Values values;
  for (const ObjectSymbol& symbol : side.object.symbols) {
    if (symbol.type == "section" || symbol.type == "file" || symbol.name.empty()) continue;
    Json& value = values[symbol.demangled];
    if (!symbol.defined)
      value = "undefined";
    else
      value = symbol.size + (value.is_number() ? value.get<std::uint64_t>() : 0);
  }
  return values;
}

// The sizes of sections, without those of dijitso, whose contents are compared above.
Values sections_of(const Side& side) {
  Values values;
  for (const ObjectSection& section : side.object.sections) {
    if (section.index == 0 || section.name.starts_with(".dijitso.")) continue;
    Json& value = values[section.name];
    value = section.size + (value.is_number() ? value.get<std::uint64_t>() : 0);
  }
  return values;
}

std::vector<Change> changes(Values before, const Values& after) {
  std::vector<Change> found;
  for (const auto& [name, value] : after) before.emplace(name, nullptr);
  for (const auto& [name, value] : before) {
    const auto there = after.find(name);
    const Json now = there == after.end() ? Json() : there->second;
    if (value != now) found.push_back({name, value, now});
  }
  return found;
}

struct List {
  const char* title;
  const char* name;  // in JSON
  std::vector<Change> changes;
};

std::vector<List> compare(const Side& before, const Side& after) {
  return {{"Key", "key", changes(key_of(before), key_of(after))},
          {"Inputs", "inputs", changes(inputs_of(before), inputs_of(after))},
          {"Symbols", "symbols", changes(symbols_of(before), symbols_of(after))},
          {"Sections", "sections", changes(sections_of(before), sections_of(after))}};
}

std::string shown(const Json& value) {
  if (value.is_null()) return "absent";
  if (value.is_string()) return value.get<std::string>().empty() ? "(empty)" : printable(value.get<std::string>());
  return value.dump();
}

void print_change(std::ostream& out, const Change& change) {
  constexpr std::size_t short_line = 100;
  const std::string name = printable(change.name), before = shown(change.before), after = shown(change.after);
  if (name.size() + before.size() + after.size() <= short_line)
    out << "  " << pad_right(name, 28) << "  " << before << " -> " << after << '\n';
  else
    out << "  " << name << "\n    - " << before << "\n    + " << after << '\n';
}

void print_as_text(std::ostream& out, const Side& before, const Side& after, const std::vector<List>& lists) {
  const Style style(out);
  out << "--- " << before.file.name() << "\n+++ " << after.file.name() << '\n';
  for (const List& list : lists) {
    if (list.changes.empty()) continue;
    out << style.bold(list.title) << '\n';
    for (const Change& change : list.changes) print_change(out, change);
  }
}

void print_as_json(std::ostream& out, const Side& before, const Side& after, const std::vector<List>& lists) {
  Json document = json_document();
  for (const auto& [name, side] : {std::pair("before", &before), std::pair("after", &after)})
    document[name] = {{"signature", side->file.signature}, {"variant", side->file.slot.text()}};
  for (const List& list : lists) {
    Json& printed = document[list.name] = Json::array();
    for (const Change& change : list.changes)
      printed.push_back({{"name", change.name}, {"before", change.before}, {"after", change.after}});
  }
  print_json(out, document);
}

// The two variants of a module, older first, or the newest variant of each of two names.
std::pair<cache::EntryFile, cache::EntryFile> choose_two(const Options& options, const CacheParams& params) {
  const std::string name = options.text("module").value();
  const Choice choice = choose(name, params);
  if (const auto other = options.text("other")) return {choice.chosen.front(), choose(*other, params).chosen.front()};
  if (choice.chosen.size() != 2)
    throw InvalidArgument("'" + name + "' means " + counted(choice.chosen.size(), "variant") +
                          ", and two are compared; name another, such as '" + choice.variants.back().signature + ":" +
                          choice.variants.back().slot.text() + "'");
  return {choice.chosen[1], choice.chosen[0]};
}

}  // namespace

void args_diff(Parser& parser) {
  parser.add_argument(module_argument());
  add_text(parser, {"other"}, "other", "OTHER", "What to compare it with [default: the other of its two variants]");
  parser.add_argument(json_argument());
  parser.set_epilog(
      "Without OTHER the older of two variants comes first. Only what differs is shown: components of the key, inputs\n"
      "by their digests, sizes of symbols and sections in bytes.");
}

int cmd_diff(const Args& args, const ParamsDict& params, std::ostream& out) {
  const Options options(args_diff, args);
  const auto [first, second] = choose_two(options, validate_params(params).cache);
  const Side before = read_side(first), after = read_side(second);
  const std::vector<List> lists = compare(before, after);
  if (options.flag("json"))
    print_as_json(out, before, after, lists);
  else
    print_as_text(out, before, after, lists);
  return 0;
}

}  // namespace dijitso::cmdline
