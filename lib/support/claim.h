// A claim is a file that says which process builds a module, so that others wait instead of doing the same work.
//
// A claim is advisory. A process that cannot get one, or has waited long enough, builds anyway, because publishing is
// safe without a claim. The file is created with link(), so its content (host, boot id, pid namespace, pid, start time)
// is complete when it appears. When its process runs on the same host, boot and pid namespace and has ended, or its pid
// belongs to another process, the claim is dead at once. Claims from other machines count as alive for a day, invalid
// files for a minute. To remove a dead claim, the file is renamed first and then checked, so that a claim made in
// between is restored. Tested in unittests/support/claim_test.cpp.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace dijitso {

// A claim as it is seen by a process that only reports it.
struct ClaimSeen {
  std::string host;  // empty when the file is not a valid claim
  long pid = 0;
  std::int64_t age = 0;   // in seconds
  bool is_here = false;   // whether its process can be looked up: same host, boot and pid namespace
  bool is_stale = false;  // a process that wants to build removes it
};

// Returns nullopt when there is no such file. Throws FileError when it cannot be read.
std::optional<ClaimSeen> look_at_claim(const std::filesystem::path& file);

// Removes all claims in this directory whose processes have ended. Never throws.
void remove_dead_claims(const std::filesystem::path& claims_dir, const std::filesystem::path& temp_dir) noexcept;

class Claim {
 public:
  enum class State {
    held,         // this object holds the claim until it is destroyed
    taken,        // another process, which may be alive, holds it; see holder()
    unavailable,  // claims do not work here (read-only or failing directory): build without one
  };

  // Tries once, without waiting. `temp_dir` must be on the same file system. Never throws.
  static Claim try_take(const std::filesystem::path& file, const std::filesystem::path& temp_dir) noexcept;

  Claim() = default;
  Claim(Claim&& other) noexcept;
  Claim& operator=(Claim&& other) noexcept;
  ~Claim();  // releases a held claim

  State state() const { return state_; }
  const std::string& holder() const { return holder_; }  // "process 123 on host abc"

 private:
  void swap(Claim& other) noexcept;

  State state_ = State::unavailable;
  std::filesystem::path file_;
  std::string content_;
  std::string holder_;
  int owner_ = 0;  // the process that took it; a forked child's copy releases nothing
};

}  // namespace dijitso
