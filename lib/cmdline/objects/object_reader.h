// Reads compiled objects with dijitso-object-reader. That is a separate program, run under limits, because it reads
// objects with LLVM, which must not be loaded into this process. It gets only verified bytes.
//
// Thread-safety: all functions may be called from any thread. Errors: CacheError when the program gives no answer (it
// names the entry), or is not installed.
#pragma once

#include "support/bytes.h"
#include "support/limited_process.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace dijitso::cmdline {

struct ObjectSection {
  std::string name, type;
  std::string flags;  // the letters of readelf
  std::uint64_t index = 0, size = 0, relocations = 0;
};

struct ObjectSymbol {
  std::string name, demangled;
  std::string section;  // empty when undefined
  std::string binding;  // "local", "global", "weak", ...
  std::string type;     // "function", "object", ...
  std::uint64_t address = 0, size = 0;
  bool defined = false;
};

struct Instruction {
  std::uint64_t address = 0;
  std::string bytes;  // hexadecimal
  std::string text;
  std::string refers_to;  // the symbols of its relocations; may be empty
  std::string file;       // empty without debug information
  unsigned line = 0;
};

struct ObjectFunction {
  std::string name, demangled, section;
  std::uint64_t address = 0, size = 0;
  std::vector<Instruction> instructions;
};

// Lists that the question does not ask for are empty.
struct ObjectAnswer {
  std::string format;
  std::vector<ObjectSection> sections;
  std::vector<ObjectSymbol> symbols;
  std::vector<ObjectFunction> functions;
};

nlohmann::ordered_json as_json(const ObjectSection& section);
nlohmann::ordered_json as_json(const ObjectSymbol& symbol);
nlohmann::ordered_json as_json(const ObjectFunction& function);

// Verified bytes, and the file of their entry.
struct VerifiedObject {
  std::filesystem::path file;
  SharedBytes bytes;
};

// Returns the next object; nullopt at the end.
using NextObject = std::function<std::optional<VerifiedObject>()>;

// The arguments of the program: "contents", "symbols" or "disassembly", optionally "--name" or "--regex" with a text.
using Question = std::vector<std::string>;

// Returns one answer for each object, in the same order.
std::vector<ObjectAnswer> ask_object_reader(const Question& question, const NextObject& next);
ObjectAnswer ask_object_reader(const Question& question, const VerifiedObject& object);

// The same with any program.
std::vector<ObjectAnswer> ask_program(const std::filesystem::path& program, const Question& question,
                                      const NextObject& next, const ProcessLimits& limits = {});

}  // namespace dijitso::cmdline
