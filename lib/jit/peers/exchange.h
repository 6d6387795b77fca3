// The messages that a builder sends to receivers: the entries of a module and all its dependencies, or the reason of a
// failure; before that, plans of what it builds. Pure. A digest covers the whole message; each entry has its own digest
// too.
#pragma once

#include "cache/store/store.h"
#include "jit/request/key.h"
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

// Contents of entry files, dependencies first; the last is the requested module.
using SentEntries = std::vector<Bytes>;

// A module that one process is building, with what others need in order to compile against it.
struct SentPlan {
  std::string signature;
  Digest request, build;
  std::string header;
  std::vector<std::pair<std::string, Digest>> dependencies;  // signature and build
};
using SentPlans = std::vector<SentPlan>;

Bytes encode_plans(const SentPlans& plans);
Bytes encode_entries(const std::vector<SharedBytes>& entries);
// The length of a message of encode_entries without entries, and what an entry adds to it.
extern const std::uint64_t size_of_no_entries;
std::uint64_t size_in_message(const Bytes& entry);
// When the message would be longer than `most_bytes` (at least 1,024), it has no diagnostics and the text is cut.
Bytes encode_failure(std::exception_ptr failure, std::size_t most_bytes = SIZE_MAX);

// Throws CommunicationError when the message is damaged.
using SentMessage = std::variant<SentEntries, Failure, SentPlans>;
SentMessage decode_message(ByteView message);

// The contents of a message that must be of this kind; CommunicationError otherwise.
template <class Contents>
const Contents& expect_kind(const SentMessage& message) {
  if (const auto* contents = std::get_if<Contents>(&message)) return *contents;
  throw CommunicationError("a message from another process is of another kind than was expected");
}

// The modules of a message that answers this request. Throws CommunicationError when a module is damaged or has an
// invalid name, when a dependency is neither loaded nor earlier in the message than its dependents, or when the last
// module is not the requested one.
using IsLoaded = std::function<bool(const cache::Dependency&)>;
std::vector<cache::StoredEntry> checked_modules(const SentEntries& entries, const Request& request,
                                                const IsLoaded& is_loaded = {});

}  // namespace dijitso
