// Format: magic, kind, body, BLAKE3 digest of all before it. The body of entries is a count and (length, bytes) for
// each; of plans a count, then texts (length, bytes) and digests; of a failure JSON. Numbers are 64 bits,
// little-endian. Nothing is parsed before the digest has been checked. Tested in unittests/jit/exchange_test.cpp.

#include "jit/peers/exchange.h"

#include "support/hash.h"

#include <nlohmann/json.hpp>

#include <memory>
#include <set>
#include <utility>

namespace dijitso {
namespace {

constexpr std::string_view magic = "DIJITSOX";
enum class Kind : std::uint8_t { entries = 1, failure = 2, plans = 3 };

Bytes begin_message(Kind kind) {
  Bytes message(magic.begin(), magic.end());
  append_value(message, kind);
  return message;
}

Bytes seal(Bytes message) {
  append_value(message, blake3(message));
  return message;
}

SentEntries decode_entries(ByteReader& reader) {
  SentEntries entries;
  for (std::uint64_t count = reader.value<std::uint64_t>(); count > 0; --count) {
    const ByteView entry = reader.take(reader.value<std::uint64_t>());
    entries.emplace_back(entry.begin(), entry.end());
  }
  if (entries.empty()) throw CommunicationError("a message from the builder holds no entries");
  if (!reader.rest().empty()) throw CommunicationError("a message from the builder is longer than its entries");
  return entries;
}

SentPlans decode_plans(ByteReader& reader) {
  SentPlans plans;
  for (std::uint64_t count = reader.value<std::uint64_t>(); count > 0; --count) {
    const auto text = [&] { return std::string(reader.text<std::uint64_t>()); };
    SentPlan plan{text(), reader.value<Digest>(), reader.value<Digest>(), text(), {}};
    for (std::uint64_t needed = reader.value<std::uint64_t>(); needed > 0; --needed) {
      std::string signature = text();
      plan.dependencies.emplace_back(std::move(signature), reader.value<Digest>());
    }
    plans.push_back(std::move(plan));
  }
  if (!reader.rest().empty()) throw CommunicationError("a message from a builder is longer than its plans");
  return plans;
}

using Json = nlohmann::json;

// The members of FailureFiles in the order in which they are sent.
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
  append_value(message, std::uint64_t{entries.size()});
  for (const SharedBytes& entry : entries) append_text<std::uint64_t>(message, as_text(*entry));
  return seal(std::move(message));
}

const std::uint64_t size_of_no_entries = magic.size() + sizeof(Kind) + sizeof(std::uint64_t) + sizeof(Digest);

std::uint64_t size_in_message(const Bytes& entry) { return sizeof(std::uint64_t) + entry.size(); }

Bytes encode_plans(const SentPlans& plans) {
  Bytes message = begin_message(Kind::plans);
  append_value(message, std::uint64_t{plans.size()});
  for (const SentPlan& plan : plans) {
    append_text<std::uint64_t>(message, plan.signature);
    append_value(message, plan.request);
    append_value(message, plan.build);
    append_text<std::uint64_t>(message, plan.header);
    append_value(message, std::uint64_t{plan.dependencies.size()});
    for (const auto& [signature, build] : plan.dependencies) {
      append_text<std::uint64_t>(message, signature);
      append_value(message, build);
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

SentMessage decode_message(ByteView message) try {
  constexpr std::size_t digest_size = sizeof(Digest::bytes);
  if (message.size() < magic.size() + 1 + digest_size)
    throw CommunicationError("a message from the builder has only " + std::to_string(message.size()) + " bytes");
  const ByteView body = message.first(message.size() - digest_size);
  if (blake3(body) != value_at<Digest>(message, body.size()) || as_text(body.first(magic.size())) != magic)
    throw CommunicationError("a message of " + std::to_string(message.size()) +
                             " bytes from the builder is damaged: its digest does not agree");
  ByteReader reader(body.subspan(magic.size()));
  switch (reader.value<Kind>()) {
    case Kind::entries:
      return decode_entries(reader);
    case Kind::plans:
      return decode_plans(reader);
    case Kind::failure:
      try {
        return decode_failure(as_text(reader.rest()));
      } catch (const Json::exception& error) {
        throw CommunicationError(std::string("a message from the builder describes a failure in an unknown form: ") +
                                 error.what() + "; all processes must run the same dijitso");
      }
  }
  throw CommunicationError("a message from the builder is of an unknown kind: all processes must run the same dijitso");
} catch (const BytesEnd&) {
  // Its digest agrees: it was not made by encode_*.
  throw CommunicationError("a message from the builder ends too early");
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
