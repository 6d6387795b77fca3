// Small texts compress badly one by one, and a compile also needs the neighbours of a header. So texts are combined
// into blocks, in the order of their names. Equal texts are stored once. The names of given directories are computed
// from their contents, so they are the same on machines with other locations. Tested in
// unittests/support/header_pack_test.cpp.
#include "support/packs/header_pack_writer.h"

#include "support/packs/header_pack_format.h"
#include "support/zstd.h"

#include <dijitso/error.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

namespace dijitso {
namespace {

using namespace header_pack;

constexpr std::size_t block_size = 128 << 10;
constexpr int level = 15;

struct Place {
  std::uint32_t block;
  std::uint32_t offset;
};

// The compressed texts.
class Blocks {
 public:
  Place add(ByteView text, const Digest& digest) {
    if (const auto known = known_.find(digest); known != known_.end()) return known->second;
    if (!open_.empty() && open_.size() + text.size() > block_size) close();
    const Place place{static_cast<std::uint32_t>(blocks_.size()), static_cast<std::uint32_t>(open_.size())};
    append(open_, text);
    open_.push_back(0);
    return known_[digest] = place;
  }

  void close() {
    if (open_.empty()) return;
    const Bytes packed = zstd_packed(open_, level);
    blocks_.push_back({packed_.size(), packed.size(), open_.size()});
    append(packed_, packed);
    open_.clear();
  }

  // `begin` is the position of the first block in the file.
  void append_list(Bytes& bytes, std::uint64_t begin) const {
    for (const Block& block : blocks_) {
      append_value(bytes, begin + block.offset);
      append_value(bytes, static_cast<std::uint32_t>(block.stored));
      append_value(bytes, static_cast<std::uint32_t>(block.size));
    }
  }

  std::uint64_t count() const { return blocks_.size(); }
  const Bytes& packed() const { return packed_; }

 private:
  struct Block {
    std::uint64_t offset;
    std::uint64_t stored;
    std::uint64_t size;
  };
  Bytes open_;
  Bytes packed_;
  std::vector<Block> blocks_;
  std::map<Digest, Place> known_;
};

struct Directory {
  PackedDirectory facts;
  std::vector<HeaderToPack> headers;
  std::vector<PackedFile> files;  // entries for `headers`
};

// A readable name for users: the shortest name in the directory, which for libraries is usually their own.
std::string readable_name(const std::vector<HeaderToPack>& headers) {
  std::string best;
  for (const HeaderToPack& header : headers) {
    std::string name = header.path.substr(0, header.path.find('/'));
    name = name.substr(0, name.find('.'));
    const auto is_odd = [](char c) { return !std::isalnum(static_cast<unsigned char>(c)) && c != '_'; };
    if (name.empty() || name.size() > 40 || std::ranges::any_of(name, is_odd)) continue;
    if (best.empty() || std::pair(name.size(), name) < std::pair(best.size(), best)) best = name;
  }
  return best.empty() ? "headers" : best;
}

std::string system_name(HeaderKind kind, unsigned place) {
  constexpr std::string_view names[] = {"", "c++", "libc++", "clang", "local", "c"};
  return std::string(names[static_cast<int>(kind)]) + (place == 0 ? "" : "-" + std::to_string(place + 1));
}

Directory directory_of(DirectoryToPack given, Blocks& blocks,
                       const std::function<Bytes(const std::string& source)>& read,
                       const std::function<void()>& is_done) {
  Directory directory{{given.kind, given.place, system_name(given.kind, given.place)}, std::move(given.headers), {}};
  std::ranges::sort(directory.headers, {}, &HeaderToPack::path);
  std::map<std::string_view, std::uint32_t> sources;
  for (const HeaderToPack& header : directory.headers) {
    const Bytes text = read(header.source);
    if (text.size() > largest_file || !is_packed_path(header.path))
      throw CacheError("'" + header.source + "' cannot be packed: it is larger than " + std::to_string(largest_file) +
                       " bytes, or its name is longer than 4096 characters; leave it out");
    PackedFile file{header.path, static_cast<std::uint32_t>(text.size())};
    file.digest = blake3(text);
    const Place place = blocks.add(text, file.digest);
    file.block = place.block;
    file.offset = place.offset;
    file.same_as = sources.emplace(header.source, static_cast<std::uint32_t>(directory.files.size())).first->second;
    directory.files.push_back(file);
    directory.facts.bytes += text.size();
    is_done();
  }
  directory.facts.files = directory.files.size();
  directory.facts.digest = digest_of(directory.files);
  if (given.kind == HeaderKind::given)
    directory.facts.name = readable_name(directory.headers) + "-" + directory.facts.digest.hex().substr(0, 16);
  directory.facts.paths = std::move(given.paths);
  return directory;
}

void sort_and_join(std::vector<Directory>& directories) {
  std::ranges::stable_sort(directories, {}, [](const Directory& directory) {
    return std::tuple(directory.facts.kind, directory.facts.place, directory.facts.digest);
  });
  std::vector<Directory> joined;
  for (Directory& directory : directories) {
    if (joined.empty() || joined.back().facts.name != directory.facts.name) {
      joined.push_back(std::move(directory));
      continue;
    }
    std::vector<std::string>& paths = joined.back().facts.paths;
    paths.insert(paths.end(), directory.facts.paths.begin(), directory.facts.paths.end());
  }
  for (Directory& directory : joined) {
    std::vector<std::string>& paths = directory.facts.paths;
    std::ranges::sort(paths);
    paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
  }
  directories = std::move(joined);
}

Bytes table_of(const std::vector<PackedDirectory>& directories) {
  Bytes table;
  for (const PackedDirectory& directory : directories) {
    append_value(table, directory.kind);
    append_value(table, directory.place);
    append_text<std::uint32_t>(table, directory.name);
    append_value(table, directory.digest);
    append_value(table, directory.files);
    append_value(table, directory.bytes);
    append_value(table, static_cast<std::uint32_t>(directory.paths.size()));
    for (const std::string& path : directory.paths) append_text<std::uint32_t>(table, path);
  }
  return table;
}

Bytes list_of(const std::vector<Directory>& directories) {
  Bytes list;
  for (const Directory& directory : directories)
    for (const PackedFile& file : directory.files) {
      append_text<std::uint32_t>(list, file.path);
      append_value(list, file.size);
      append_value(list, file.block);
      append_value(list, file.offset);
      append_value(list, file.same_as);
      append_value(list, file.digest);
    }
  return list;
}

// Positions of blocks are relative to the first block, because the list is compressed before the first block's position
// is known.
Bytes joined(const std::vector<PackedDirectory>& directories, Bytes list, const Blocks& blocks) {
  const Bytes table = table_of(directories);
  blocks.append_list(list, 0);
  const Bytes index = zstd_packed(list, level);
  if (table.size() > largest_table || list.size() > largest_index)
    throw CacheError("too many files for one header pack: make several packs");
  Bytes pack(magic.begin(), magic.end());
  append_value(pack, schema);
  append_value(pack, static_cast<std::uint32_t>(directories.size()));
  append_value(pack, static_cast<std::uint64_t>(table.size()));
  append_value(pack, blocks.count());
  append_value(pack, static_cast<std::uint64_t>(index.size()));
  append_value(pack, static_cast<std::uint64_t>(list.size()));
  append_value(pack, static_cast<std::uint64_t>(header_size + table.size() + index.size() + blocks.packed().size()));
  append_value(pack, digest_of(directories));
  append_value(pack, blake3(table));
  append_value(pack, blake3(index));
  append_value(pack, blake3(pack));
  for (const Bytes* part : {&table, &index, &blocks.packed()}) append(pack, *part);
  return pack;
}

}  // namespace

Bytes make_header_pack(std::vector<DirectoryToPack> given, const std::function<Bytes(const std::string& source)>& read,
                       const std::function<void(std::size_t done, std::size_t all)>& progress) {
  std::size_t all = 0;
  for (const DirectoryToPack& directory : given) all += directory.headers.size();
  std::size_t done = 0;
  const auto is_done = [&] {
    if (progress) progress(++done, all);
  };
  Blocks blocks;
  std::vector<Directory> directories;
  for (DirectoryToPack& directory : given)
    directories.push_back(directory_of(std::move(directory), blocks, read, is_done));
  blocks.close();
  sort_and_join(directories);
  std::vector<PackedDirectory> facts;
  for (const Directory& directory : directories) facts.push_back(directory.facts);
  return joined(facts, list_of(directories), blocks);
}

}  // namespace dijitso
