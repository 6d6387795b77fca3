// dijitso-object-reader: reads object files from standard input, never by name, and writes one line of JSON for each.
// dijitso-cache runs it under limits in a separate process, so that a malicious object cannot harm dijitso-cache
// through LLVM.
//
//   dijitso-object-reader contents | symbols | disassembly [--name NAME | --regex REGEX]
//
// The input is any number of frames: the length as eight bytes, little-endian, and the object. The answer to each is
// {"sections": [...]} and {"symbols": [...]}, {"functions": [...]}, or {"error": "..."}. Tested in tests/cli.
#include "contents.h"
#include "disassembly.h"

#include <llvm/Support/Endian.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/Support/raw_ostream.h>

#include <cstdio>
#include <string>
#include <vector>

namespace dijitso::object_reader {
namespace {

// Files in a cache are not longer.
constexpr std::uint64_t longest_object = std::uint64_t{1} << 30;

enum class Question { contents, symbols, disassembly };

llvm::Expected<std::unique_ptr<llvm::object::ObjectFile>> open(llvm::StringRef bytes) {
  return llvm::object::ObjectFile::createELFObjectFile(llvm::MemoryBufferRef(bytes, "object"));
}

llvm::Error answer_with(llvm::json::Object& answer, const char* name, llvm::Expected<llvm::json::Array> found) {
  if (!found) return found.takeError();
  answer[name] = std::move(*found);
  return llvm::Error::success();
}

llvm::Error answer_to(Question question, const Wanted& wanted, llvm::StringRef bytes, llvm::json::Object& answer) {
  llvm::Expected<std::unique_ptr<llvm::object::ObjectFile>> opened = open(bytes);
  if (!opened) return opened.takeError();
  const Object& object = llvm::cast<Object>(**opened);
  if (question == Question::disassembly) return answer_with(answer, "functions", disassemble(object, wanted));
  if (llvm::Error error = answer_with(answer, "symbols", symbols_of(object, wanted))) return error;
  if (question == Question::symbols) return llvm::Error::success();
  answer["format"] = object.getFileFormatName().str();
  return answer_with(answer, "sections", sections_of(object));
}

llvm::json::Object safe_answer(Question question, const Wanted& wanted, llvm::StringRef bytes) {
  llvm::json::Object answer;
  if (llvm::Error error = answer_to(question, wanted, bytes, answer))
    return llvm::json::Object{{"error", as_json(llvm::toString(std::move(error)))}};
  return answer;
}

// Returns false at the end of the input, also in the middle of an object.
bool read_object(std::vector<char>& bytes) {
  char frame[8];
  if (std::fread(frame, 1, sizeof frame, stdin) != sizeof frame) return false;
  const std::uint64_t size = llvm::support::endian::read64le(frame);
  if (size > longest_object) return false;
  bytes.resize(size);
  return std::fread(bytes.data(), 1, size, stdin) == size;
}

int answer_all(Question question, const Wanted& wanted) {
  std::vector<char> bytes;
  while (read_object(bytes)) {
    llvm::outs() << llvm::json::Value(safe_answer(question, wanted, {bytes.data(), bytes.size()})) << '\n';
    llvm::outs().flush();
  }
  return 0;
}

int usage(const std::string& message) {
  llvm::errs() << message << '\n';
  return 64;
}

int run(const std::vector<std::string>& words) {
  if (words.size() != 1 && words.size() != 3)
    return usage("usage: dijitso-object-reader contents|symbols|disassembly [--name NAME | --regex REGEX] <objects");
  Question question = Question::contents;
  if (words[0] == "symbols")
    question = Question::symbols;
  else if (words[0] == "disassembly")
    question = Question::disassembly;
  else if (words[0] != "contents")
    return usage("unknown question: " + words[0]);
  Wanted wanted = Wanted::all();
  if (words.size() == 3) wanted = words[1] == "--regex" ? Wanted::regex(words[2]) : Wanted::name(words[2]);
  if (const auto fault = wanted.fault()) return usage("not a regular expression: " + *fault);
  return answer_all(question, wanted);
}

}  // namespace
}  // namespace dijitso::object_reader

int main(int argc, char** argv) { return dijitso::object_reader::run({argv + 1, argv + argc}); }
