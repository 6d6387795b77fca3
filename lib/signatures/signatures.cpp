// Problem: a digest of parameters must not depend on the order of filling, on the locale or on the process, and two
// different dictionaries must never give the same text. Idea: keys are sorted, every text carries its length and every
// value its type, so the text can be read back in one way only. Tested in unittests/signatures/signatures_test.cpp.
#include "support/hash.h"

#include <dijitso/signatures.h>

#include <charconv>

namespace dijitso::signatures {
namespace {

template <class Number>
std::string digits(Number number) {
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, number).ptr;
  return std::string(buffer, end);
}

std::string counted(std::string_view text) { return digits(text.size()) + ':' + std::string(text); }

struct ValueText {
  std::string operator()(std::monostate) const { return "none"; }
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(std::int64_t value) const { return "int " + digits(value); }
  // The shortest text that reads back as the same number; it does not depend on the locale.
  std::string operator()(double value) const { return "real " + digits(value); }
  std::string operator()(const std::string& value) const { return "text " + counted(value); }
  std::string operator()(const std::vector<std::string>& values) const {
    std::string text = "list " + digits(values.size());
    for (const auto& value : values) text += ' ' + counted(value);
    return text;
  }
};

}  // namespace

std::string canonicalize_params_for_hashing(const ParamDict& params) {
  std::string text = "dict " + digits(params.size()) + '\n';
  for (const auto& [name, value] : params) text += counted(name) + " = " + std::visit(ValueText{}, value) + '\n';
  return text;
}

std::string canonicalize_params_for_hashing(const ParamsDict& params) {
  std::string text = "dicts " + digits(params.size()) + '\n';
  for (const auto& [name, dict] : params) text += counted(name) + " = " + canonicalize_params_for_hashing(dict);
  return text;
}

std::string hash_params(const ParamDict& params) { return hashit(canonicalize_params_for_hashing(params)); }

std::string hash_params(const ParamsDict& params) { return hashit(canonicalize_params_for_hashing(params)); }

std::string hashit(std::string_view data) { return blake3(data).hex().substr(0, 40); }

}  // namespace dijitso::signatures
