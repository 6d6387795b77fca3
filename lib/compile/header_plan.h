// Which headers of a module may be precompiled, and when they may be used: decided once for a request, by
// Compiler::plan_headers. Plain data. Thread-safety: const functions may be called from any thread.
#pragma once

#include "support/bytes.h"
#include "support/hash.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace dijitso::compilation {

// A file that the compiler read.
struct HeaderRead {
  std::string path;  // absolute, with ".." only behind a symbolic link; of a command, relative if it was asked for so
  Digest content;
};

// A prelude that was compiled once, for all modules with the same prelude and flags.
struct Precompiled {
  std::string prelude;                   // its text
  ByteView pch;                          // Clang's format; empty when precompiling is impossible or not worthwhile
  std::shared_ptr<const void> owner;     // of the bytes of `pch`, which all compiles share
  std::string messages;                  // diagnostics of the headers, which each use repeats
  std::string refusal;                   // why the headers were not precompiled
  bool is_refused = false;               // for that reason, as long as the headers do not change
  bool is_cheap = false;                 // the headers have less text than `least_text`
  std::vector<HeaderRead> files;         // the headers outside the toolchain that it contains
  std::vector<std::string> missing;      // as in CompileResult
  std::vector<std::uint64_t> mentioned;  // hashes of identifiers and included names in these headers; sorted
  std::vector<std::uint64_t> changed;    // hashes of macros that the headers define or undefine; sorted
};

// A text at the beginning of a module that may be precompiled, and the conditions under which the module may use the
// result. A collision of hashes prevents a use, but never causes a wrong one.
struct Prelude {
  std::string text;                        // empty when the module does not begin with an #include
  std::size_t skipped = 0;                 // bytes at the beginning of the source that the precompiled headers replace
  std::vector<std::string> places;         // for each line of `text`, its place in the module, as in messages.h
  std::vector<std::uint64_t> unmentioned;  // hashes of names that the headers must not mention
  std::vector<std::uint64_t> unchanged;    // hashes of macros that the headers must not change

  // Whether the object of the module stays the same with `precompiled`.
  bool suits(const Precompiled& precompiled) const { return !precompiled.pch.empty() && would_suit(precompiled); }

  // The same of headers whose `pch` has not been kept.
  bool would_suit(const Precompiled& precompiled) const {
    const auto any_of = [](const auto& hashes, const auto& sorted) {
      return std::ranges::any_of(hashes, [&](std::uint64_t hash) { return std::ranges::binary_search(sorted, hash); });
    };
    return text == precompiled.prelude && !any_of(unmentioned, precompiled.mentioned) &&
           !any_of(unchanged, precompiled.changed);
  }
};

// The plan of one request.
struct HeaderPlan {
  std::vector<Prelude> preludes;  // the one that more modules share comes first; two may have the same text

  // The prelude that `precompiled` may replace; nullptr when there is none.
  const Prelude* suited_by(const Precompiled& precompiled) const {
    const auto found = std::ranges::find_if(preludes, [&](const Prelude& one) { return one.suits(precompiled); });
    return found == preludes.end() ? nullptr : &*found;
  }
};

}  // namespace dijitso::compilation
