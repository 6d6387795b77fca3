// The messages that a builder sends to receivers: the entries of a module and of all it depends on, or the reason of a
// failure; before that, what it builds. Pure. A digest covers the whole message; entries carry their own digests
// besides.
#pragma once

#include "cache/store.h"
#include "jit/key.h"
#include "support/bytes.h"
#include "support/failure.h"

#include <dijitso/error.h>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <string>
#include <variant>
#include <vector>

namespace dijitso {

// Entry files, dependencies first; the last is the module that was asked for.
using SentEntries = std::vector<Bytes>;

// A module that somebody builds now, as far as others need to know in order to compile against it.
struct SentPlan {
  std::string signature;
  Digest request, build;
  std::string header;
  std::vector<std::pair<std::string, Digest>> dependencies;  // signature and build
};
using SentPlans = std::vector<SentPlan>;

Bytes encode_plans(const SentPlans& plans);
Bytes encode_entries(const std::vector<SharedBytes>& entries);
// Without diagnostics and the end of the text when it would be longer than `most_bytes`, at least 1,024.
Bytes encode_failure(std::exception_ptr failure, std::size_t most_bytes = SIZE_MAX);

// CommunicationError when the message is damaged.
using SentMessage = std::variant<SentEntries, Failure, SentPlans>;
SentMessage decode_message(ByteView message);

// The contents of one that must be of this kind, or it is a CommunicationError.
template <class Contents>
const Contents& expect_kind(const SentMessage& message) {
  if (const auto* contents = std::get_if<Contents>(&message)) return *contents;
  throw CommunicationError("a message from another process is of another kind than was expected");
}

// The modules of a message that answers this request. CommunicationError when one is damaged or has a name that cannot
// be used, when a dependency neither comes before what needs it nor is loaded, or when the last is not what was asked
// for.
using IsLoaded = std::function<bool(const cache::Dependency&)>;
std::vector<cache::StoredEntry> checked_modules(const SentEntries& entries, const Request& request,
                                                const IsLoaded& is_loaded = {});

}  // namespace dijitso
