// Finds the ranks that see the same directory. The path is not enough: it may name a local disk on each node or one
// network file system. So each rank creates the file `rank.<id>.<rank>` and lists the files in the directory; the
// random id distinguishes programs. Files of killed programs are removed by later programs when they are an hour older
// than their own file. Only the clock of the file system is used, and no program needs an hour here. Tested in
// tests/mpi/paths_test.cpp.
#include "comm/mpi_errors.h"
#include "support/descriptor.h"
#include "support/directory.h"
#include "support/number.h"

#include <dijitso/error.h>

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace dijitso::mpi {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view prefix = "rank.";
constexpr std::size_t id_digits = 32;
constexpr time_t leftover_age = 3600;  // seconds

// The parts of the name `rank.<id>.<rank>`.
struct RankFile {
  std::string_view id;
  int rank = 0;
};

std::optional<RankFile> as_rank_file(std::string_view name) {
  constexpr std::size_t number_at = prefix.size() + id_digits + 1;
  if (!name.starts_with(prefix) || name.size() <= number_at || name[number_at - 1] != '.') return std::nullopt;
  RankFile file{name.substr(prefix.size(), id_digits)};
  const bool is_ours = parse_number(name.substr(number_at), file.rank) && file.rank >= 0 &&
                       file.id.find_first_not_of("0123456789abcdef") == file.id.npos;
  return is_ours ? std::optional(file) : std::nullopt;
}

// Creates the file at once and removes it at the end, also after a failure. `error` is the reason when it could not be
// created.
class OwnFile {
 public:
  explicit OwnFile(const fs::path& path) : path_(path) {
    std::error_code cannot_make;
    fs::create_directories(path.parent_path(), cannot_make);
    error = cannot_make.value();
    if (error != 0) return;
    file_ = Descriptor(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file_.is_open()) error = errno;
  }
  ~OwnFile() {
    if (!file_.is_open()) return;
    file_.close();  // first: NFS keeps a file that is open
    ::unlink(path_.c_str());
  }
  time_t time() const {
    struct stat status{};
    return ::fstat(file_.get(), &status) == 0 ? status.st_mtime : 0;
  }
  int error = 0;

 private:
  fs::path path_;
  Descriptor file_;
};

std::string reason(int error) { return std::generic_category().message(error); }

struct Found {
  std::vector<int> ranks;           // of this program, in order
  std::vector<fs::path> of_others;  // files of other programs
};

Found list_rank_files(const fs::path& directory, std::string_view id) {
  Found found;
  const int error = for_each_name(directory, [&](const char* name) {
    const auto rank_file = as_rank_file(name);
    if (rank_file && rank_file->id == id) found.ranks.push_back(rank_file->rank);
    if (rank_file && rank_file->id != id) found.of_others.push_back(directory / name);
  });
  if (error != 0) throw CommunicationError("cannot list '" + directory.string() + "': " + reason(error));
  std::ranges::sort(found.ranks);
  return found;
}

// Ignores files that cannot be removed; another rank may have removed them first.
void remove_leftovers(const std::vector<fs::path>& files, time_t now) {
  for (const fs::path& file : files) {
    struct stat status{};
    if (::lstat(file.c_str(), &status) == 0 && S_ISREG(status.st_mode) && status.st_mtime < now - leftover_age)
      ::unlink(file.c_str());
  }
}

using Id = std::array<unsigned char, id_digits / 2>;

Id common_id(const Ranks& ranks) {
  Id id{};
  ranks.together([&] {
    if (ranks.rank() == 0 && ::getentropy(id.data(), id.size()) != 0)
      throw CommunicationError("the system has no random numbers: " + reason(errno));
  });
  ranks.broadcast(id.data(), id.size());
  return id;
}

std::string text_of(const Id& id) {
  std::string text;
  for (const unsigned char byte : id) {
    char digits[3];
    std::snprintf(digits, sizeof(digits), "%02x", byte);
    text += digits;
  }
  return text;
}

}  // namespace

std::string bcast_uuid(MPI_Comm comm) { return text_of(common_id(Ranks(comm))); }

// Nothing is allocated after the ranks have agreed for the last time: callers go on to other collective functions.
std::vector<int> discover_path_access_ranks(MPI_Comm comm, const std::string& path) {
  const Ranks ranks(comm);
  const Id common = common_id(ranks);
  std::string id;
  fs::path directory;
  std::optional<OwnFile> own_file;
  ranks.together([&] {
    id = text_of(common);
    directory = path.empty() ? "." : path;
    own_file.emplace(directory / (std::string(prefix) + id + "." + std::to_string(ranks.rank())));
    if (own_file->error != 0)
      throw CommunicationError("cannot make files in '" + path +
                               "', by which processes find each other: " + reason(own_file->error));
  });

  Found found;
  ranks.together([&] {
    found = list_rank_files(directory, id);
    if (!std::ranges::binary_search(found.ranks, ranks.rank()))
      throw CommunicationError("a file that was made in '" + path + "' is not listed there");
  });
  if (found.ranks.front() == ranks.rank()) remove_leftovers(found.of_others, own_file->time());
  return std::move(found.ranks);
}

}  // namespace dijitso::mpi
