// Tested in unittests/cmdline/build_facts_test.cpp.
#include "cmdline/objects/build_facts.h"

#include <array>
#include <cstdio>
#include <ctime>

namespace dijitso::cmdline {
namespace {

using Json = nlohmann::ordered_json;

std::string text_at(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

double number_at(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_number() ? found->get<double>() : 0;
}

}  // namespace

BuildFacts build_facts(const cache::Entry& entry) {
  BuildFacts facts;
  facts.all = Json::parse(entry.build_info, nullptr, /*allow_exceptions=*/false);
  if (!facts.all.is_object()) facts.all = Json::object();
  facts.command = text_at(facts.all, "command");
  facts.compiler = text_at(facts.all, "compiler");
  facts.host = text_at(facts.all, "host");
  if (const auto seconds = facts.all.find("seconds"); seconds != facts.all.end() && seconds->is_object())
    facts.seconds = {number_at(*seconds, "frontend"), number_at(*seconds, "optimiser"), number_at(*seconds, "codegen"),
                     number_at(*seconds, "backend")};
  if (const auto created = facts.all.find("created_ns"); created != facts.all.end() && created->is_number_integer())
    facts.created_ns = created->get<std::int64_t>();
  return facts;
}

std::string as_utc(std::int64_t ns) {
  const std::time_t seconds = ns / 1'000'000'000;
  std::tm parts{};
  std::array<char, 64> text{};
  if (!gmtime_r(&seconds, &parts)) return "an unknown time";
  std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S UTC", &parts);
  return text.data();
}

std::string human_seconds(double seconds) {
  std::array<char, 64> text{};
  if (seconds < 1)
    std::snprintf(text.data(), text.size(), "%.1f ms", 1000 * seconds);
  else
    std::snprintf(text.data(), text.size(), "%.2f s", seconds);
  return text.data();
}

std::string in_words(const CompileSeconds& seconds) {
  const std::string frontend = "frontend " + human_seconds(seconds.frontend);
  if (seconds.backend > 0) return frontend + ", optimiser and code generation " + human_seconds(seconds.backend);
  return frontend + ", optimiser " + human_seconds(seconds.optimiser) + ", code generation " +
         human_seconds(seconds.codegen);
}

}  // namespace dijitso::cmdline
