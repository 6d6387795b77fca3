// Helpers for posix_spawn: a list of file actions, and texts as arrays of pointers.
#pragma once

#include <spawn.h>

#include <string>
#include <vector>

namespace dijitso {

struct FileActions {
  posix_spawn_file_actions_t actions;
  FileActions() { ::posix_spawn_file_actions_init(&actions); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
  ~FileActions() { ::posix_spawn_file_actions_destroy(&actions); }
};

// Returns pointers to the characters of `texts`, followed by a null pointer.
inline std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

}  // namespace dijitso
