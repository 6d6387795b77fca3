#include "fuzz_targets.h"

#include "cache/format/elf_sections.h"
#include "cache/format/entry.h"
#include "cache/format/inputs.h"
#include "cache/format/precompiled.h"
#include "cache/format/shared_library.h"
#include "cache/store/usage_records.h"
#include "cache/transfer/archive.h"
#include "cache/transfer/tar.h"
#include "jit/packages/pc_file.h"
#include "jit/peers/exchange.h"
#include "orc/linker_script.h"
#include "params/config_file.h"
#include "support/elf_dynamic.h"
#include "support/gzip.h"
#include "support/hash.h"
#include "support/packs/header_pack_writer.h"
#include "support/zstd.h"
#include "unittests/cache/sample_entry.h"

#include <dijitso/error.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <stdexcept>

namespace dijitso::torture {
namespace {

using namespace cache;
using testing::sample_entry;
using testing::sample_object;

constexpr std::size_t footer_size = 56;  // of an entry; its digest is at the end
constexpr std::size_t digest_size = sizeof(Digest);

Bytes bytes_of(std::string_view text) { return Bytes(as_bytes(text).begin(), as_bytes(text).end()); }

Bytes joined(ByteView first, ByteView second) {
  Bytes all(first.begin(), first.end());
  all.insert(all.end(), second.begin(), second.end());
  return all;
}

// The input as a file with a name, which lies in memory.
class MemoryFile {
 public:
  explicit MemoryFile(ByteView bytes) : fd_(::memfd_create("input", MFD_CLOEXEC)) {
    if (fd_ < 0 || ::write(fd_, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()))
      throw std::runtime_error("cannot make a file in memory");
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  ~MemoryFile() { ::close(fd_); }
  std::string path() const { return "/proc/self/fd/" + std::to_string(fd_); }

 private:
  int fd_;
};

// An entry file around any bytes: the footer fits, its digest too.
Bytes sealed_entry(ByteView object) {
  static const Bytes sample = encode(sample_entry(), sample_object());
  Bytes file = joined(object, ByteView(sample).last(footer_size));
  const std::uint64_t size = file.size();
  std::memcpy(file.data() + object.size() + 16, &size, sizeof size);
  const Digest digest = blake3(ByteView(file).first(file.size() - digest_size));
  std::memcpy(file.data() + file.size() - digest_size, digest.bytes.data(), digest_size);
  return file;
}

Bytes sealed_message(ByteView body) { return joined(body, blake3(body).bytes); }

void read_archive(ByteView archive) {
  ArchiveReader reader(archive, "archive");
  while (reader.next()) {
  }
}

Bytes compressed(ByteView content) {
  ZstdWriter writer;
  writer.write(content);
  return writer.finish();
}

Bytes sample_archive() {
  const std::vector<ArchiveMember> members = {{"element.0123456789abcdef.o", 3}, {"form.fedcba9876543210.o", 512}};
  ArchiveWriter writer(members);
  writer.add(members[0], as_bytes("one"));
  writer.add(members[1], Bytes(512, 'x'));
  return writer.finish();
}

Bytes unpacked(ByteView archive) {
  Bytes tar(100'000);
  tar.resize(ZstdReader(archive).read(tar.data(), tar.size()).value());
  return tar;
}

Bytes sample_pack() {
  const DirectoryToPack directory{HeaderKind::given, 0, {"/usr/include/ufc"}, {{"ufc.h", "ufc.h"}, {"a/b.h", "b.h"}}};
  return make_header_pack({directory}, [](const std::string& source) { return bytes_of("int " + source + ";\n"); });
}

std::vector<Bytes> sample_message_bodies() {
  std::vector<Bytes> messages = {
      encode_entries({std::make_shared<const Bytes>(encode(sample_entry(), sample_object()))}),
      encode_plans({{"form", blake3("r"), blake3("b"), "int f();\n", {{"base", blake3("b")}}}})};
  const std::vector<Diagnostic> diagnostics = {{"form.cpp", 3, 4, Severity::error, "no such thing"}};
  messages.push_back(encode_failure(std::make_exception_ptr(CompileFailed("failed", diagnostics, {}))));
  messages.push_back(encode_failure(std::make_exception_ptr(LinkFailed("missing", {"f()"}))));
  for (Bytes& message : messages) message.resize(message.size() - digest_size);
  return messages;
}

constexpr const char* sample_config =
    "# comment\n[cache]\ncache_dir = ~/x\nlib_loader: orc\n[build]\ncxxflags = -O2\n  -Wall\n[generator]\nany = 1\n";

constexpr const char* sample_package =
    "prefix=${pcfiledir}/../..  # comment\nlib=${prefix}/lib\nName: x\nVersion: 1.2~rc1\nRequires: a >= 1.0, b\n"
    "Requires.private: c != 2\nCflags: -I${prefix}/include -DA=\"b c\" \\\n -DD=$$\nLibs: -L${lib} -lx\n";

std::vector<FuzzTarget> all_targets() {
  const Bytes entry = encode(sample_entry(), sample_object());
  const ByteView entry_object = ByteView(entry).first(entry.size() - footer_size);
  const Bytes precompiled = write_precompiled({HeaderState::usable, as_bytes("pch"), {1, 2}, {3}, "said"});
  const Bytes archive = sample_archive();
  const Bytes tar = unpacked(archive);
  return {
      {"entry", {entry}, [](ByteView input) { decode(input); }},
      {"entry behind its digest",
       {Bytes(entry_object.begin(), entry_object.end())},
       [](ByteView input) { decode(sealed_entry(input)); }},
      {"inputs of an entry",
       {bytes_of(write_inputs(sample_entry()))},
       [](ByteView input) {
         Entry read;
         read_inputs(as_text(input), read);
       }},
      {"what an entry watches",
       {bytes_of(write_watched(sample_entry()))},
       [](ByteView input) {
         Entry read = sample_entry();
         read_watched(as_text(input), read);
       }},
      {"sections",
       {sample_object()},
       [](ByteView input) {
         list_sections(input);
         append_sections(input, {{"more", as_bytes("content")}});
       }},
      {"precompiled headers", {precompiled}, [](ByteView input) { read_precompiled(input); }},
      {"shared library",
       {stamp_library(sample_object(), blake3("origin"))},
       [](ByteView input) {
         if (!library_origin(input) && input.size() >= 64) fault_of_library(input);
       }},
      {"dynamic section", {sample_object()}, [](ByteView input) { read_elf_dynamic(MemoryFile(input).path()); }},
      {"archive", {archive}, read_archive},
      {"archive, unpacked", {tar}, [](ByteView input) { read_archive(compressed(input)); }},
      {"tar header",
       {tar_header("name", 7), tar_header(std::string(150, 'n'), 7)},
       [](ByteView input) {
         if (input.size() >= tar_block) read_tar_header(input.first(tar_block));
         name_in_extended_header(input);
       }},
      {"gzip", {gzip(as_bytes("content"))}, [](ByteView input) { gunzip(input); }},
      {"header pack",
       {sample_pack()},
       [](ByteView input) {
         const MemoryFile file(input);
         HeaderPack::open(file.path())->verify();
       }},
      {"message", sample_message_bodies(), [](ByteView input) { decode_message(sealed_message(input)); }},
      {"configuration",
       {bytes_of(sample_config)},
       [](ByteView input) { params::parse_config(as_text(input), "file"); }},
      {"record of use",
       {bytes_of(encode_record(20261130, {1, 2, 3, 4, 5, 6, 7, 8}))},
       [](ByteView input) { decode_record(as_text(input)); }},
      {"package file",
       {bytes_of(sample_package)},
       [](ByteView input) {
         const PcFile file = parse_pc_file(as_text(input), "/usr/lib/pkgconfig/sample.pc", "/root");
         for (const PackageNeed& need : file.needs) is_enough(need, file.version);
       }},
      {"linker script",
       {bytes_of("/* GNU ld script */ GROUP ( /lib/libm.so.6 AS_NEEDED ( -lmvec ) )")},
       [](ByteView input) { orc::parse_linker_script(as_text(input)); }},
  };
}

}  // namespace

const std::vector<FuzzTarget>& fuzz_targets() {
  static const std::vector<FuzzTarget> targets = all_targets();
  return targets;
}

void run_target(const FuzzTarget& target, ByteView input) {
  try {
    target.run(input);
  } catch (const Error&) {
    // The one answer besides a result.
  }
}

}  // namespace dijitso::torture
