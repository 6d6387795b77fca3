// An entry is an object file with five or six more sections and a footer. The footer is checked first. Its digest
// covers every byte before the digest, including the rest of the footer, so a file that passes is as dijitso wrote it.
// The walk over the ELF tables still checks all bounds, because a digest shows that bytes are unchanged, not that they
// are well-formed. Tested in unittests/cache/entry_test.cpp.
#include "cache/format/entry.h"

#include "cache/format/elf_sections.h"
#include "cache/format/inputs.h"

#include <dijitso/error.h>

#include <elf.h>

#include <cstring>

namespace dijitso::cache {
namespace {

constexpr std::string_view request_section = ".dijitso.request";
constexpr std::string_view inputs_section = ".dijitso.inputs";
constexpr std::string_view header_section = ".dijitso.header";
constexpr std::string_view build_section = ".dijitso.build";
constexpr std::string_view watched_section = ".dijitso.watched";        // older entries have none
constexpr std::string_view prototypes_section = ".dijitso.prototypes";  // the same
constexpr std::string_view section_prefix = ".dijitso.";

// The last bytes of the file. Every schema keeps the first four fields and the digest where they are.
struct Footer {
  std::array<char, 8> magic{'\x8f', 'D', 'I', 'J', 'I', 'T', 'S', 'O'};
  std::uint32_t schema = entry_schema;
  std::uint32_t footer_size = 56;
  std::uint64_t file_size = 0;
  Digest digest;
};
static_assert(sizeof(Footer) == 56);

// Appends "<name> <length>\n<text>\n": different lists of fields give different texts.
void add_field(std::string& out, std::string_view name, std::string_view text) {
  out.append(name).append(" ").append(std::to_string(text.size())).append("\n").append(text).append("\n");
}

// The size that the file should have according to its ELF header: the footer follows the section table. 0 when the
// header does not tell.
std::uint64_t expected_size(ByteView bytes) {
  if (bytes.size() < sizeof(Elf64_Ehdr)) return 0;
  const auto header = value_at<Elf64_Ehdr>(bytes, 0);
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_shoff > (std::uint64_t{1} << 40)) return 0;
  return header.e_shoff + std::uint64_t{header.e_shnum} * sizeof(Elf64_Shdr) + sizeof(Footer);
}

std::string no_footer(ByteView bytes) {
  if (bytes.empty()) return "it is empty";
  std::uint64_t expected = expected_size(bytes);
  if (expected <= bytes.size()) return "it does not end as an entry does";
  return "truncated: " + std::to_string(bytes.size()) + " of " + std::to_string(expected) + " bytes";
}

std::optional<Damage> check_footer(ByteView bytes) {
  if (bytes.size() < sizeof(Footer)) return Damage{no_footer(bytes)};
  const auto footer = value_at<Footer>(bytes, bytes.size() - sizeof(Footer));
  if (footer.magic != Footer().magic) return Damage{no_footer(bytes)};
  if (footer.file_size != bytes.size()) return Damage{"its length is not the recorded one"};
  if (footer.digest != blake3(bytes.first(bytes.size() - sizeof footer.digest)))
    return Damage{"its digest does not match its contents"};
  if (footer.schema != entry_schema || footer.footer_size != sizeof footer)
    return Damage{"another version of dijitso wrote it (schema " + std::to_string(footer.schema) + ")", true};
  return std::nullopt;
}

const ByteView* find(const std::vector<NamedSection>& sections, std::string_view name) {
  for (const NamedSection& section : sections)
    if (section.name == name) return &section.content;
  return nullptr;
}

std::variant<Entry, Damage> decode_verified(ByteView bytes) {
  auto sections = list_sections(bytes.first(bytes.size() - sizeof(Footer)));
  if (!sections) return Damage{"it is no well-formed object file"};
  const ByteView* request = find(*sections, request_section);
  const ByteView* inputs = find(*sections, inputs_section);
  const ByteView* header = find(*sections, header_section);
  const ByteView* build = find(*sections, build_section);
  if (!request || !inputs || !header || !build) return Damage{"it lacks a section that entries have"};
  Entry entry;
  if (!read_inputs(as_text(*inputs), entry)) return Damage{"its section .dijitso.inputs is malformed"};
  if (const ByteView* watched = find(*sections, watched_section); watched && !read_watched(as_text(*watched), entry))
    return Damage{"its section .dijitso.watched is malformed"};
  entry.request = as_text(*request);
  entry.header = as_text(*header);
  entry.build_info = as_text(*build);
  if (const ByteView* prototypes = find(*sections, prototypes_section)) entry.prototypes = as_text(*prototypes);
  return entry;
}

}  // namespace

Digest Entry::identity() const {
  std::string text;
  add_field(text, "signature", signature);
  add_field(text, "request", request);
  add_field(text, "header", header);
  add_field(text, "source", source.hex());
  for (const Dependency& dependency : dependencies)
    add_field(text, "dependency", dependency.identity.hex() + " " + dependency.signature);
  for (const ReadFile& file : files) add_field(text, "file", file.digest.hex() + " " + file.path);
  for (const std::string& feature : isa_features) add_field(text, "isa", feature);
  return blake3(text);
}

Bytes encode(const Entry& entry, ByteView object) {
  auto present = list_sections(object);
  if (!present) throw InvalidArgument("a cache entry needs a well-formed ELF64 little-endian relocatable object file");
  for (const NamedSection& section : *present)
    if (section.name.starts_with(section_prefix))
      throw InvalidArgument("the object file of a cache entry already has the section " + std::string(section.name));
  std::string inputs = write_inputs(entry);
  std::string watched = write_watched(entry);
  std::vector<NamedSection> sections = {{request_section, as_bytes(entry.request)},
                                        {inputs_section, as_bytes(inputs)},
                                        {header_section, as_bytes(entry.header)},
                                        {build_section, as_bytes(entry.build_info)},
                                        {watched_section, as_bytes(watched)}};
  if (!entry.prototypes.empty()) sections.push_back({prototypes_section, as_bytes(entry.prototypes)});
  auto bytes = append_sections(object, sections);
  Footer footer;
  footer.file_size = bytes->size() + sizeof footer;
  append(*bytes, bytes_of(footer).first(sizeof footer - sizeof footer.digest));
  append_value(*bytes, blake3(*bytes));
  return std::move(*bytes);
}

std::string_view prototypes_of(ByteView bytes) {
  const auto sections = list_sections(bytes.first(bytes.size() - sizeof(Footer)));
  const ByteView* prototypes = sections ? find(*sections, prototypes_section) : nullptr;
  return prototypes ? as_text(*prototypes) : std::string_view();
}

// An object that does not have the form that compilers give it keeps empty entries in its section table.
Bytes object_of(ByteView bytes) {
  const ByteView elf = bytes.first(bytes.size() - sizeof(Footer));
  if (std::optional<Bytes> object = without_appended_sections(elf, section_prefix)) return *std::move(object);
  Bytes hidden(elf.begin(), elf.end());
  hide_entry(hidden);
  return hidden;
}

void hide_entry(Bytes& object) { clear_sections(object, section_prefix); }

std::variant<Entry, Damage> decode(ByteView bytes) {
  if (std::optional<Damage> damage = check_footer(bytes)) return *damage;
  return decode_verified(bytes);
}

}  // namespace dijitso::cache
