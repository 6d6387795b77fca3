// The envelope of one compiled module: an ordinary ELF64 relocatable object that carries, in sections that are not
// loaded, everything needed to decide whether it may be used, and behind the ELF data a footer with a digest of the
// whole file. Pure: no I/O, no LLVM. docs/cache-format.md specifies it to the byte; unittests/cache/entry_test.cpp
// flips every bit.
#pragma once

#include "support/bytes.h"
#include "support/hash.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace dijitso::cache {

inline constexpr std::uint32_t entry_schema = 1;

// A module that this one was built against.
struct Dependency {
  std::string signature;
  Digest request;   // digest of its request text, from which a lookup of its variants starts
  Digest build;     // digest of its build parameters
  Digest identity;  // Entry::identity() of the exact variant

  bool operator==(const Dependency&) const = default;
};

// Identifies a file or directory, with the time of its last change of any kind. All zero when not known.
struct Inode {
  std::uint64_t device = 0;
  std::uint64_t number = 0;
  std::int64_t ctime_ns = 0;

  bool operator==(const Inode&) const = default;
};

// A file outside the toolchain that the compiler read.
struct ReadFile {
  std::string path;  // absolute; of a compiler command, a relative one starts where the command is given
  std::uint64_t size = 0;
  std::int64_t mtime_ns = 0;  // 0: time and i-node do not prove that the content is unchanged
  Digest digest;
  Inode inode = {};

  bool operator==(const ReadFile&) const = default;
};

// Names that the compiler looked for in a directory and did not find (absent_names.h).
struct AbsentNames {
  std::string directory;  // as ReadFile::path
  std::vector<std::string> names;
  std::int64_t mtime_ns = 0;  // of the directory; 0: it does not prove that the directory is unchanged
  Inode inode = {};           // of the directory

  bool operator==(const AbsentNames&) const = default;
};

struct Entry {
  std::string signature;
  std::string request;  // the canonical text of everything known before generating; compared on lookup
  Digest build;         // digest of the build parameters in the request, by which dependents find the same variant
  std::string header;   // the generated header, verbatim: dependents are compiled against it
  Digest source;        // of the generated source
  std::vector<Dependency> dependencies;
  std::vector<ReadFile> files;
  std::vector<AbsentNames> absent;
  std::vector<std::string> isa_features;  // required features of the processor, sorted
  std::vector<std::string> libs;          // build.libs and build.lib_dirs: the host libraries to search at link time
  std::vector<std::string> lib_dirs;
  std::vector<std::string> rpath_dirs;  // build.rpath_dirs: the run path of a shared library made from the entry
  std::string prototypes;               // of what it exports (prototypes.h); entries of older versions have none
  std::string build_info;               // JSON for people: compile command, compiler, diagnostics, timings, host, date

  // Digest of everything above that determines the code (not of file times, absent names, prototypes, nor build_info):
  // two entries with the same identity are interchangeable.
  Digest identity() const;
};

// The bytes of an entry file: `object` (ELF64, little-endian, relocatable, no entry yet; InvalidArgument otherwise)
// with the entry in it.
Bytes encode(const Entry& entry, ByteView object);

// The prototypes of an entry file whose digest has been verified; a view into `bytes`.
std::string_view prototypes_of(ByteView bytes);

// The object of an entry file whose digest has been verified, as the compiler wrote it.
Bytes object_of(ByteView bytes);

// Hides the entry in `object`, which may be any file, from linkers: so the object becomes part of another module.
void hide_entry(Bytes& object);

// Why an entry file cannot be used, for people: "its digest does not match", "truncated: 100 of 5120 bytes", ...
struct Damage {
  std::string reason;
  // The entry is whole, but another version of dijitso wrote it: it counts as absent and must not be changed.
  bool other_schema = false;
};

// Verifies the footer and the digest before it looks at anything else, then decodes. Never throws on any input.
std::variant<Entry, Damage> decode(ByteView bytes);

// The same, but throws Failure when the entry cannot be used; the message is `what` followed by the reason.
template <class Failure>
Entry decode_or_throw(ByteView bytes, const std::string& what) {
  std::variant<Entry, Damage> decoded = decode(bytes);
  if (const auto* damage = std::get_if<Damage>(&decoded)) throw Failure(what + damage->reason);
  return std::get<Entry>(std::move(decoded));
}

}  // namespace dijitso::cache
