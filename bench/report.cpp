// A table for people, or JSON with the same numbers.
#include "report.h"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <iostream>

namespace bench {
namespace {

double ratio(double peer, double ours) { return ours > 0 ? peer / ours : 0; }

void print_cold_row(const Cold& row) {
  std::printf("%-24s %7zu %11.2f", row.family.c_str(), row.modules, row.dijitso / 1000);
  for (const double peer : row.peers) std::printf(" %12.2f %9.2f", peer / 1000, ratio(peer, row.dijitso));
  std::printf("\n");
}

void print_cold(const Results& results) {
  std::printf(
      "Cold: compile, link and load; sums of medians over %d rounds; ratio = time of the peer / time of dijitso\n\n",
      results.rounds);
  std::printf("%-24s %7s %11s", "family", "modules", "dijitso s");
  for (const auto& compiler : results.compilers) std::printf(" %10s s %9s", compiler.c_str(), "ratio");
  std::printf("\n");
  for (const auto& row : results.cold->families) print_cold_row(row);
  print_cold_row(results.cold->all);
  std::printf("\nThe first compile of a process loads Clang and the linker: %.1f ms, contained in 'all'.\n\n",
              results.cold->start_up);
}

nlohmann::json as_json(const Cold& row) {
  nlohmann::json ratios = nlohmann::json::array();
  for (const double peer : row.peers) ratios.push_back(ratio(peer, row.dijitso));
  return {{"family", row.family},
          {"modules", row.modules},
          {"dijitso_ms", row.dijitso},
          {"peers_ms", row.peers},
          {"ratios", ratios}};
}

}  // namespace

void print_table(const Results& results) {
  std::printf("Modules of FFC %s\n\n", results.ffc_version.c_str());
  if (results.cold) print_cold(results);
  if (results.disk) {
    std::printf("%-52s %10.3f ms  (wanted: under 1)\n", "hit from disk, a module, in a fresh process",
                results.disk->module);
    std::printf("%-52s %10.3f ms\n", "  the slowest", results.disk->slowest);
    std::printf("%-52s %10.3f ms\n", "  the first of a process, which loads the linker", results.disk->first);
    std::printf("%-52s %10.1f ms\n", "  a process that takes all modules, start to exit", results.disk->process);
  }
  if (results.memory_ns)
    std::printf("%-52s %10.0f ns  (wanted: under 1000)\n", "hit from memory, a module", *results.memory_ns);
  if (results.show_ms)
    std::printf("%-40s %5d %-6s %10.2f ms  (wanted: under 20)\n", "dijitso-cache show, a cache of",
                results.show_entries, "entries", *results.show_ms);
}

void print_json(const Results& results) {
  nlohmann::json json = {{"schema_version", 1}, {"ffc_version", results.ffc_version}, {"rounds", results.rounds}};
  if (results.cold) {
    json["cold"] = {
        {"peers", results.compilers}, {"start_up_ms", results.cold->start_up}, {"all", as_json(results.cold->all)}};
    for (const auto& row : results.cold->families) json["cold"]["families"].push_back(as_json(row));
  }
  if (results.disk)
    json["disk"] = {{"module_ms", results.disk->module},
                    {"slowest_ms", results.disk->slowest},
                    {"first_ms", results.disk->first},
                    {"process_ms", results.disk->process}};
  if (results.memory_ns) json["memory_ns"] = *results.memory_ns;
  if (results.show_ms) json["show"] = {{"entries", results.show_entries}, {"ms", *results.show_ms}};
  std::cout << json.dump(1) << "\n";
}

}  // namespace bench
