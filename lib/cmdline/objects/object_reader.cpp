// Tested in unittests/cmdline/object_reader_test.cpp with programs that do not answer, and in tests/cli with the real
// one.
#include "cmdline/objects/object_reader.h"

#include "llvm-config/host.h"

#include <dijitso/error.h>

#include <array>
#include <bit>
#include <string_view>
#include <utility>

namespace dijitso::cmdline {
namespace {

namespace fs = std::filesystem;

// Precedes each object in the input of the program: its length, little-endian.
using Frame = std::array<std::uint8_t, 8>;

// Provides the objects one after the other, each preceded by its frame.
class Input {
 public:
  explicit Input(const NextObject& next) : next_(next) {}

  ByteView operator()() {
    if (content_is_due_ && !object_.bytes->empty()) {
      content_is_due_ = false;
      return *object_.bytes;
    }
    std::optional<VerifiedObject> object = next_();
    if (!object) return {};
    object_ = std::move(*object);
    files_.push_back(object_.file);
    frame_ = std::bit_cast<Frame>(std::uint64_t{object_.bytes->size()});
    content_is_due_ = true;
    return frame_;
  }

  const std::vector<fs::path>& files() const { return files_; }

 private:
  const NextObject& next_;
  VerifiedObject object_;
  Frame frame_;
  bool content_is_due_ = false;
  std::vector<fs::path> files_;
};

void read(const nlohmann::json& from, ObjectSection& section) {
  from.at("name").get_to(section.name);
  from.at("type").get_to(section.type);
  from.at("flags").get_to(section.flags);
  from.at("index").get_to(section.index);
  from.at("size").get_to(section.size);
  from.at("relocations").get_to(section.relocations);
}

void read(const nlohmann::json& from, ObjectSymbol& symbol) {
  from.at("name").get_to(symbol.name);
  from.at("demangled").get_to(symbol.demangled);
  from.at("section").get_to(symbol.section);
  from.at("binding").get_to(symbol.binding);
  from.at("type").get_to(symbol.type);
  from.at("address").get_to(symbol.address);
  from.at("size").get_to(symbol.size);
  from.at("defined").get_to(symbol.defined);
}

void read(const nlohmann::json& from, Instruction& instruction) {
  from.at("address").get_to(instruction.address);
  from.at("bytes").get_to(instruction.bytes);
  from.at("text").get_to(instruction.text);
  instruction.refers_to = from.value("refers_to", "");
  instruction.file = from.value("file", "");
  instruction.line = from.value("line", 0U);
}

void read(const nlohmann::json& from, ObjectFunction& function);

template <class T>
void read_list(const nlohmann::json& from, const char* name, std::vector<T>& list) {
  const auto found = from.find(name);
  if (found == from.end()) return;
  for (const nlohmann::json& item : *found) read(item, list.emplace_back());
}

void read(const nlohmann::json& from, ObjectFunction& function) {
  from.at("name").get_to(function.name);
  from.at("demangled").get_to(function.demangled);
  from.at("section").get_to(function.section);
  from.at("address").get_to(function.address);
  from.at("size").get_to(function.size);
  read_list(from, "instructions", function.instructions);
}

[[noreturn]] void fail(const fs::path& file, const std::string& reason) {
  throw CacheError("the object in the entry '" + file.string() + "' cannot be read: " + reason);
}

ObjectAnswer parse(const fs::path& file, std::string_view line) {
  ObjectAnswer answer;
  std::string error;
  try {
    const nlohmann::json document = nlohmann::json::parse(line);
    error = document.value("error", "");
    answer.format = document.value("format", "");
    read_list(document, "sections", answer.sections);
    read_list(document, "symbols", answer.symbols);
    read_list(document, "functions", answer.functions);
  } catch (const nlohmann::json::exception&) {
    fail(file, "dijitso-object-reader does not answer as it should; install dijitso anew");
  }
  if (!error.empty()) fail(file, error);
  return answer;
}

std::vector<ObjectAnswer> parse_all(const std::vector<fs::path>& files, const ProcessResult& result) {
  std::vector<ObjectAnswer> answers;
  std::string_view rest = result.output;
  for (const fs::path& file : files) {
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos)
      fail(file, "dijitso-object-reader " + (result.failure.empty() ? "did not answer" : result.failure));
    answers.push_back(parse(file, rest.substr(0, end)));
    rest.remove_prefix(end + 1);
  }
  if (!result.failure.empty()) throw CacheError("dijitso-object-reader " + result.failure);
  return answers;
}

// Finds the program in the build tree, in an installed tree even when it was moved, and in a wheel, where all files are
// in one folder.
fs::path find_object_reader() {
  const fs::path own = llvm_config::own_directory();
  if (own.empty()) throw CacheError("cannot find dijitso-object-reader: dijitso does not know where it lies itself");
  for (const char* folder : {DIJITSO_LIB_TO_LIBEXEC, "../libexec/dijitso", "."}) {
    fs::path program = own / folder / "dijitso-object-reader";
    std::error_code ignored;
    if (fs::exists(program, ignored)) return program;
  }
  throw CacheError("cannot find the program dijitso-object-reader from '" + own.string() +
                   "': install dijitso completely");
}

}  // namespace

nlohmann::ordered_json as_json(const ObjectSection& section) {
  return {{"index", section.index}, {"name", section.name},   {"type", section.type},
          {"size", section.size},   {"flags", section.flags}, {"relocations", section.relocations}};
}

nlohmann::ordered_json as_json(const ObjectSymbol& symbol) {
  return {
      {"name", symbol.name}, {"demangled", symbol.demangled}, {"defined", symbol.defined}, {"binding", symbol.binding},
      {"type", symbol.type}, {"section", symbol.section},     {"address", symbol.address}, {"size", symbol.size}};
}

nlohmann::ordered_json as_json(const ObjectFunction& function) {
  nlohmann::ordered_json result = {{"name", function.name},
                                   {"demangled", function.demangled},
                                   {"section", function.section},
                                   {"address", function.address},
                                   {"size", function.size}};
  nlohmann::ordered_json& list = result["instructions"] = nlohmann::ordered_json::array();
  for (const Instruction& instruction : function.instructions) {
    nlohmann::ordered_json item = {
        {"address", instruction.address}, {"bytes", instruction.bytes}, {"text", instruction.text}};
    if (!instruction.refers_to.empty()) item["refers_to"] = instruction.refers_to;
    if (!instruction.file.empty()) item.update({{"file", instruction.file}, {"line", instruction.line}});
    list.push_back(std::move(item));
  }
  return result;
}

std::vector<ObjectAnswer> ask_program(const fs::path& program, const Question& question, const NextObject& next,
                                      const ProcessLimits& limits) {
  Input input(next);
  const ProcessResult result = run_limited(program, question, limits, std::ref(input));
  return parse_all(input.files(), result);
}

std::vector<ObjectAnswer> ask_object_reader(const Question& question, const NextObject& next) {
  return ask_program(find_object_reader(), question, next);
}

ObjectAnswer ask_object_reader(const Question& question, const VerifiedObject& object) {
  const auto once = [&, given = false]() mutable -> std::optional<VerifiedObject> {
    return std::exchange(given, true) ? std::nullopt : std::optional(object);
  };
  return std::move(ask_object_reader(question, NextObject(once)).front());
}

}  // namespace dijitso::cmdline
