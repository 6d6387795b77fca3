// Claims: a file that says "this process is building that", so that others wait instead of doing the same work.
//
// A claim is advice. Whoever cannot get one, or has waited long enough, builds anyway: publishing is safe without it.
// The file is made by link(), so its content (host, boot id, pid namespace, pid, start time) is complete when it
// appears. A holder on the same host, boot and pid namespace that has ended, or whose pid now belongs to another
// process, loses its claim at once; claims from elsewhere count as alive for a day, files that are no claims for a
// minute. Removing a dead claim moves it aside first and checks what was moved, so that a claim made in between is put
// back. Tested in unittests/support/claim_test.cpp.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace dijitso {

// A claim as somebody sees it who only looks.
struct ClaimSeen {
  std::string host;  // empty when the file is no claim
  long pid = 0;
  std::int64_t age = 0;   // in seconds
  bool is_here = false;   // its process could be looked up: same host, boot and pid namespace
  bool is_stale = false;  // whoever wants to build takes it away
};

// nullopt when there is no such file. FileError when it cannot be looked at.
std::optional<ClaimSeen> look_at_claim(const std::filesystem::path& file);

// Removes the claims in this directory whose processes have ended, whatever they claimed. Never throws.
void remove_dead_claims(const std::filesystem::path& claims_dir, const std::filesystem::path& temp_dir) noexcept;

class Claim {
 public:
  enum class State {
    held,         // this object holds the claim until it is destroyed
    taken,        // somebody else who may be alive holds it: holder() says who
    unavailable,  // claims do not work here (read-only or failing directory): build without
  };

  // Tries once, without waiting. `temp_dir` is on the same file system. Never throws.
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
  int owner_ = 0;  // the process that took it: after fork() the child's copy releases nothing
};

}  // namespace dijitso
