#include "support/directory.h"

#include <dirent.h>

#include <cerrno>
#include <memory>
#include <string_view>

namespace dijitso {

int for_each_name(const std::filesystem::path& directory, const std::function<void(const char*)>& use) {
  const std::unique_ptr<DIR, int (*)(DIR*)> opened(::opendir(directory.c_str()),
                                                   [](DIR* one) { return ::closedir(one); });
  if (!opened) return errno;
  for (;;) {
    errno = 0;
    const dirent* const entry = ::readdir(opened.get());
    if (!entry) return errno;
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") use(entry->d_name);
  }
}

}  // namespace dijitso
