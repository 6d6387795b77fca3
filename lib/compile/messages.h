// What the compiler says of headers when they are precompiled, to be said again when they are used.
#pragma once

#include <dijitso/error.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dijitso::compile {

// One message, and the text that the compiler prints for it: where the file was included from, the line, a caret.
struct Message {
  Diagnostic diagnostic;
  std::string text;
};

// Those that belong to headers included by `file`; what has no place in a file is left out, for every compile says it.
// nullopt when one of them is an error, or is about `file` itself.
std::optional<std::vector<Message>> messages_of_headers(const std::vector<Message>& messages, const std::string& file);

// As if the headers had been included from elsewhere: for each line of `file`, the lines that tell from where.
void include_from(std::vector<Message>& messages, const std::string& file, const std::vector<std::string>& places);

// Puts those of the headers in front of those of the module, but behind what is about the flags.
std::vector<Message> joined(std::vector<Message> of_headers, std::vector<Message> of_module);

std::string text_of_place(const std::string& file, unsigned line);  // "In file included from <file>:<line>:"

// Messages as bytes and back; nullopt when the bytes are none.
std::string write_messages(const std::vector<Message>& messages);
std::optional<std::vector<Message>> read_messages(std::string_view bytes);

}  // namespace dijitso::compile
