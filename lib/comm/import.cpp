// One rank reads the file. One rank for each cache directory receives its contents and writes them there. Tested in
// tests/mpi/jit_many_test.cpp.
#include "comm/mpi_errors.h"
#include "comm/state.h"

#include <dijitso/cache.h>
#include <dijitso/error.h>

#include <array>

namespace dijitso::mpi {
namespace {

using Entries = std::vector<std::vector<std::uint8_t>>;

Bytes joined(const Entries& entries) {
  Bytes bytes;
  for (const Bytes& entry : entries) append_text<std::uint64_t>(bytes, as_text(entry));
  return bytes;
}

Entries separated(ByteView bytes) try {
  Entries entries;
  for (ByteReader reader(bytes); !reader.rest().empty();) {
    const ByteView entry = reader.take(reader.value<std::uint64_t>());
    entries.emplace_back(entry.begin(), entry.end());
  }
  return entries;
} catch (const BytesEnd&) {
  throw CommunicationError("an archive from another rank ends too early");
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
  std::array<std::uint64_t, 2> sums = {here.imported, here.present};
  state.all.combine(sums.data(), sums.size(), MPI_UINT64_T, MPI_SUM);
  return {.imported = sums[0], .present = sums[1]};
}

}  // namespace dijitso::mpi
