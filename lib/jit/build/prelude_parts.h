// The parts of Preludes that finding (preludes.cpp) and making (make_preludes.cpp) share.
#pragma once

#include "jit/build/preludes.h"

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

  // Whether the module may use these headers.
  bool is_suited_by(const compilation::Precompiled& headers) const { return compile.header_plan.suited_by(headers); }

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
  void name() {
    request = "dijitso prelude\nbuild " + build.hex() + "\n" + text();
    digest = blake3(request);
  }
};

struct Preludes::Prelude {
  Digest digest;
  cache::Store* store;
  State state;
  compilation::Precompiled precompiled = {};
  std::vector<cache::ReadFile> files = {};
  std::vector<cache::AbsentNames> absent = {};
};

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

// Makes `precompiled` refer to the data in this entry, and own a reference to it. False when the entry is of another
// kind.
bool take_from_entry(compilation::Precompiled& precompiled, const SharedBytes& entry);

inline std::optional<Digest> no_dependency(const cache::Dependency&) { return std::nullopt; }

}  // namespace dijitso
