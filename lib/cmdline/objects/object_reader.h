// What is in compiled objects, as dijitso-object-reader says: a program of its own, run under limits, because LLVM
// reads objects and must not do so here. It gets bytes that were verified, and nothing else.
//
// Thread-safety: all functions may be called from any thread. Errors: CacheError, which names the entry, for whatever
// the program does but answering; and when it is not installed.
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
  std::string flags;  // letters as readelf has them
  std::uint64_t index = 0, size = 0, relocations = 0;
};

struct ObjectSymbol {
  std::string name, demangled;
  std::string section;  // empty when it is not defined here
  std::string binding;  // "local", "global", "weak", ...
  std::string type;     // "function", "object", ...
  std::uint64_t address = 0, size = 0;
  bool defined = false;
};

struct Instruction {
  std::uint64_t address = 0;
  std::string bytes;  // hexadecimal
  std::string text;
  std::string refers_to;  // the symbols that the linker will put there; may be empty
  std::string file;       // empty without debug information
  unsigned line = 0;
};

struct ObjectFunction {
  std::string name, demangled, section;
  std::uint64_t address = 0, size = 0;
  std::vector<Instruction> instructions;
};

// The lists that the question does not ask for are empty.
struct ObjectAnswer {
  std::string format;
  std::vector<ObjectSection> sections;
  std::vector<ObjectSymbol> symbols;
  std::vector<ObjectFunction> functions;
};

nlohmann::ordered_json as_json(const ObjectSection& section);
nlohmann::ordered_json as_json(const ObjectSymbol& symbol);
nlohmann::ordered_json as_json(const ObjectFunction& function);

// Verified bytes, and the entry that they are from.
struct VerifiedObject {
  std::filesystem::path file;
  SharedBytes bytes;
};

// nullopt at the end.
using NextObject = std::function<std::optional<VerifiedObject>()>;

// The words of its command line: "contents", "symbols" or "disassembly", then perhaps "--name" or "--regex" and a text.
using Question = std::vector<std::string>;

// One answer for each object, in their order.
std::vector<ObjectAnswer> ask_object_reader(const Question& question, const NextObject& next);
ObjectAnswer ask_object_reader(const Question& question, const VerifiedObject& object);

// The same of any program.
std::vector<ObjectAnswer> ask_program(const std::filesystem::path& program, const Question& question,
                                      const NextObject& next, const ProcessLimits& limits = {});

}  // namespace dijitso::cmdline
