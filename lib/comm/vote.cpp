// The votes of the ranks are combined by an operation of our own on the whole record, which MPI must not divide. Tested
// in tests/mpi/vote_test.cpp.
#include "comm/vote.h"

#include "comm/mpi_errors.h"

#include <algorithm>
#include <type_traits>

namespace dijitso::mpi {

static_assert(std::is_trivially_copyable_v<Vote> && sizeof(Vote) % sizeof(std::uint64_t) == 0);

void Vote::asks(const Peers::Digest& request, std::uint64_t strategy, std::uint64_t topology) {
  request_.say(numbers_of(request));
  strategy_.say({strategy});
  topology_.say({topology});
}

void Vote::has(const Group& group, const Peers::Digest& identity, const std::vector<Peers::Part>& parts) {
  identity_.say(numbers_of(identity));
  offer_.from = earliness(group);
  if (parts.size() > most_parts) return;
  offer_.count = parts.size();
  std::ranges::copy(parts, offer_.parts.begin());
}

void Vote::lacks(const Group& group, const Peers::Likenesses& in_memory, std::uint32_t fitness_to_build) {
  lacks_ = 1;
  builder_ = std::uint64_t{fitness_to_build} << 32 | earliness(group);
  lacking_ = ~in_memory;
}

std::optional<int> Vote::rank_of(const Group& group, std::uint64_t earliness) {
  if (earliness == 0) return std::nullopt;
  return group.size() - static_cast<int>(earliness);
}

void Vote::count(const Group& group) {
  struct Kind {
    MPI_Datatype type = MPI_DATATYPE_NULL;
    MPI_Op operation = MPI_OP_NULL;
  };
  static const Kind kind = [] {
    Kind made;
    check(MPI_Type_contiguous(sizeof(Vote) / sizeof(std::uint64_t), MPI_UINT64_T, &made.type), "make a type");
    check(MPI_Type_commit(&made.type), "make a type");
    check(MPI_Op_create(combine, /*commute=*/1, &made.operation), "make an operation");
    return made;
  }();
  group.combine(this, 1, kind.type, kind.operation);
}

void Vote::combine(void* in, void* in_and_out, int* count, MPI_Datatype*) {
  const auto* const others = static_cast<const Vote*>(in);
  auto* const votes = static_cast<Vote*>(in_and_out);
  for (int i = 0; i < *count; ++i) {
    const Vote& other = others[i];
    Vote& vote = votes[i];
    vote.failed_ = std::max(vote.failed_, other.failed_);
    vote.lacks_ = std::max(vote.lacks_, other.lacks_);
    vote.builder_ = std::max(vote.builder_, other.builder_);
    vote.strategy_.combine(other.strategy_);
    vote.topology_.combine(other.topology_);
    vote.request_.combine(other.request_);
    vote.identity_.combine(other.identity_);
    vote.lacking_ |= other.lacking_;
    if (other.offer_.from > vote.offer_.from) vote.offer_ = other.offer_;
  }
}

}  // namespace dijitso::mpi
