// The path of one collective request, from top to bottom. Everything that may fail on one rank, and be it for want of
// memory, is in a function of which the next vote or agreement tells how it went, so that all ranks take the same
// branches. Tested in tests/mpi/jit_test.cpp, mixes_test.cpp, faults_test.cpp and memory_test.cpp.
#include "comm/request.h"

#include "support/trace.h"

#include <dijitso/error.h>

#include <algorithm>
#include <set>
#include <span>
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

// A rank with a compiler is preferred, and more so if `is_better`. A rank with `generate` but without a compiler comes
// next, because its error message is more useful.
std::uint32_t fitness_to_build(const Generate& generate, bool is_better) {
  if (!generate) return 0;
  return Peers::can_build() ? 2 + std::uint32_t{is_better} : 1;
}

// One of the fittest ranks, which take turns; rank 0 when nobody can.
int builder_of(std::span<const std::uint64_t> fitness, std::size_t place) {
  const std::uint64_t best = std::ranges::max(fitness);
  if (best == 0) return 0;
  std::size_t left = place % static_cast<std::size_t>(std::ranges::count(fitness, best));
  for (std::size_t rank = 0;; ++rank)
    if (fitness[rank] == best && left-- == 0) return static_cast<int>(rank);
}

// The text of `root` on all ranks.
std::string broadcast_text(const Group& group, const std::string& text, int root) {
  Bytes bytes;
  group.together([&] {
    if (group.rank() == root) append(bytes, as_bytes(text));
  });
  bytes = group.broadcast(std::move(bytes), root);
  std::string received;
  group.together([&] { received = as_text(bytes); });
  return received;
}

// The group of a rank that shares with nobody.
const Group& alone() {
  static const Group group = [] {
    MPI_Comm self = MPI_COMM_NULL;
    MPI_Comm_dup(MPI_COMM_SELF, &self);
    return Group(Communicator(self));
  }();
  return group;
}

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
  params_.build.tier = "full";
  parts_.reserve(Vote::most_parts);
  wanted_.reserve(Vote::most_parts);
  sent_.reserve(Vote::most_parts);
}

void CollectiveRequest::check_may_begin(const std::string& name) {
  if (generating)
    throw InvalidArgument("the generate of a collective jit calls mpi::jit for '" + name +
                          "', in which the other ranks do not take part: call dijitso::jit there");
}

std::optional<Library> CollectiveRequest::obtain(bool may_build) {
  // Do all ranks have it? If not, do all ranks request the same?
  Vote first = vote_of_all();
  if (strategy_.isa == "common" && !first.is_one_request()) {
    take_common_target();
    first = vote_of_all();
    if (!first.is_one_request()) report_difference();
  }
  if (all_have_library(first)) return library_;

  // Which ranks use which cache directory, and which get entries from which?
  const bool is_known = first.topology() != 0;
  use(is_known ? state_.numbered_topology(first.topology()) : find_topology());

  // Get it from the cache, from another rank, or from the compiler.
  const auto get = [&] {
    std::exception_ptr failure;
    if (!is_known) failure = failure_of([&] { look_in_cache(); });
    share(is_known && group_ == &all_ ? first : vote(*group_, failure), may_build);
  };
  if (group_ == &all_) {
    get();
  } else {
    all_.agree_again(failure_of(get));
  }
  return library_;
}

Vote CollectiveRequest::vote_of_all() {
  const auto failure = failure_of([&] { look(); });
  const trace::Span span("agree", name_);
  const Vote result = vote(all_, failure);
  if (!result.is_one_strategy()) throw InvalidArgument("jit of '" + name_ + "': all ranks must give the same strategy");
  return result;
}

// Throws the failure of any rank on all.
Vote CollectiveRequest::vote(const Group& group, std::exception_ptr failure) const {
  Vote vote;
  if (!failure) failure = failure_of([&] { vote = own_vote(group); });
  if (failure) (vote = Vote()).fails();
  vote.count(group);
  if (vote.has_failure()) group.agree(failure);
  return vote;
}

Vote CollectiveRequest::own_vote(const Group& group) const {
  Vote vote;
  vote.asks(library_ ? Peers::request(*library_) : asked_.request,
            number_of(strategy_.build_on + "\n" + strategy_.isa + "\n" + strategy_.compression), topology_);
  if (!library_) {
    vote.lacks(group, peers_.likenesses_in_memory(params_), fitness_to_build(generate_, uses_cache_));
    return vote;
  }
  std::vector<Peers::Part> parts;
  // Parts without optimised code cannot be sent; list_parts() says so when somebody needs them.
  static_cast<void>(failure_of([&] { parts = Peers::parts(*library_); }));
  vote.has(group, Peers::identity(*library_), parts);
  return vote;
}

bool CollectiveRequest::all_have_library(const Vote& vote) const {
  return vote.all_have_it() && (strategy_.isa == "per_class" || (vote.is_one_request() && vote.is_one_identity()));
}

void CollectiveRequest::refuse(const Group& all, std::exception_ptr failure) {
  Vote vote;
  vote.fails();
  vote.count(all);
  all.agree(failure);
  throw CommunicationError("internal error: the ranks did not agree on a failure");  // not reached: agree has thrown
}

// Looks in memory; then in the cache, if the ranks have found out before that this one does so for them.
void CollectiveRequest::look() {
  check_strategy(strategy_);
  if (!state_.targets.empty() && strategy_.isa == "common") {
    const auto known = state_.targets.find(Peers::asked(name_, params_).target);
    if (known != state_.targets.end()) params_ = Peers::for_target(params_, known->second);
  }
  library_ = peers_.find_in_memory(name_, params_);
  if (!library_) asked_ = Peers::asked(name_, params_);
  const bool knows_target = !library_ || strategy_.isa == "common";
  topology_ = knows_target ? state_.number_of_topology(params_.cache, target()) : 0;
  uses_cache_ = topology_ != 0 && uses_cache(state_.numbered_topology(topology_));
  look_in_cache();
  if (strategy_.build_on == "process") alone();  // made where its failure is agreed upon
}

void CollectiveRequest::look_in_cache() {
  if (!library_ && uses_cache_) library_ = peers_.find(name_, params_);
}

void CollectiveRequest::take_common_target() {
  std::string own;
  std::set<std::string> targets;
  all_.together([&] { own = Peers::asked(name_, params_).target; });
  // Broadcast each target that is not known yet.
  for (int next = 0; next != all_.size(); next = all_.first(!targets.contains(own))) {
    std::string target = broadcast_text(all_, own, next);
    all_.together([&] { targets.insert(std::move(target)); });
  }
  all_.together([&] {
    if (targets.size() > 1) state_.targets[own] = Peers::common_target({targets.begin(), targets.end()});
  });
}

void CollectiveRequest::report_difference() const {
  std::string own;
  all_.together([&] { own = Peers::asked(name_, params_).text; });
  const std::string firsts = broadcast_text(all_, own, 0);
  all_.together([&] {
    std::istringstream here(own), there(firsts);
    for (std::string line, other; std::getline(here, line);) {
      std::getline(there, other);
      if (line != other)
        throw InvalidArgument("jit of '" + name_ + "' asks for something else than rank 0: '" + line + "', not '" +
                              other + "'; all ranks must give the same name and parameters");
    }
  });
  throw InvalidArgument("jit of '" + name_ + "': the ranks request different modules");
}

Topology& CollectiveRequest::find_topology() {
  all_.together([&] { asked_ = Peers::asked(name_, params_); });
  return state_.topology(params_.cache, target());
}

const std::string& CollectiveRequest::target() const {
  static const std::string common;
  return strategy_.isa == "common" ? common : asked_.target;
}

bool CollectiveRequest::uses_cache(const Topology& topology) const {
  return params_.cache.use_disk && (params_.cache.lib_loader != "orc" || topology.uses_disk());
}

void CollectiveRequest::use(Topology& topology) {
  group_ = &sharing_group(topology);
  has_core_ = topology.has_core();
  uses_cache_ = uses_cache(topology);
  if (params_.cache.lib_loader == "orc" && !topology.uses_disk()) {
    params_.cache.use_disk = false;
    params_.build.pch = "off";  // precompiled headers could not be stored
  }
  const bool compresses =
      topology.spans_machines() ? strategy_.compression != "never" : strategy_.compression == "always";
  compression_ = compresses ? Compression::if_smaller : Compression::never;
}

const Group& CollectiveRequest::sharing_group(Topology& topology) const {
  if (strategy_.build_on == "node") return topology.with_target_and_directory(all_);
  if (strategy_.build_on != "process") return topology.with_target(all_);
  if (topology.most_sharing() > 1)
    throw InvalidArgument("every rank was asked to build for itself (strategy 'process'), but " +
                          std::to_string(topology.most_sharing()) +
                          " ranks share a cache directory: give each a directory of its own, or use 'node'");
  return alone();
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

// Returns the failure of this rank.
std::exception_ptr CollectiveRequest::build(int rank) {
  const trace::Span span(group_->rank() == rank ? "build" : "build wait", name_);
  return failure_of([&] {
    if (group_->rank() == rank) library_ = jit_.jit(name_, params_, guarded_generate()).first;
  });
}

// Until all ranks of the group have the same module: the vote says who builds it or who sends it, and the next vote how
// that went. When somebody lacks more parts than the vote could tell, the second message has them too.
void CollectiveRequest::share(Vote last, bool may_build) {
  for (int sent = 0; !last.all_have_it() || !last.is_one_identity();) {
    const std::optional<int> owner = last.owner(*group_);
    if (!owner && !may_build) return;
    if (sent == 2) throw CommunicationError("module '" + name_ + "' was sent twice, and did not arrive");
    // If the builder does not use the disk, the ranks that receive the entry write it there.
    last = vote(*group_, owner ? distribute(last, *owner, sent++ == 0)
                               : build(strategy_.build_on == "auto" ? last.builder(*group_) : 0));
  }
}

// Sends the module to all that lack it, with those of its parts that any of them lacks. Returns the failure of this
// rank; throws one on which all ranks have agreed.
std::exception_ptr CollectiveRequest::distribute(const Vote& vote, int owner, bool is_first) {
  const bool owns = group_->rank() == owner;
  const trace::Span span(owns ? "send" : "receive", name_);
  list_parts(vote, owner);
  bool is_for_us = false;
  std::vector<bool> missing;  // what this rank needs; empty when it needs nothing
  std::exception_ptr failure = failure_of([&] {
    is_for_us = !library_ || Peers::identity(*library_) != parts_.back().identity;
    if (is_for_us) missing = peers_.missing_parts(parts_, params_);
  });
  wanted_.assign(parts_.size(), 0);
  std::ranges::copy(missing, wanted_.begin());
  // The vote does not tell which parts are lacking where another variant of the module is in memory.
  const bool vote_tells = is_first && vote.is_one_identity();
  if (vote_tells)
    std::ranges::transform(parts_, wanted_.begin(), [&](const auto& part) { return vote.is_lacking(part.identity); });
  else
    group_->maximum(wanted_);
  wanted_.back() = 1;  // when a rank has it in memory, then not for this request
  sent_.assign(wanted_.begin(), wanted_.end());
  const std::uint64_t length = Peers::packed_size(parts_, sent_);

  Bytes message;
  if (owns && !failure) failure = failure_of([&] { message = Peers::pack(*library_, sent_); });
  if (compression_ == Compression::never && length <= Group::most_at_once) {
    const std::exception_ptr unsent = failure_of([&] { message = group_->send(std::move(message), length, owner); });
    if (!failure) failure = unsent;
  } else {
    std::optional<std::exception_ptr> unsent;
    message = group_->broadcast(std::move(message), owner, compression_, unsent);
    if (!failure) failure = unsent.value_or(nullptr);
  }
  for (std::size_t i = 0; i < missing.size(); ++i)
    if (missing[i] && !sent_[i]) return failure;  // the next message has it
  if (failure || message.empty() || !is_for_us) return failure;
  return failure_of([&] { library_ = peers_.unpack(name_, params_, message); });
}

// They are in the vote, unless they are too many.
void CollectiveRequest::list_parts(const Vote& vote, int owner) {
  if (!vote.parts().empty()) return parts_.assign(vote.parts().begin(), vote.parts().end());
  Bytes list;
  group_->together([&] {
    if (group_->rank() != owner) return;
    for (const Peers::Part& part : Peers::parts(*library_)) append_value(list, part);
  });
  std::optional<std::exception_ptr> unlisted;
  list = group_->broadcast(std::move(list), owner, Compression::never, unlisted);
  group_->together([&] {
    if (unlisted && *unlisted) std::rethrow_exception(*unlisted);
    const auto listed = values_at<Peers::Part>(list, 0, list.size() / sizeof(Peers::Part));
    parts_.assign(listed.begin(), listed.end());  // keeps the room that there is
    wanted_.reserve(parts_.size());
    sent_.reserve(parts_.size());
  });
}

void CollectiveRequest::plan(std::size_t place) {
  const trace::Span span("plan", name_);
  const int builder = builder_of(group_->gather(fitness_to_build(generate_, has_core_)), place);
  Bytes announcement;
  group_->together([&] {
    if (group_->rank() != builder) return;
    library_ = peers_.begin(name_, params_, peers_.generate(name_, params_, guarded_generate()));
    announcement = peers_.announce(*library_);
  });
  announcement = group_->broadcast(std::move(announcement), builder);
  group_->together([&] {
    if (group_->rank() != builder) peers_.expect(announcement, params_);
  });
}

Library CollectiveRequest::collect() {
  std::exception_ptr failure;
  {
    const trace::Span span(library_ ? "build" : "build wait", name_);
    failure = failure_of([&] {
      if (library_) LibraryFuture(library_->module()).get();
    });
  }
  share(vote(*group_, failure), /*may_build=*/false);
  return *library_;
}

}  // namespace dijitso::mpi
