// The parts of Preludes that finding (preludes.cpp) and making (make_preludes.cpp) share.
#pragma once

#include "jit/build/preludes.h"

#include <algorithm>
#include <future>
#include <memory>
#include <utility>

namespace dijitso {

// One of the preludes of a module to look up or to make: its request, store and compiler.
struct Preludes::Job {
  explicit Job(const User& user)
      : store(&user.store), compiler(&user.compiler), compile(user.compile), build(user.build) {
    name();
  }

  const std::string& text() const { return compile.header_plan.preludes[place].text; }

  // Whether the module may use these headers; whether it might if they had been kept.
  bool is_suited_by(const compilation::Precompiled& headers) const { return compile.header_plan.suited_by(headers); }
  bool would_be_suited_by(const compilation::Precompiled& headers) const {
    return std::ranges::any_of(compile.header_plan.preludes, [&](const auto& one) { return one.would_suit(headers); });
  }

  // A prelude of which nothing more is known.
  std::shared_ptr<Prelude> in_state(cache::HeaderState state) const;

  // Continues with the next text of the module, if there is one.
  bool advance() {
    const std::string last = text();
    do {
      if (++place == compile.header_plan.preludes.size()) return false;
    } while (text() == last);
    name();
    return true;
  }

  bool is_same(const Digest& other, const cache::Store* other_store) const {
    return digest == other && store == other_store;
  }
  bool is_same(const Job& other) const { return is_same(other.digest, other.store); }

  cache::Store* store;
  compilation::Compiler* compiler;
  compilation::CompileRequest compile;
  Digest build;
  std::size_t place = 0;  // of the prelude in the plan
  std::string request;
  Digest digest;

 private:
  // The number is that of what is compiled behind the headers.
  void name() {
    request = "dijitso prelude 2\nbuild " + build.hex() + "\n" + text();
    digest = blake3(request);
  }
};

struct Preludes::Prelude {
  Digest digest;
  cache::Store* store;
  cache::HeaderState state;
  compilation::Precompiled precompiled = {};
  std::vector<cache::ReadFile> files = {};
  std::vector<cache::AbsentNames> absent = {};
};

inline std::shared_ptr<Preludes::Prelude> Preludes::Job::in_state(cache::HeaderState state) const {
  return std::make_shared<Prelude>(Prelude{digest, store, state});
}

struct Preludes::Reading {
  Digest digest;
  const cache::Store* store;
  Result result;
};

// Headers that a module is making, and what is to be called when they are made.
struct Preludes::Making {
  Digest digest;
  const cache::Store* store;
  std::promise<void> promise = {};
  std::shared_future<void> done = promise.get_future().share();
  std::vector<std::function<void()>> resumed = {};
};

}  // namespace dijitso
