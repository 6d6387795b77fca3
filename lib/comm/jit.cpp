// The collective functions. With jit_many every rank generates and compiles its share. A module can be compiled as soon
// as its dependencies have been generated on any rank, because their headers are sent to all ranks at once. Its entry
// is made when the entries of its dependencies have arrived. Entries arrive in the order of the requests, so a waiting
// rank never waits for a module that needs a later one. Tested in tests/mpi/jit_test.cpp and jit_many_test.cpp.
#include "comm/request.h"

#include <exception>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dijitso::mpi {
namespace {

// What a call needs is made before the ranks act together; a rank that cannot make it says so to the others.
template <class Action>
void prepare(const State& state, Action action) {
  if (const std::exception_ptr failure = failure_of(action)) CollectiveRequest::refuse(state.all, failure);
}

// The modules that no rank has, by their requests; equal requests share one.
using Missing = std::map<Peers::Digest, Library>;

void build_together(const State& state, const std::vector<CollectiveRequest*>& requests, Missing& missing) {
  std::vector<CollectiveRequest*> planned;
  state.all.together([&] {
    for (CollectiveRequest* request : requests)
      if (missing.try_emplace(request->digest()).second) planned.push_back(request);
  });
  state.all.agree_again(failure_of([&] {
    for (std::size_t place = 0; place < planned.size(); ++place) planned[place]->plan(place);
    for (CollectiveRequest* request : planned) missing.at(request->digest()) = request->collect();
  }));
}

}  // namespace

std::pair<Library, std::string> jit(MPI_Comm comm, const std::string& name, const Params& params,
                                    const Generate& generate, const Strategy& strategy, Jit& jit) {
  CollectiveRequest::check_may_begin(name);
  State& state = State::of(comm);
  std::optional<Peers> peers;
  std::optional<CollectiveRequest> request;
  prepare(state, [&] {
    peers.emplace(jit);
    request.emplace(state, *peers, jit, name, params, generate, strategy);
  });
  return {*request->obtain(/*may_build=*/true), name};
}

void refuse(MPI_Comm comm, std::exception_ptr failure) { CollectiveRequest::refuse(State::of(comm).all, failure); }

std::vector<std::pair<Library, std::string>> jit_many(MPI_Comm comm, const std::vector<JitRequest>& requests,
                                                      const Strategy& strategy, Jit& jit) {
  if (requests.empty()) return {};
  CollectiveRequest::check_may_begin(requests.front().name);
  State& state = State::of(comm);
  std::optional<Peers> peers;
  std::vector<std::unique_ptr<CollectiveRequest>> all;
  std::vector<std::optional<Library>> found;
  std::vector<CollectiveRequest*> not_found;
  prepare(state, [&] {
    peers.emplace(jit);
    for (const JitRequest& one : requests)
      all.push_back(
          std::make_unique<CollectiveRequest>(state, *peers, jit, one.name, one.params, one.generate, strategy));
    found.resize(requests.size());
    not_found.reserve(requests.size());
  });
  const bool builds_together = strategy.build_on == "auto";
  for (std::size_t i = 0; i < requests.size(); ++i) {
    found[i] = all[i]->obtain(/*may_build=*/!builds_together);
    if (!found[i]) not_found.push_back(all[i].get());
  }
  Missing missing;
  if (builds_together) build_together(state, not_found, missing);

  std::vector<std::pair<Library, std::string>> libraries;
  for (std::size_t i = 0; i < requests.size(); ++i)
    libraries.emplace_back(found[i] ? *found[i] : missing.at(all[i]->digest()), requests[i].name);
  return libraries;
}

}  // namespace dijitso::mpi
