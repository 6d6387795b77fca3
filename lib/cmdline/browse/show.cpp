// The command show: how many files of which size the cache holds, and which.
#include "cache/api/api.h"
#include "cmdline/core/options.h"
#include "cmdline/core/output.h"
#include "support/failure.h"
#include "support/for_all.h"

#include <nlohmann/json.hpp>

#include <exception>
#include <numeric>
#include <utility>

namespace dijitso::cmdline {
namespace {

// Everything that is printed.
struct Found {
  std::filesystem::path root;
  bool exists = false;
  std::vector<std::pair<cache::Category, cache::DirectoryContents>> categories;
  std::vector<cache::StoredSignature> signatures;
  cache::DirectoryContents quarantine;
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
};

Found look(const Options& options, const ParamsDict& params) {
  const std::vector<cache::Category> categories = cache::parse_categories(options.categories());
  const cache::Layout layout(validate_params(params).cache);
  Found found;
  found.root = layout.root();
  std::error_code ignored;
  found.exists = std::filesystem::exists(found.root, ignored);
  for (const cache::Category category : categories) {
    found.categories.emplace_back(category, cache::list_category(layout, category));
    const cache::DirectoryContents& contents = found.categories.back().second;
    found.files += contents.files.size();
    found.bytes += contents.bytes;
  }
  if (options.flag("signatures"))
    found.signatures = cache::stored_signatures(cache::list_category(layout, cache::Category::obj));
  found.quarantine = cache::list_quarantine(layout);
  return found;
}

Json as_json(const cache::DirectoryContents& contents, bool with_files) {
  Json result = {{"dir", contents.dir.string()}, {"count", contents.files.size()}, {"bytes", contents.bytes}};
  if (!with_files) return result;
  Json& files = result["files"] = Json::array();
  for (const cache::StoredFile& file : contents.files) files.push_back({{"name", file.name}, {"bytes", file.bytes}});
  return result;
}

void print_as_json(std::ostream& out, const Options& options, const Found& found) {
  Json document = json_document();
  document["cache_dir"] = found.root.string();
  document["exists"] = found.exists;
  Json& categories = document["categories"] = Json::object();
  for (const auto& [category, contents] : found.categories)
    categories[std::string(cache::category_name(category))] = as_json(contents, options.flag("files"));
  document["total"] = {{"count", found.files}, {"bytes", found.bytes}};
  document["quarantine"] = as_json(found.quarantine, options.flag("files"));
  if (options.flag("signatures")) {
    Json& list = document["signatures"] = Json::array();
    for (const auto& [signature, variants] : found.signatures)
      list.push_back({{"signature", signature}, {"variants", variants}});
  }
  print_json(out, document);
}

void print_signatures(std::ostream& out, const Style& style, const Found& found) {
  if (found.signatures.empty()) return;
  out << style.bold("Modules") << '\n';
  for (const auto& [signature, variants] : found.signatures) {
    out << "  " << printable(signature);
    if (variants > 1) out << style.faint(" (" + std::to_string(variants) + " variants)");
    out << '\n';
  }
  out << '\n';
}

void print_files(std::ostream& out, const Style& style, cache::Category category,
                 const cache::DirectoryContents& contents) {
  if (contents.files.empty()) return;
  out << style.bold(cache::category_name(category)) << '\n';
  for (const cache::StoredFile& file : contents.files)
    out << pad_left(human_size(file.bytes), 12) << "  " << printable((contents.dir / file.name).string()) << '\n';
  out << '\n';
}

void print_row(std::ostream& out, const std::string& name, std::uint64_t files, std::uint64_t bytes) {
  out << "  " << pad_right(name, 8) << pad_left(std::to_string(files), 8) << pad_left(human_size(bytes), 14) << '\n';
}

void print_summary(std::ostream& out, const Style& style, const Found& found) {
  out << style.bold("Cache directory ") << printable(found.root.string());
  if (!found.exists) out << style.faint(" (does not exist yet)");
  out << '\n' << style.faint("             files          size") << '\n';
  for (const auto& [category, contents] : found.categories)
    print_row(out, std::string(cache::category_name(category)), contents.files.size(), contents.bytes);
  print_row(out, "total", found.files, found.bytes);
  if (const std::size_t damaged = found.quarantine.files.size())
    out << "  quarantine: " << counted(damaged, "damaged file") << ", " << human_size(found.quarantine.bytes) << ", in "
        << printable(found.quarantine.dir.string()) << '\n';
}

// Counts with several threads, because most of the time is spent in the kernel.
std::vector<std::size_t> count_all(const cache::Layout& layout, const std::vector<cache::Category>& categories) {
  std::vector<std::size_t> counts(categories.size());
  std::vector<std::exception_ptr> failures(categories.size());
  for_all(categories.size(), 1, [&](std::size_t i) {
    failures[i] = failure_of([&] { counts[i] = cache::count_category(layout, categories[i]); });
  });
  for (const std::exception_ptr& failure : failures)
    if (failure) std::rethrow_exception(failure);
  return counts;
}

// Shows only counts, which need no system call for each file.
void show_counts(std::ostream& out, const Options& options, const cache::Layout& layout) {
  for (const char* other : {"files", "signatures", "no_summary"})
    if (options.flag(other)) throw UsageError("--count: only counts are shown; leave out the other options");
  const std::vector<cache::Category> categories = cache::parse_categories(options.categories());
  const std::vector<std::size_t> counts = count_all(layout, categories);
  const std::size_t total = std::accumulate(counts.begin(), counts.end(), std::size_t{0});
  if (options.flag("json")) {
    Json document = json_document();
    document["cache_dir"] = layout.root().string();
    Json& list = document["categories"] = Json::object();
    for (std::size_t i = 0; i < counts.size(); ++i)
      list[std::string(cache::category_name(categories[i]))] = {{"count", counts[i]}};
    document["total"] = {{"count", total}};
    return print_json(out, document);
  }
  const auto print = [&](std::string_view name, std::size_t count) {
    out << "  " << pad_right(name, 8) << pad_left(std::to_string(count), 8) << '\n';
  };
  const Style style(out);
  out << style.bold("Cache directory ") << printable(layout.root().string()) << '\n'
      << style.faint("             files") << '\n';
  for (std::size_t i = 0; i < counts.size(); ++i) print(cache::category_name(categories[i]), counts[i]);
  print("total", total);
}

void print_as_text(std::ostream& out, const Options& options, const Found& found) {
  const Style style(out);
  if (options.flag("signatures")) print_signatures(out, style, found);
  if (options.flag("files")) {
    for (const auto& [category, contents] : found.categories) print_files(out, style, category, contents);
  }
  if (!options.flag("no_summary")) print_summary(out, style, found);
}

}  // namespace

void args_show(Parser& parser) {
  parser.add_argument(categories_argument("all"));
  add_flag(parser, "--no-summary", "no_summary", "Leave out counts and sizes");
  add_flag(parser, "--files", "files", "List the files with their sizes");
  add_flag(parser, "--signatures", "signatures", "List the signatures of the compiled modules");
  add_flag(parser, "--count", "count", "Only count the files, without looking at their sizes");
  parser.add_argument(json_argument());
  parser.set_epilog(
      "Categories: inc (headers), src (sources), lib (shared libraries), log (build logs), obj (compiled modules),\n"
      "pch (precompiled headers).\n"
      "A cache directory that does not exist is an empty cache. In JSON, sizes are in bytes.");
}

int cmd_show(const Args& args, const ParamsDict& params, std::ostream& out) {
  const Options options(args_show, args);
  if (options.flag("count")) {
    show_counts(out, options, cache::Layout(validate_params(params).cache));
    return 0;
  }
  const Found found = look(options, params);
  if (options.flag("json"))
    print_as_json(out, options, found);
  else
    print_as_text(out, options, found);
  return 0;
}

}  // namespace dijitso::cmdline
