// The command disasm. Lines of the source come from the cache: the header is in the entry, and the source in src/ is
// used only when it has the digest of the compiled source, because src/ has the variant that was published last. Tested
// in tests/cli/disasm_test.py.
#include "cache/api/api.h"
#include "cmdline/core/choice.h"
#include "cmdline/core/options.h"
#include "cmdline/core/output.h"
#include "cmdline/objects/object_reader.h"
#include "params/nearest.h"
#include "support/split.h"

#include <array>
#include <cstdio>
#include <map>

namespace dijitso::cmdline {
namespace {

using Lines = std::vector<std::string>;

Lines lines_of(std::string_view text) {
  const std::vector<std::string_view> lines = split(text, '\n');
  return {lines.begin(), lines.end()};
}

// The available texts, by their file names in debug information, without directory.
std::map<std::string, Lines> known_texts(const cache::EntryFile& file, const cache::Entry& entry,
                                         const cache::Layout& layout) {
  std::map<std::string, Lines> texts;
  texts[layout.inc_file(file.signature).filename()] = lines_of(entry.header);
  for (const auto& path : cache::files_of(layout, cache::Category::src, file.signature)) {
    try {
      const std::optional<std::string> source = cache::read_stored_text(path);
      if (!source || blake3(*source) != entry.source) continue;
      for (const char* postfix : {".cpp", ".c"}) texts[file.signature + postfix] = lines_of(*source);
    } catch (const CacheError&) {
      // The disassembly is then shown without lines of the source.
    }
  }
  return texts;
}

struct Disassembly {
  cache::EntryFile file;
  std::vector<ObjectFunction> functions;
  std::map<std::string, Lines> texts;
};

[[noreturn]] void refuse(const std::string& name, const cache::EntryFile& file, const VerifiedObject& object) {
  std::vector<std::string> names;
  for (const ObjectSymbol& symbol : ask_object_reader({"contents"}, object).symbols)
    if (symbol.defined && symbol.type == "function") names.push_back(symbol.demangled);
  const std::string message = "the module '" + file.name() + "' has no function '" + name + "'";
  if (names.empty()) throw InvalidArgument(message + ", and no other");
  throw InvalidArgument(message + "; the nearest is '" + params::nearest(name, names) + "'");
}

Disassembly disassemble(const Options& options, const ParamsDict& params) {
  const cache::EntryFile file = choose(options, params).chosen.front();
  const cache::StoredEntry stored = verified(file);
  const VerifiedObject object{file.file, stored.bytes};
  const auto function = options.text("function");
  Question question = {"disassembly"};
  if (function) question.insert(question.end(), {"--name", *function});
  ObjectAnswer answer = ask_object_reader(question, object);
  if (answer.functions.empty() && function) refuse(*function, file, object);
  return {file, std::move(answer.functions),
          known_texts(file, stored.entry, cache::Layout(validate_params(params).cache))};
}

// The line of source for an instruction; empty when not known.
std::string source_line(const Disassembly& found, const Instruction& instruction) {
  const auto text = found.texts.find(std::filesystem::path(instruction.file).filename());
  if (text == found.texts.end() || instruction.line > text->second.size()) return "";
  return text->second[instruction.line - 1];
}

void print_instruction(std::ostream& out, const Style& style, const Instruction& instruction) {
  std::array<char, 24> address{};
  std::snprintf(address.data(), address.size(), "%6llx", static_cast<unsigned long long>(instruction.address));
  std::string bytes;
  for (std::size_t i = 0; i + 1 < instruction.bytes.size(); i += 2) bytes += instruction.bytes.substr(i, 2) + " ";
  out << address.data() << ":  " << pad_right(bytes, 24) << ' ' << printable(instruction.text);
  if (!instruction.refers_to.empty()) out << style.faint("  # " + printable(instruction.refers_to));
  out << '\n';
}

void print_as_text(std::ostream& out, const Disassembly& found) {
  const Style style(out);
  for (const ObjectFunction& function : found.functions) {
    out << style.bold(printable(function.demangled)) << ": " << printable(function.section) << ", " << function.size
        << " bytes\n";
    const Instruction* before = nullptr;
    for (const Instruction& instruction : function.instructions) {
      const bool is_new = !before || before->line != instruction.line || before->file != instruction.file;
      if (!instruction.file.empty() && is_new)
        out << style.faint(printable(instruction.file) + ":" + std::to_string(instruction.line)) << "  "
            << style.foreign(source_line(found, instruction)) << '\n';
      print_instruction(out, style, instruction);
      before = &instruction;
    }
    out << '\n';
  }
}

void print_as_json(std::ostream& out, const Disassembly& found) {
  Json document = json_document();
  document["signature"] = found.file.signature;
  document["variant"] = found.file.slot.text();
  Json& functions = document["functions"] = Json::array();
  for (const ObjectFunction& function : found.functions) {
    Json& printed = functions.emplace_back(as_json(function));
    for (std::size_t i = 0; i < function.instructions.size(); ++i)
      if (const std::string line = source_line(found, function.instructions[i]); !line.empty())
        printed["instructions"][i]["source"] = line;
  }
  print_json(out, document);
}

}  // namespace

void args_disasm(Parser& parser) {
  parser.add_argument(module_argument());
  parser.add_argument(variant_argument());
  add_text(parser, {"--function"}, "function", "NAME",
           "Only this function: its name plain, demangled or mangled [default: all]");
  parser.add_argument(json_argument());
  parser.set_epilog(
      "A plain name finds all functions that are called so, in classes and with other parameters too. What the linker\n"
      "fills in is behind '#'. Lines of the source are shown when the module has debug information (build.debug) and\n"
      "the cache still has the source of this variant.");
}

int cmd_disasm(const Args& args, const ParamsDict& params, std::ostream& out) {
  const Options options(args_disasm, args);
  const Disassembly found = disassemble(options, params);
  if (options.flag("json"))
    print_as_json(out, found);
  else
    print_as_text(out, found);
  return 0;
}

}  // namespace dijitso::cmdline
