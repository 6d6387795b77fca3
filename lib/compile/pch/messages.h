// Stores the compiler's messages about headers when they are precompiled, and repeats them when they are used.
#pragma once

#include <dijitso/error.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dijitso::compilation {

// One message, and its text as the compiler prints it: "In file included from" lines, the source line, a caret.
struct Message {
  Diagnostic diagnostic;
  std::string text;
};

// Returns the messages about headers that `file` includes. Leaves out messages without a position in a file, because
// every compile repeats them. Returns nullopt when a message is an error or is about `file` itself.
std::optional<std::vector<Message>> messages_of_headers(const std::vector<Message>& messages, const std::string& file);

// Changes the texts as if the headers were included from elsewhere: `places` has, for each line of `file`, the "In file
// included from" lines that replace it.
void include_from(std::vector<Message>& messages, const std::string& file, const std::vector<std::string>& places);

// Inserts the messages of the headers before those of the module, but after those about flags.
std::vector<Message> joined(std::vector<Message> of_headers, std::vector<Message> of_module);

std::string text_of_place(const std::string& file, unsigned line);  // "In file included from <file>:<line>:"

// Converts messages to bytes and back; returns nullopt for invalid bytes.
std::string write_messages(const std::vector<Message>& messages);
std::optional<std::vector<Message>> read_messages(std::string_view bytes);

}  // namespace dijitso::compilation
