// The collective functions. With jit_many every rank generates and compiles its share. A module can be compiled as soon
// as its dependencies have been generated on any rank, because their headers are sent to all ranks at once. Its entry
// is made when the entries of its dependencies have arrived. Entries arrive in the order of the requests, so a waiting
// rank never waits for a module that needs a later one. Tested in tests/mpi/jit_test.cpp and jit_many_test.cpp.
#include "comm/request.h"

#include <map>
#include <memory>

namespace dijitso::mpi {
namespace {

// The modules that no rank has, by their requests; equal requests share one.
using Missing = std::map<Peers::Digest, Library>;

void build_together(const std::vector<CollectiveRequest*>& requests, Missing& missing) {
  std::vector<CollectiveRequest*> planned;
  for (CollectiveRequest* request : requests)
    if (missing.try_emplace(request->digest()).second) {
      request->plan(planned.size());
      planned.push_back(request);
    }
  for (CollectiveRequest* request : planned) missing[request->digest()] = request->collect();
}

}  // namespace

std::pair<Library, std::string> jit(MPI_Comm comm, const std::string& name, const Params& params,
                                    const Generate& generate, const Strategy& strategy, Jit& jit) {
  State& state = State::of(comm);
  Peers peers(jit);
  return {*CollectiveRequest(state, peers, jit, name, params, generate, strategy).obtain(/*may_build=*/true), name};
}

void refuse(MPI_Comm comm, std::exception_ptr failure) { CollectiveRequest::refuse(State::of(comm).all, failure); }

std::vector<std::pair<Library, std::string>> jit_many(MPI_Comm comm, const std::vector<JitRequest>& requests,
                                                      const Strategy& strategy, Jit& jit) {
  State& state = State::of(comm);
  Peers peers(jit);
  std::vector<std::unique_ptr<CollectiveRequest>> all;
  std::vector<std::optional<Library>> found;
  std::vector<CollectiveRequest*> not_found;
  for (const JitRequest& one : requests) {
    all.push_back(std::make_unique<CollectiveRequest>(state, peers, jit, one.name, one.params, one.generate, strategy));
    found.push_back(all.back()->obtain(/*may_build=*/strategy.build_on != "auto"));
    if (!found.back()) not_found.push_back(all.back().get());
  }
  Missing missing;
  if (strategy.build_on == "auto") state.all.agree_again(failure_of([&] { build_together(not_found, missing); }));

  std::vector<std::pair<Library, std::string>> libraries;
  for (std::size_t i = 0; i < requests.size(); ++i)
    libraries.emplace_back(found[i] ? *found[i] : missing.at(all[i]->digest()), requests[i].name);
  return libraries;
}

}  // namespace dijitso::mpi
