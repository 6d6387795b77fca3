// One rank reads the file. One rank for each cache directory receives its contents and writes them there. Tested in
// tests/mpi/jit_many_test.cpp.
#include "comm/mpi_errors.h"
#include "comm/state.h"

#include <dijitso/cache.h>
#include <dijitso/error.h>

#include <cstring>

namespace dijitso::mpi {
namespace {

using Entries = std::vector<std::vector<std::uint8_t>>;

Bytes joined(const Entries& entries) {
  Bytes bytes;
  for (const Bytes& entry : entries) {
    const std::uint64_t length = entry.size();
    const auto* const raw = reinterpret_cast<const std::uint8_t*>(&length);
    bytes.insert(bytes.end(), raw, raw + sizeof length);
    bytes.insert(bytes.end(), entry.begin(), entry.end());
  }
  return bytes;
}

Entries separated(ByteView bytes) {
  Entries entries;
  while (!bytes.empty()) {
    std::uint64_t length = 0;
    if (bytes.size() < sizeof length) throw CommunicationError("an archive from another rank ends too early");
    std::memcpy(&length, bytes.data(), sizeof length);
    bytes = bytes.subspan(sizeof length);
    if (length > bytes.size()) throw CommunicationError("an archive from another rank ends too early");
    entries.emplace_back(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length));
    bytes = bytes.subspan(length);
  }
  return entries;
}

}  // namespace

cache::ImportResult import_modules(MPI_Comm comm, const std::string& file, const CacheParams& cache) {
  State& state = State::of(comm);
  const Topology& topology = state.topology(cache, "");
  const bool writes = topology.uses_disk() && topology.has_directory();
  const Group readers_and_writers = state.all.split(writes || state.all.rank() == 0 ? 0 : 1);
  Bytes bytes;
  cache::ImportResult here;
  state.all.together([&] {
    if (state.all.rank() == 0) bytes = joined(cache::read_archive(file));
  });
  state.all.agree_again(failure_of([&] {
    if (!writes && state.all.rank() != 0) return;
    bytes = readers_and_writers.broadcast(std::move(bytes), 0, Compression::if_smaller);
    readers_and_writers.together([&] {
      if (writes) here = cache::publish_entries(separated(bytes), cache);
    });
  }));
  cache::ImportResult all;
  for (const std::uint64_t imported : state.all.gather(std::uint64_t{here.imported})) all.imported += imported;
  for (const std::uint64_t present : state.all.gather(std::uint64_t{here.present})) all.present += present;
  return all;
}

}  // namespace dijitso::mpi
