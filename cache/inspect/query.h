// What is in a cache directory, for people and tools: files, counts and sizes by category. Loads no LLVM, verifies
// nothing.
//
// Only names and sizes are read. Symbolic links are never followed and only regular files count, so that a hostile
// directory can show nothing from outside. Other processes may publish and remove files meanwhile: a file that vanishes
// is left out. Names are returned as they are; whoever prints them must expect any byte but '/' and NUL.
// Thread-safety: all functions may be called from any thread.
// Errors: a missing directory is empty; CacheError for one that cannot be read.
#pragma once

#include "cache/format/layout.h"

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dijitso::cache {

enum class Category { inc, src, lib, log, obj, pch };

// In the order in which commands show them.
inline constexpr std::array all_categories = {Category::inc, Category::src, Category::lib,
                                              Category::log, Category::obj, Category::pch};

// Files that are made from the entries.
inline constexpr std::array derived_categories = {Category::inc, Category::src, Category::lib, Category::log};

std::string_view category_name(Category category);
std::optional<Category> category_from_name(std::string_view name);

struct StoredFile {
  std::string name;  // without directory
  std::uint64_t bytes = 0;
  std::int64_t written_ns = 0;  // since 1970
};

struct DirectoryContents {
  std::filesystem::path dir;
  std::vector<StoredFile> files;  // sorted by name
  std::uint64_t bytes = 0;        // their sum
};

// The regular files in a directory whose names do not begin with a dot; without its CACHEDIR.TAG (own_files.h).
DirectoryContents list_directory(const std::filesystem::path& dir);

std::filesystem::path category_dir(const Layout& layout, Category category);

DirectoryContents list_category(const Layout& layout, Category category);

// The number of files that list_category would return, without reading the metadata of each.
std::size_t count_category(const Layout& layout, Category category);

// Damaged entries that were moved to quarantine/.
DirectoryContents list_quarantine(const Layout& layout);

// The claims of builds in progress, and the pins.
DirectoryContents list_claims(const Layout& layout);
DirectoryContents list_pins(const Layout& layout);

// A module in the cache and how many variants of it (flags, compiler, CPU, ...) are stored.
struct StoredSignature {
  std::string signature;
  std::size_t variants = 0;

  bool operator==(const StoredSignature&) const = default;
};

// "<signature>.<slot>.o" -> signature and slot, or the signature alone; nullopt for every other name. The view is into
// `name`.
std::optional<VariantName> variant_of_obj_file(std::string_view name);
std::optional<std::string_view> signature_of_obj_file(std::string_view name);

// The signature of a file that has a name of its category: what Layout makes of it, also with ".gz" behind for a
// source; precompiled headers have one signature, prelude_signature. nullopt for every other name. Pure. The view is
// into `name`.
std::optional<std::string_view> signature_of_file(const Layout& layout, Category category, std::string_view name);

// The modules among the files of the category obj, sorted. Pure.
std::vector<StoredSignature> stored_signatures(const DirectoryContents& obj);

}  // namespace dijitso::cache
