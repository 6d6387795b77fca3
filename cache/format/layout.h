// Where things are in a cache directory: signature -> path. Pure: no I/O.
//
//   obj/<signature>.<16 hex digits>.o   the entries; authoritative
//   include/ src/ lib/ log/             what the documented API promises, derived from the entries
//   tmp/ claims/ quarantine/ pins/      files being written, builds in progress, damaged entries, what is to stay
//   stats/                              how often the cache was used
#pragma once

#include "support/hash.h"

#include <dijitso/params.h>

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dijitso::cache {

// InvalidArgument unless the signature is 1 to 200 letters, digits, '_', '.', '+' or '-', and starts with neither '.'
// nor '-'.
void check_signature(std::string_view signature);
bool is_signature(std::string_view signature);

// Distinguishes the variants of one signature: the first 64 bits of a digest, in file names as 16 lower-case
// hexadecimal digits.
class Slot {
 public:
  Slot() = default;
  Slot(const Digest& digest);

  // nullopt unless the text is 16 such digits.
  static std::optional<Slot> from_text(std::string_view text);
  std::string text() const { return {digits_.begin(), digits_.end()}; }

  auto operator<=>(const Slot&) const = default;

 private:
  std::array<char, 16> digits_{};
};

// "<signature>.<slot>": the name of an entry and of the claim of its build.
struct VariantName {
  std::string_view signature;  // points into the name; not checked
  Slot slot;
};
std::optional<VariantName> parse_variant_name(std::string_view name);

class Layout {
 public:
  explicit Layout(CacheParams params) : params_(std::move(params)) {}

  const CacheParams& params() const { return params_; }
  std::filesystem::path root() const;
  std::filesystem::path obj_dir() const;
  std::filesystem::path inc_dir() const;
  std::filesystem::path src_dir() const;
  std::filesystem::path lib_dir() const;
  std::filesystem::path log_dir() const;
  std::filesystem::path temp_dir() const;
  std::filesystem::path claims_dir() const;
  std::filesystem::path quarantine_dir() const;
  std::filesystem::path pins_dir() const;
  std::filesystem::path stats_dir() const;

  // All of these check the signature.
  std::filesystem::path obj_file(std::string_view signature, const Slot& slot) const;
  std::filesystem::path claim_file(std::string_view signature, const Slot& slot) const;
  std::filesystem::path inc_file(std::string_view signature) const;  // <inc_dir>/<signature><inc_postfix>
  std::filesystem::path src_file(std::string_view signature) const;
  std::filesystem::path log_file(std::string_view signature) const;
  std::filesystem::path lib_file(
      std::string_view signature) const;  // <lib_prefix><lib_basename><signature><lib_postfix>

 private:
  CacheParams params_;
};

// The cache directory itself, then the read-only ones, in the order in which they are searched.
std::vector<Layout> layers_of(const CacheParams& params);

}  // namespace dijitso::cache
