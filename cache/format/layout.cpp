// Names only: what a cache directory contains and where. Every path that is made from a signature goes through
// check_signature, so that no name from outside can leave the directory.
// Tested in unittests/cache/layout_test.cpp.
#include "cache/format/layout.h"

#include "params/own_directories.h"

#include <dijitso/error.h>

#include <algorithm>
#include <cstdio>

namespace dijitso::cache {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t longest_signature = 200;

bool is_allowed(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
         c == '+' || c == '-';
}

// The signature in a form that is safe to print on a terminal.
std::string printable(std::string_view signature) {
  std::string text;
  for (char c : signature.substr(0, 80)) {
    char escaped[5];
    std::snprintf(escaped, sizeof escaped, c < 0x20 || c > 0x7e ? "\\x%02x" : "%c", static_cast<unsigned char>(c));
    text += escaped;
  }
  return signature.size() > 80 ? text + "..." : text;
}

// What is wrong with the signature; empty when it is well-formed.
std::string fault_of(std::string_view signature) {
  if (signature.empty()) return "it is empty";
  if (signature.size() > longest_signature) return "it is longer than 200 characters";
  if (signature[0] == '.' || signature[0] == '-') return "it starts with '" + std::string(1, signature[0]) + "'";
  if (!std::all_of(signature.begin(), signature.end(), is_allowed)) return "it contains other characters";
  return {};
}

std::string checked(std::string_view signature) {
  check_signature(signature);
  return std::string(signature);
}

}  // namespace

void check_signature(std::string_view signature) {
  const std::string fault = fault_of(signature);
  if (fault.empty()) return;
  throw InvalidArgument("the signature '" + printable(signature) + "' cannot be used: " + fault +
                        "; use 1 to 200 letters, digits, '_', '.', '+' and '-', starting with none of '.' and '-'");
}

bool is_signature(std::string_view signature) { return fault_of(signature).empty(); }

Slot::Slot(const Digest& digest) { std::ranges::copy_n(digest.hex().begin(), digits_.size(), digits_.begin()); }

std::optional<Slot> Slot::from_text(std::string_view text) {
  const auto is_digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  Slot slot;
  if (text.size() != slot.digits_.size() || !std::ranges::all_of(text, is_digit)) return std::nullopt;
  std::ranges::copy(text, slot.digits_.begin());
  return slot;
}

std::optional<VariantName> parse_variant_name(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  if (dot == name.npos || dot == 0) return std::nullopt;
  const std::optional<Slot> slot = Slot::from_text(name.substr(dot + 1));
  return slot ? std::optional(VariantName{name.substr(0, dot), *slot}) : std::nullopt;
}

fs::path Layout::root() const { return params_.cache_dir; }
fs::path Layout::obj_dir() const { return root() / params_.obj_dir; }
fs::path Layout::inc_dir() const { return root() / params_.inc_dir; }
fs::path Layout::src_dir() const { return root() / params_.src_dir; }
fs::path Layout::lib_dir() const { return root() / params_.lib_dir; }
fs::path Layout::log_dir() const { return root() / params_.log_dir; }
fs::path Layout::temp_dir() const { return root() / params::temp_dir; }
fs::path Layout::claims_dir() const { return root() / params::claims_dir; }
fs::path Layout::quarantine_dir() const { return root() / params::quarantine_dir; }
fs::path Layout::pins_dir() const { return root() / params::pins_dir; }
fs::path Layout::stats_dir() const { return root() / params::stats_dir; }

fs::path Layout::obj_file(std::string_view signature, const Slot& slot) const {
  return obj_dir() / (checked(signature) + "." + slot.text() + ".o");
}

fs::path Layout::claim_file(std::string_view signature, const Slot& slot) const {
  return claims_dir() / (checked(signature) + "." + slot.text());
}

fs::path Layout::inc_file(std::string_view signature) const {
  return inc_dir() / (checked(signature) + params_.inc_postfix);
}

fs::path Layout::src_file(std::string_view signature) const {
  return src_dir() / (checked(signature) + params_.src_postfix);
}

fs::path Layout::log_file(std::string_view signature) const {
  return log_dir() / (checked(signature) + params_.log_postfix);
}

fs::path Layout::lib_file(std::string_view signature) const {
  return lib_dir() / (params_.lib_prefix + params_.lib_basename + checked(signature) + params_.lib_postfix);
}

std::vector<Layout> layers_of(const CacheParams& params) {
  std::vector<Layout> layers = {Layout(params)};
  for (const std::string& root : params.readonly_dirs) {
    CacheParams theirs = params;
    theirs.cache_dir = root;
    layers.emplace_back(std::move(theirs));
  }
  return layers;
}

}  // namespace dijitso::cache
