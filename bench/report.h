// What the driver prints.
#pragma once

#include "measure.h"

#include <optional>
#include <string>
#include <vector>

namespace bench {

struct Results {
  std::string ffc_version;
  int rounds = 0;
  std::vector<std::string> compilers;
  std::optional<ColdResult> cold;
  std::optional<Disk> disk;
  std::optional<double> memory_ns;
  std::optional<double> show_ms;
  int show_entries = 0;
};

void print_table(const Results& results);
void print_json(const Results& results);

}  // namespace bench
