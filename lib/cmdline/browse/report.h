// What the command report knows of a cache, and how it draws it.
#pragma once

#include "cache/inspect/query.h"
#include "cache/store/usage_records.h"
#include "cmdline/objects/build_facts.h"

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace dijitso::cmdline {

// A verified entry.
struct ReportRow {
  std::string signature, variant;
  std::uint64_t bytes = 0;
  CompileSeconds seconds;
  std::optional<std::int64_t> created_ns;
  std::string command;
  std::vector<std::string> dependencies;  // their signatures
};

struct Report {
  std::string cache_dir;
  std::vector<std::pair<cache::Category, cache::DirectoryContents>> categories;
  std::vector<ReportRow> rows;          // largest first
  std::vector<std::string> unverified;  // why entries are not among them
  cache::UsageHistory usage;

  CompileSeconds seconds() const;
  std::size_t modules() const;  // different signatures
};

// One HTML page that needs nothing else. All texts are foreign, and escaped.
void write_page(std::ostream& out, const Report& report);

// A text where HTML has text or an attribute in quotes.
std::string escape_html(std::string_view text);

// A drawing of which module depends on which, in layers: what a module depends on is left of it. Empty when there are
// no dependencies, or more modules than fit into a drawing.
std::string draw_dependencies(const std::vector<ReportRow>& rows);

}  // namespace dijitso::cmdline
