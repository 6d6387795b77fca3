// Fills the cache $DIJITSO_CACHE_DIR, which has the module element, with as many copies of it under other names as the
// argument says, for many_test.py. They are published like entries from elsewhere.
#include "cache/entry.h"
#include "cache/entry_files.h"

#include <dijitso/cache.h>

#include <elf.h>

#include <cstring>
#include <exception>
#include <iostream>

namespace {

using namespace dijitso;

// The smallest object that an entry can be made of.
// here.
Bytes small_object() {
  Elf64_Ehdr header{};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_ident[EI_VERSION] = EV_CURRENT;
  header.e_type = ET_REL;
  header.e_version = EV_CURRENT;
  header.e_ehsize = sizeof header;
  header.e_shentsize = sizeof(Elf64_Shdr);
  header.e_shnum = 2;
  header.e_shstrndx = 1;
  header.e_shoff = sizeof header + 8;
  Elf64_Shdr sections[2]{};
  sections[1].sh_type = SHT_STRTAB;
  sections[1].sh_offset = sizeof header;
  sections[1].sh_size = 1;
  Bytes object(sizeof header + 8 + sizeof sections);
  std::memcpy(object.data(), &header, sizeof header);
  std::memcpy(object.data() + header.e_shoff, sections, sizeof sections);
  return object;
}

void fill(int count) {
  const CacheParams params = validate_params({}).cache;
  cache::StoredEntry element;
  for (const cache::EntryFile& file : cache::list_entry_files(params))
    if (file.signature == "element") element = std::get<cache::StoredEntry>(cache::read_entry_file(file));
  const std::string request = element.entry.request;
  const Bytes object = small_object();
  std::vector<Bytes> copies;
  for (int i = 0; i < count; ++i) {
    cache::Entry copy = element.entry;
    copy.signature = "copy_" + std::to_string(i);
    copy.request = request + copy.signature;
    copies.push_back(cache::encode(copy, object));
  }
  cache::publish_entries(copies, params);
}

}  // namespace

int main(int, char** argv) {
  try {
    fill(std::stoi(argv[1]));
    return 0;
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
