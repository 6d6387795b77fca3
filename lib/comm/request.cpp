// The path of one collective request, from top to bottom. Everything that may fail on one rank is between two
// agreements, so that all ranks take the same branches. Tested in tests/mpi/jit_test.cpp, mixes_test.cpp and
// faults_test.cpp.
#include "comm/request.h"

#include "comm/ballot.h"
#include "support/trace.h"

#include <dijitso/error.h>

#include <algorithm>
#include <set>
#include <sstream>

namespace dijitso::mpi {
namespace {

// Whether this thread runs the `generate` of a collective jit.
thread_local bool generating = false;

void check_strategy(const Strategy& strategy) {
  const auto check = [](const char* what, const std::string& value, const std::set<std::string>& allowed) {
    if (allowed.contains(value)) return;
    std::string names;
    for (const std::string& name : allowed) names += (names.empty() ? "'" : ", '") + name + "'";
    throw InvalidArgument(std::string("strategy.") + what + " is '" + value + "'; it can be " + names);
  };
  check("build_on", strategy.build_on, {"auto", "node", "process", "root"});
  check("isa", strategy.isa, {"common", "per_class"});
  check("compression", strategy.compression, {"always", "auto", "never"});
}

// What the ranks compare first.
struct Vote {
  Ballot ballot;
  std::size_t failed, has, request, identity, strategy;

  Vote(bool has_failed, const std::optional<Library>& library, const Peers::Digest& asked,
       std::uint64_t strategy_number)
      : failed(ballot.add(has_failed)),
        has(ballot.add(library.has_value())),
        request(ballot.add(library ? Peers::request(*library) : asked)),
        identity(ballot.add(library ? Peers::identity(*library) : Peers::Digest{})),
        strategy(ballot.add(strategy_number)) {}
};

}  // namespace

CollectiveRequest::CollectiveRequest(State& state, Peers& peers, Jit& jit, const std::string& name,
                                     const Params& params, const Generate& generate, const Strategy& strategy)
    : state_(state),
      all_(state.all),
      peers_(peers),
      jit_(jit),
      name_(name),
      params_(params),
      generate_(generate),
      strategy_(strategy) {
  if (generating)  // the other ranks do not take part
    throw InvalidArgument("the generate of a collective jit calls mpi::jit for '" + name +
                          "', in which the other ranks do not take part: call dijitso::jit there");
  params_.build.tier = "full";
}

std::optional<Library> CollectiveRequest::obtain(bool may_build) {
  // Do all ranks have it in memory? If not, do all ranks request the same?
  if (all_have_library()) return library_;
  if (!same_request_ && strategy_.isa == "common") {
    take_common_target();
    if (all_have_library()) return library_;
    if (!same_request_) report_difference();
  }

  // Which ranks use which cache directory, and which get entries from which?
  all_.together([&] { asked_ = Peers::asked(name_, params_); });
  Topology& topology = state_.topology(params_.cache, asked_.target);
  group_ = &sharing_group(topology);
  has_core_ = topology.has_core();
  if (params_.cache.lib_loader == "orc" && !topology.uses_disk()) {
    params_.cache.use_disk = false;
    params_.build.pch = "off";  // precompiled headers could not be stored
  }
  const bool compresses =
      topology.spans_machines() ? strategy_.compression != "never" : strategy_.compression == "always";
  compression_ = compresses ? Compression::if_smaller : Compression::never;

  // Get it from the cache, from another rank, or from the compiler.
  all_.agree_again(failure_of([&] {
    group_->together([&] {
      if (!library_ && params_.cache.use_disk) library_ = peers_.find(name_, params_);
    });
    int owner = group_->first(library_.has_value());
    if (owner == group_->size() && may_build) owner = build();
    if (owner != group_->size()) distribute(owner);
  }));
  return library_;
}

bool CollectiveRequest::all_have_library() {
  const trace::Span span("agree", name_);
  const std::exception_ptr failure = failure_of([&] { look_in_memory(); });
  Vote vote(failure != nullptr, library_, asked_.request,
            number_of(strategy_.build_on + "\n" + strategy_.isa + "\n" + strategy_.compression));
  vote.ballot.count(all_);
  if (vote.ballot.most(vote.failed) != 0) all_.agree(failure);
  same_request_ = vote.ballot.is_one_digest(vote.request);
  if (!vote.ballot.is_one_number(vote.strategy))
    throw InvalidArgument("jit of '" + name_ + "': all ranks must give the same strategy");
  const bool may_differ = strategy_.isa == "per_class";
  const bool is_one = may_differ || (same_request_ && vote.ballot.is_one_digest(vote.identity));
  return vote.ballot.least(vote.has) == 1 && is_one;
}

void CollectiveRequest::refuse(const Group& all, std::exception_ptr failure) {
  Vote vote(true, std::nullopt, {}, 0);
  vote.ballot.count(all);
  all.agree(failure);
  throw CommunicationError("internal error: the ranks did not agree on a failure");  // not reached: agree has thrown
}

void CollectiveRequest::look_in_memory() {
  check_strategy(strategy_);
  if (!state_.targets.empty() && strategy_.isa == "common") {
    const auto known = state_.targets.find(Peers::asked(name_, params_).target);
    if (known != state_.targets.end()) params_ = Peers::for_target(params_, known->second);
  }
  library_ = peers_.find_in_memory(name_, params_);
  if (!library_) asked_ = Peers::asked(name_, params_);
}

void CollectiveRequest::take_common_target() {
  const std::string own = Peers::asked(name_, params_).target;
  std::set<std::string> targets;
  const auto text_of = [&](int rank) {
    const Bytes text = all_.broadcast({own.begin(), own.end()}, rank);
    return std::string(text.begin(), text.end());
  };
  // Broadcast each target that is not known yet.
  for (int next = 0; next != all_.size(); next = all_.first(!targets.contains(own))) targets.insert(text_of(next));
  all_.together([&] {
    if (targets.size() > 1) state_.targets[own] = Peers::common_target({targets.begin(), targets.end()});
  });
}

void CollectiveRequest::report_difference() const {
  const std::string own = Peers::asked(name_, params_).text;
  const Bytes firsts = all_.broadcast({own.begin(), own.end()}, 0);
  std::istringstream here(own), there(std::string(firsts.begin(), firsts.end()));
  all_.together([&] {
    for (std::string line, other; std::getline(here, line);) {
      std::getline(there, other);
      if (line != other)
        throw InvalidArgument("jit of '" + name_ + "' asks for something else than rank 0: '" + line + "', not '" +
                              other + "'; all ranks must give the same name and parameters");
    }
  });
  throw InvalidArgument("jit of '" + name_ + "': the ranks request different modules");
}

const Group& CollectiveRequest::sharing_group(Topology& topology) const {
  static const Group alone = [] {
    MPI_Comm self = MPI_COMM_NULL;
    MPI_Comm_dup(MPI_COMM_SELF, &self);
    return Group(Communicator(self));
  }();
  if (strategy_.build_on == "node") return topology.with_target_and_directory(all_);
  if (strategy_.build_on != "process") return topology.with_target(all_);
  if (topology.most_sharing() > 1)
    throw InvalidArgument("every rank was asked to build for itself (strategy 'process'), but " +
                          std::to_string(topology.most_sharing()) +
                          " ranks share a cache directory: give each a directory of its own, or use 'node'");
  return alone;
}

// A rank with a compiler is preferred, and more so if `is_better`. A rank with `generate` but without a compiler comes
// next, because its error message is more useful.
int fitness_to_build(const Generate& generate, bool is_better) {
  if (!generate) return 0;
  return Peers::can_build() ? 2 + int{is_better} : 1;
}

// Selects the rank according to strategy.build_on. If the builder does not use the disk, the ranks that receive the
// entry write it there.
int CollectiveRequest::builder() const {
  if (strategy_.build_on != "auto") return 0;
  const std::vector<int> fitness = group_->gather(fitness_to_build(generate_, params_.cache.use_disk));
  return static_cast<int>(std::ranges::max_element(fitness) - fitness.begin());
}

Generate CollectiveRequest::guarded_generate() const {
  if (!generate_)
    throw InvalidArgument("module '" + name_ + "' is on no rank and in no cache, and jit was given no generate on " +
                          "the rank that is to build it");
  return [this](const std::string& name, const std::string& signature, const GeneratorParams& generator) {
    struct InGenerate {
      InGenerate() { generating = true; }
      ~InGenerate() { generating = false; }
    };
    const InGenerate here;
    return generate_(name, signature, generator);
  };
}

int CollectiveRequest::build() {
  const int rank = builder();
  const trace::Span span(group_->rank() == rank ? "build" : "build wait", name_);
  group_->together([&] {
    if (group_->rank() != rank) return;
    library_ = jit_.jit(name_, params_, guarded_generate()).first;
  });
  return rank;
}

// Sends the module from a rank that has it to all that do not: first a list of its parts, then the parts that any rank
// lacks.
void CollectiveRequest::distribute(int owner) {
  if (group_->size() == 1) return;
  const trace::Span span(group_->rank() == owner ? "send" : "receive", name_);
  Peers::Digest identity{};
  Bytes list;
  if (group_->rank() == owner) {
    identity = Peers::identity(*library_);
    list = Peers::list_parts(*library_);
    list.insert(list.begin(), identity.begin(), identity.end());
  }
  list = group_->broadcast(std::move(list), owner);
  std::vector<std::uint64_t> wanted;
  bool lacks = false;
  group_->together([&] {
    if (list.size() < identity.size()) throw CommunicationError("a list of modules is too short");
    std::copy_n(list.begin(), identity.size(), identity.begin());
    list.erase(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(identity.size()));
    lacks = !library_ || Peers::identity(*library_) != identity;
    for (const bool is_missing : peers_.missing_parts(list, params_)) wanted.push_back(is_missing && lacks);
    wanted.back() = lacks;
  });
  group_->maximum(wanted);
  if (wanted.back() == 0) return;
  Bytes message;
  group_->together([&] {
    if (group_->rank() == owner) message = Peers::pack(*library_, {wanted.begin(), wanted.end()});
  });
  message = group_->broadcast(std::move(message), owner, compression_);
  group_->together([&] {
    if (lacks) library_ = peers_.unpack(name_, params_, message);
  });
}

void CollectiveRequest::plan(std::size_t place) {
  const trace::Span span("plan", name_);
  const std::vector<int> fitness = group_->gather(fitness_to_build(generate_, has_core_));
  const int best = std::ranges::max(fitness);
  std::vector<int> builders;
  for (int rank = 0; rank < group_->size(); ++rank)
    if (best > 0 && fitness[static_cast<std::size_t>(rank)] == best) builders.push_back(rank);
  owner_ = builders.empty() ? 0 : builders[place % builders.size()];
  Bytes announcement;
  group_->together([&] {
    if (group_->rank() != owner_) return;
    library_ = peers_.begin(name_, params_, peers_.generate(name_, params_, guarded_generate()));
    announcement = peers_.announce(*library_);
  });
  announcement = group_->broadcast(std::move(announcement), owner_);
  group_->together([&] {
    if (group_->rank() != owner_) peers_.expect(announcement, params_);
  });
}

Library CollectiveRequest::collect() {
  {
    const trace::Span span(library_ ? "build" : "build wait", name_);
    group_->together([&] {
      if (library_) LibraryFuture(library_->module()).get();
    });
  }
  distribute(owner_);
  return *library_;
}

}  // namespace dijitso::mpi
