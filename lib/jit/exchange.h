// The message that a builder sends to receivers: the entries of a module and of all it depends on, or the reason of a
// failure. Pure. A digest covers the whole message; entries carry their own digests besides.
#pragma once

#include "cache/store.h"
#include "jit/key.h"
#include "support/bytes.h"

#include <dijitso/error.h>

#include <exception>
#include <string>
#include <variant>
#include <vector>

namespace dijitso {

// Entry files, dependencies first; the last is the module that was asked for.
using SentEntries = std::vector<Bytes>;

struct SentFailure {
  bool compile_failed = false;  // else generating or anything else
  std::string message;
};

Bytes encode_entries(const std::vector<SharedBytes>& entries);
Bytes encode_failure(std::exception_ptr failure);

// CommunicationError when the message is damaged.
std::variant<SentEntries, SentFailure> decode_message(ByteView message);

// The modules of a message that answers this request. CommunicationError when one is damaged or has a name that cannot
// be used, when a dependency does not come before what needs it, or when the last is not what was asked for.
std::vector<cache::StoredEntry> checked_modules(const SentEntries& entries, const Request& request);

}  // namespace dijitso
