// The command inspect: shows all metadata of an entry, and what dijitso-object-reader reports about its object. The
// default fits a screen; long lists are cut unless an option asks for them. Tested in tests/cli/inspect_test.py.
#include "cmdline/core/choice.h"
#include "cmdline/core/options.h"
#include "cmdline/core/output.h"
#include "cmdline/objects/build_facts.h"
#include "cmdline/objects/key_text.h"
#include "cmdline/objects/object_reader.h"

namespace dijitso::cmdline {
namespace {

constexpr std::size_t short_list = 12;
constexpr std::size_t short_line = 96;

struct Inspected {
  cache::EntryFile variant;
  std::vector<cache::EntryFile> variants;
  cache::Entry entry;
  BuildFacts facts;
  ObjectAnswer object;
};

Inspected inspect(const Options& options, const ParamsDict& params) {
  Choice choice = choose(options, params);
  const cache::EntryFile& variant = choice.chosen.front();
  const cache::StoredEntry stored = verified(variant);
  ObjectAnswer object = ask_object_reader({"contents"}, VerifiedObject{variant.file, stored.bytes});
  return {variant, std::move(choice.variants), stored.entry, build_facts(stored.entry), std::move(object)};
}

std::uint64_t size_of(const ObjectAnswer& object, bool (*counts)(const ObjectSection&)) {
  std::uint64_t sum = 0;
  for (const ObjectSection& section : object.sections)
    if (counts(section)) sum += section.size;
  return sum;
}

bool has_flag(const ObjectSection& section, char flag) { return section.flags.find(flag) != std::string::npos; }
bool is_code(const ObjectSection& section) { return has_flag(section, 'X'); }
bool is_data(const ObjectSection& section) { return has_flag(section, 'A') && !has_flag(section, 'X'); }
bool is_debug(const ObjectSection& section) { return section.name.starts_with(".debug"); }

std::uint64_t relocations_of(const ObjectAnswer& object) {
  std::uint64_t sum = 0;
  for (const ObjectSection& section : object.sections) sum += section.relocations;
  return sum;
}

// Whether the symbol is a name of code or data, and not of a file or section.
bool is_name(const ObjectSymbol& symbol) { return symbol.type != "section" && symbol.type != "file"; }

std::string kind_of(const ObjectSymbol& symbol) {
  if (!symbol.defined) return symbol.binding == "weak" ? "undefined, weak" : "undefined";
  return symbol.binding == "global" ? "defined" : symbol.binding;
}

// --- Text.

void row(std::ostream& out, const std::string& name, const std::string& text) {
  out << "  " << pad_right(name, 10) << printable(text) << '\n';
}

std::string cut(std::string text) {
  if (text.size() > short_line) text.replace(short_line - 3, std::string::npos, "...");
  return text;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

void print_overview(std::ostream& out, const Style& style, const Inspected& found) {
  const BuildFacts& facts = found.facts;
  out << style.bold("Module ") << printable(found.variant.signature) << ", variant " << found.variant.slot.text()
      << '\n';
  row(out, "file", found.variant.file.string());
  row(out, "size",
      human_size(found.variant.bytes) + ": code " + human_size(size_of(found.object, is_code)) + ", data " +
          human_size(size_of(found.object, is_data)) + ", debug information " +
          human_size(size_of(found.object, is_debug)));
  if (facts.created_ns)
    row(out, "compiled", as_utc(*facts.created_ns) + (facts.host.empty() ? "" : " on " + facts.host));
  if (facts.seconds.sum() > 0) row(out, "time", in_words(facts.seconds));
  if (!facts.compiler.empty()) row(out, "compiler", facts.compiler);
  if (!facts.command.empty()) row(out, "command", facts.command);
  row(out, "format", found.object.format);
  row(out, "needs",
      found.entry.isa_features.empty() ? "no features of the processor beyond its architecture"
                                       : joined(found.entry.isa_features));
  row(out, "identity", found.entry.identity().hex());
}

void print_variants(std::ostream& out, const Style& style, const Inspected& found) {
  if (found.variants.size() < 2) return;
  out << style.bold("Variants") << ", newest first\n";
  for (const cache::EntryFile& variant : found.variants)
    out << "  " << variant.slot.text() << pad_left(human_size(variant.bytes), 12)
        << (variant.file == found.variant.file ? "  (this one)" : "") << '\n';
}

// Prints `lines` under a title; only the first ones of many, unless `whole`.
void print_list(std::ostream& out, const Style& style, const std::string& title, const std::vector<std::string>& lines,
                bool whole, const char* option) {
  if (lines.empty()) return;
  out << style.bold(title) << '\n';
  const std::size_t shown = whole || lines.size() <= short_list ? lines.size() : short_list;
  for (std::size_t i = 0; i < shown; ++i) out << "  " << printable(whole ? lines[i] : cut(lines[i])) << '\n';
  if (shown < lines.size())
    out << style.faint("  ... and " + std::to_string(lines.size() - shown) + " more: " + option) << '\n';
}

std::vector<std::string> key_lines(const cache::Entry& entry) {
  std::vector<std::string> lines;
  for (const auto& [name, value] : key_components(entry.request))
    if (name != "signature") lines.push_back(pad_right(name, 22) + (value.empty() ? "-" : value));
  return lines;
}

std::vector<std::string> dependency_lines(const cache::Entry& entry) {
  std::vector<std::string> lines;
  for (const cache::Dependency& dependency : entry.dependencies)
    lines.push_back(dependency.signature + ", identity " + dependency.identity.hex().substr(0, 16));
  return lines;
}

std::vector<std::string> file_lines(const cache::Entry& entry) {
  std::vector<std::string> lines;
  for (const cache::ReadFile& file : entry.files) lines.push_back(file.path);
  return lines;
}

std::vector<std::string> section_lines(const ObjectAnswer& object) {
  std::vector<std::string> lines = {"      size  relocations  flags  type            name"};
  for (const ObjectSection& section : object.sections) {
    if (section.index == 0) continue;  // the null section of every ELF file
    const std::string type = section.type.starts_with("SHT_") ? section.type.substr(4) : section.type;
    lines.push_back(pad_left(std::to_string(section.size), 10) + pad_left(std::to_string(section.relocations), 13) +
                    "  " + pad_right(section.flags, 7) + pad_right(type, 16) + section.name);
  }
  return lines;
}

std::vector<std::string> symbol_lines(const ObjectAnswer& object, bool with_local) {
  std::vector<std::string> lines;
  for (const ObjectSymbol& symbol : object.symbols)
    if (is_name(symbol) && (with_local || symbol.binding != "local"))
      lines.push_back(pad_left(symbol.defined ? std::to_string(symbol.size) : "", 8) + "  " +
                      pad_right(kind_of(symbol), 17) + pad_right(symbol.type, 10) + symbol.demangled);
  return lines;
}

void print_as_text(std::ostream& out, const Options& options, const Inspected& found) {
  const Style style(out);
  const auto wants = [&](const char* list) { return options.flag("all") || options.flag(list); };
  print_overview(out, style, found);
  print_variants(out, style, found);
  print_list(out, style, "Key", key_lines(found.entry), wants("key"), "--key");
  print_list(out, style, "Depends on", dependency_lines(found.entry), options.flag("all"), "--all");
  print_list(out, style, "Headers outside the toolchain", file_lines(found.entry), options.flag("all"), "--all");
  const std::string counts = std::to_string(found.object.sections.size() - 1) + " sections, " +
                             std::to_string(relocations_of(found.object)) + " relocations";
  if (wants("sections"))
    print_list(out, style, "Sections", section_lines(found.object), true, "");
  else
    out << style.bold("Sections") << "\n  " << counts << style.faint(": --sections") << '\n';
  print_list(out, style, "Symbols", symbol_lines(found.object, wants("symbols")), wants("symbols"), "--symbols");
}

// --- JSON.

Json inputs_as_json(const cache::Entry& entry) {
  Json key = Json::array();
  for (const auto& [name, value] : key_components(entry.request)) key.push_back({{"name", name}, {"value", value}});
  Json dependencies = Json::array(), files = Json::array();
  for (const cache::Dependency& dependency : entry.dependencies)
    dependencies.push_back({{"signature", dependency.signature}, {"identity", dependency.identity.hex()}});
  for (const cache::ReadFile& file : entry.files)
    files.push_back({{"path", file.path}, {"bytes", file.size}, {"digest", file.digest.hex()}});
  return {{"identity", entry.identity().hex()},
          {"key", key},
          {"source_digest", entry.source.hex()},
          {"dependencies", dependencies},
          {"files", files},
          {"isa_features", entry.isa_features},
          {"libs", entry.libs},
          {"lib_dirs", entry.lib_dirs},
          {"rpath_dirs", entry.rpath_dirs}};
}

template <class T>
Json list_as_json(const std::vector<T>& list) {
  Json result = Json::array();
  for (const T& item : list) result.push_back(as_json(item));
  return result;
}

void print_as_json(std::ostream& out, const Inspected& found) {
  Json document = json_document();
  document["signature"] = found.variant.signature;
  document["variant"] = found.variant.slot.text();
  document["file"] = found.variant.file.string();
  document["bytes"] = found.variant.bytes;
  Json& variants = document["variants"] = Json::array();
  for (const cache::EntryFile& variant : found.variants)
    variants.push_back({{"variant", variant.slot.text()}, {"file", variant.file.string()}, {"bytes", variant.bytes}});
  document.update(inputs_as_json(found.entry));
  document["build"] = found.facts.all;
  document["format"] = found.object.format;
  document["sections"] = list_as_json(found.object.sections);
  document["symbols"] = list_as_json(found.object.symbols);
  print_json(out, document);
}

}  // namespace

void args_inspect(Parser& parser) {
  parser.add_argument(module_argument());
  parser.add_argument(variant_argument());
  add_flag(parser, "--key", "key", "Show all components of the key, in full");
  add_flag(parser, "--sections", "sections", "List the sections with their relocations");
  add_flag(parser, "--symbols", "symbols", "List all symbols, local ones too");
  add_flag(parser, "--all", "all", "Show everything");
  parser.add_argument(json_argument());
  parser.set_epilog(
      "Only an entry whose digest matches its contents is looked into, by a process of its own. JSON has everything.");
}

int cmd_inspect(const Args& args, const ParamsDict& params, std::ostream& out) {
  const Options options(args_inspect, args);
  const Inspected found = inspect(options, params);
  if (options.flag("json"))
    print_as_json(out, found);
  else
    print_as_text(out, options, found);
  return 0;
}

}  // namespace dijitso::cmdline
