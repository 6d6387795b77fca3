// Without precompiled headers, every compile repeats the warnings of the headers (pybind11 causes some in every
// module). With precompiled headers the compiler does not give them, so they are stored. Only the lines "In file
// included from" must be written anew for each module. Tested in unittests/compile/messages_test.cpp.

#include "compile/pch/messages.h"

#include <algorithm>
#include <charconv>

namespace dijitso::compilation {
namespace {

constexpr std::string_view included_from = "In file included from ";

// Messages about flags have the file "<command line>" or none.
bool is_about_flags(const Diagnostic& diagnostic) { return diagnostic.file.empty() || diagnostic.file.front() == '<'; }

bool is_note(const Message& message) { return message.diagnostic.severity == Severity::note; }

// Whether the text names the file other than in "In file included from" lines.
bool is_about(const std::string& text, const std::string& file) {
  for (std::size_t at = text.find(file); at != text.npos; at = text.find(file, at + 1)) {
    const std::size_t line = text.rfind('\n', at) + 1;  // npos + 1 is 0
    if (line + included_from.size() != at || text.compare(line, included_from.size(), included_from) != 0) return true;
  }
  return false;
}

// The "In file included from" lines at the beginning of the text.
std::string_view stack_of(const std::string& text) {
  std::size_t end = 0;
  while (text.compare(end, included_from.size(), included_from) == 0) end = text.find('\n', end) + 1;
  return std::string_view(text).substr(0, end);
}

void write_field(std::string& bytes, std::string_view field) {
  bytes.append(std::to_string(field.size())).append(" ").append(field);
}

std::optional<std::string> read_field(std::string_view& bytes) {
  std::size_t size = 0;
  const auto [end, error] = std::from_chars(bytes.data(), bytes.data() + bytes.size(), size);
  const std::size_t begin = static_cast<std::size_t>(end - bytes.data()) + 1;
  if (error != std::errc() || begin > bytes.size() || *end != ' ' || size > bytes.size() - begin) return std::nullopt;
  std::string field(bytes.substr(begin, size));
  bytes.remove_prefix(begin + size);
  return field;
}

std::optional<int> read_number(std::string_view& bytes) {
  const std::optional<std::string> field = read_field(bytes);
  int number = 0;
  if (!field || std::from_chars(field->data(), field->data() + field->size(), number).ec != std::errc())
    return std::nullopt;
  return number;
}

}  // namespace

std::optional<std::vector<Message>> messages_of_headers(const std::vector<Message>& messages, const std::string& file) {
  std::vector<Message> kept;
  bool is_kept = false;
  for (const Message& message : messages) {
    if (message.diagnostic.severity >= Severity::error) return std::nullopt;
    if (!is_note(message)) is_kept = !is_about_flags(message.diagnostic);
    if (!is_kept) continue;
    if (message.diagnostic.file == file || is_about(message.text, file)) return std::nullopt;
    kept.push_back(message);
  }
  return kept;
}

void include_from(std::vector<Message>& messages, const std::string& file, const std::vector<std::string>& places) {
  const std::string begin = std::string(included_from) + file + ":";
  for (Message& message : messages) {
    std::string& text = message.text;
    for (std::size_t at = text.find(begin); at != std::string::npos; at = text.find(begin, at)) {
      const std::size_t end = std::min(text.find('\n', at), text.size() - 1) + 1;
      unsigned line = 0;
      std::from_chars(text.data() + at + begin.size(), text.data() + end, line);
      if (line == 0 || line > places.size()) break;
      // Clang reports precompiled headers as included by the first line of the module: remove that line too.
      const std::size_t before = at == 0 ? 0 : text.rfind('\n', at - 2) + 1;  // npos + 1 is 0
      if (at > 0 && text.compare(before, included_from.size(), included_from) == 0) at = before;
      text.replace(at, end - at, places[line - 1]);
      at += places[line - 1].size();
    }
  }
}

std::vector<Message> joined(std::vector<Message> of_headers, std::vector<Message> of_module) {
  const auto place = std::find_if(of_module.begin(), of_module.end(),
                                  [](const Message& message) { return !is_about_flags(message.diagnostic); });
  // For consecutive messages in the same file Clang prints the "In file included from" lines only once.
  std::string_view last;
  for (const Message& message : of_headers)
    if (const std::string_view stack = stack_of(message.text); !stack.empty()) last = stack;
  if (place != of_module.end() && !last.empty() && stack_of(place->text) == last) place->text.erase(0, last.size());
  of_module.insert(place, std::make_move_iterator(of_headers.begin()), std::make_move_iterator(of_headers.end()));
  return of_module;
}

std::string text_of_place(const std::string& file, unsigned line) {
  return std::string(included_from) + file + ":" + std::to_string(line) + ":\n";
}

std::string write_messages(const std::vector<Message>& messages) {
  std::string bytes;
  for (const auto& [diagnostic, text] : messages) {
    for (const int number : {static_cast<int>(diagnostic.severity), static_cast<int>(diagnostic.line),
                             static_cast<int>(diagnostic.column)})
      write_field(bytes, std::to_string(number));
    for (const std::string* field : {&diagnostic.file, &diagnostic.message, &text}) write_field(bytes, *field);
  }
  return bytes;
}

std::optional<std::vector<Message>> read_messages(std::string_view bytes) {
  std::vector<Message> messages;
  while (!bytes.empty()) {
    Message message;
    const auto severity = read_number(bytes), line = read_number(bytes), column = read_number(bytes);
    auto file = read_field(bytes), text = read_field(bytes), printed = read_field(bytes);
    if (!severity || *severity < 0 || *severity > static_cast<int>(Severity::fatal) || !line || !column || !file ||
        !text || !printed)
      return std::nullopt;
    Diagnostic& diagnostic = message.diagnostic;
    diagnostic.severity = static_cast<Severity>(*severity);
    diagnostic.line = *line;
    diagnostic.column = *column;
    diagnostic.file = std::move(*file);
    diagnostic.message = std::move(*text);
    message.text = std::move(*printed);
    messages.push_back(std::move(message));
  }
  return messages;
}

}  // namespace dijitso::compilation
