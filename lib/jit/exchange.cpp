// magic, kind, then the body: a count and (length, bytes) for entries, JSON for a failure; at the end BLAKE3 over all
// of it; plans are a count, then texts (length, bytes) and digests. Numbers are 64 bits, little-endian. Nothing is
// parsed before the digest agrees. Tested in unittests/jit/exchange_test.cpp.

#include "jit/exchange.h"

#include "support/hash.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

namespace dijitso {
namespace {

constexpr std::string_view magic = "DIJITSOX";
enum class Kind : std::uint8_t { entries = 1, failure = 2, plans = 3 };

void append(Bytes& out, ByteView bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); }

void append_number(Bytes& out, std::uint64_t number) {
  for (int shift = 0; shift < 64; shift += 8) out.push_back(static_cast<std::uint8_t>(number >> shift));
}

void append_text(Bytes& out, std::string_view text) {
  append_number(out, text.size());
  append(out, as_bytes(text));
}

Bytes begin_message(Kind kind) {
  Bytes message;
  append(message, as_bytes(magic));
  message.push_back(static_cast<std::uint8_t>(kind));
  return message;
}

Bytes seal(Bytes message) {
  append(message, blake3(message).bytes);
  return message;
}

// Takes bytes from the front; a message whose digest agrees but which is too short was not made by encode_*.
class Reader {
 public:
  explicit Reader(ByteView bytes) : bytes_(bytes) {}
  ByteView take(std::uint64_t count) {
    if (count > bytes_.size()) throw CommunicationError("a message from the builder ends too early");
    const ByteView taken = bytes_.first(count);
    bytes_ = bytes_.subspan(count);
    return taken;
  }
  std::uint64_t number() {
    std::uint64_t value = 0;
    int shift = 0;
    for (const std::uint8_t byte : take(8)) {
      value |= std::uint64_t{byte} << shift;
      shift += 8;
    }
    return value;
  }
  std::string text() { return std::string(as_text(take(number()))); }
  Digest digest() {
    Digest digest;
    std::ranges::copy(take(sizeof digest.bytes), digest.bytes.begin());
    return digest;
  }
  ByteView rest() const { return bytes_; }

 private:
  ByteView bytes_;
};

SentEntries decode_entries(Reader& reader) {
  SentEntries entries;
  for (std::uint64_t count = reader.number(); count > 0; --count) {
    const ByteView entry = reader.take(reader.number());
    entries.emplace_back(entry.begin(), entry.end());
  }
  if (entries.empty()) throw CommunicationError("a message from the builder holds no entries");
  if (!reader.rest().empty()) throw CommunicationError("a message from the builder is longer than its entries");
  return entries;
}

SentPlans decode_plans(Reader& reader) {
  SentPlans plans;
  for (std::uint64_t count = reader.number(); count > 0; --count) {
    SentPlan plan{reader.text(), reader.digest(), reader.digest(), reader.text(), {}};
    for (std::uint64_t needed = reader.number(); needed > 0; --needed) {
      std::string signature = reader.text();
      plan.dependencies.emplace_back(std::move(signature), reader.digest());
    }
    plans.push_back(std::move(plan));
  }
  if (!reader.rest().empty()) throw CommunicationError("a message from a builder is longer than its plans");
  return plans;
}

using Json = nlohmann::json;

// The names of the files in the order of FailureFiles.
std::vector<std::string FailureFiles::*> file_members() {
  return {&FailureFiles::fail_dir, &FailureFiles::src_filename, &FailureFiles::cmd_filename,
          &FailureFiles::readme_filename, &FailureFiles::log_filename};
}

Bytes encode(const Failure& sent) {
  Json json = {{"type", name_of(sent.kind)}, {"message", sent.message}, {"missing_symbols", sent.missing_symbols}};
  json["diagnostics"] = Json::array();
  for (const Diagnostic& d : sent.diagnostics)
    json["diagnostics"].push_back({d.file, d.line, d.column, static_cast<int>(d.severity), d.message});
  for (const auto member : file_members()) json["files"].push_back(sent.files.*member);
  Bytes message = begin_message(Kind::failure);
  append(message, as_bytes(json.dump(-1, ' ', false, Json::error_handler_t::replace)));
  return seal(std::move(message));
}

Severity as_severity(const Json& json) {
  constexpr int last = static_cast<int>(Severity::fatal);
  if (!json.is_number_integer() || json < 0 || json > last)
    throw CommunicationError(
        "a message from the builder has an unknown severity: all processes must run the same dijitso");
  return static_cast<Severity>(json.get<int>());
}

Failure decode_failure(std::string_view text) {
  const Json json = Json::parse(text);
  Failure failure;
  failure.kind = kind_of_name(json.at("type").get_ref<const std::string&>());
  failure.message = json.at("message");
  failure.missing_symbols = json.at("missing_symbols");
  for (const Json& d : json.at("diagnostics"))
    failure.diagnostics.push_back({d.at(0), d.at(1), d.at(2), as_severity(d.at(3)), d.at(4)});
  std::size_t next = 0;
  for (const auto member : file_members()) failure.files.*member = json.at("files").at(next++);
  return failure;
}

}  // namespace

Bytes encode_entries(const std::vector<SharedBytes>& entries) {
  Bytes message = begin_message(Kind::entries);
  append_number(message, entries.size());
  for (const SharedBytes& entry : entries) {
    append_number(message, entry->size());
    append(message, *entry);
  }
  return seal(std::move(message));
}

Bytes encode_plans(const SentPlans& plans) {
  Bytes message = begin_message(Kind::plans);
  append_number(message, plans.size());
  for (const SentPlan& plan : plans) {
    append_text(message, plan.signature);
    append(message, plan.request.bytes);
    append(message, plan.build.bytes);
    append_text(message, plan.header);
    append_number(message, plan.dependencies.size());
    for (const auto& [signature, build] : plan.dependencies) {
      append_text(message, signature);
      append(message, build.bytes);
    }
  }
  return seal(std::move(message));
}

Bytes encode_failure(std::exception_ptr failure, std::size_t most_bytes) {
  Failure sent = describe(failure);
  Bytes message = encode(sent);
  if (message.size() <= most_bytes) return message;
  constexpr std::size_t longest_escape = 6;  // of one byte in JSON
  sent = {sent.kind, sent.message.substr(0, (most_bytes - 512) / longest_escape), {}, {}, {}};
  return encode(sent);
}

SentMessage decode_message(ByteView message) {
  constexpr std::size_t digest_size = sizeof(Digest::bytes);
  if (message.size() < magic.size() + 1 + digest_size)
    throw CommunicationError("a message from the builder has only " + std::to_string(message.size()) + " bytes");
  const ByteView body = message.first(message.size() - digest_size);
  if (!std::ranges::equal(blake3(body).bytes, message.last(digest_size)) || as_text(body.first(magic.size())) != magic)
    throw CommunicationError("a message of " + std::to_string(message.size()) +
                             " bytes from the builder is damaged: its digest does not agree");
  Reader reader(body.subspan(magic.size()));
  switch (static_cast<Kind>(reader.take(1)[0])) {
    case Kind::entries:
      return decode_entries(reader);
    case Kind::plans:
      return decode_plans(reader);
    case Kind::failure:
      try {
        return decode_failure(as_text(reader.rest()));
      } catch (const Json::exception& error) {
        throw CommunicationError(std::string("a message from the builder tells a failure in another way: ") +
                                 error.what() + "; all processes must run the same dijitso");
      }
  }
  throw CommunicationError("a message from the builder is of an unknown kind: all processes must run the same dijitso");
}

std::vector<cache::StoredEntry> checked_modules(const SentEntries& entries, const Request& request,
                                                const IsLoaded& is_loaded) {
  std::vector<cache::StoredEntry> modules;
  std::set<std::pair<std::string, Digest>> sent;
  for (const Bytes& bytes : entries) {
    auto entry = cache::decode_or_throw<CommunicationError>(bytes, "the builder sent a damaged module: ");
    if (!cache::is_signature(entry.signature))
      throw CommunicationError("the builder sent a module under a name that cannot be used");
    for (const cache::Dependency& dependency : entry.dependencies)
      if (!sent.contains({dependency.signature, dependency.identity}) && !(is_loaded && is_loaded(dependency)))
        throw CommunicationError("the builder sent '" + entry.signature + "' without '" + dependency.signature +
                                 "', on which it depends");
    sent.emplace(entry.signature, entry.identity());
    modules.push_back({std::move(entry), std::make_shared<const Bytes>(bytes)});
  }
  const cache::Entry& asked = modules.back().entry;
  if (asked.signature != request.signature || asked.request != request.text)
    throw CommunicationError("the builder sent '" + asked.signature + "' built with other parameters than '" +
                             request.signature + "' was asked for here: all processes must ask for the same");
  return modules;
}

}  // namespace dijitso
