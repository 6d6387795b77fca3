#include <dijitso/version.h>

namespace dijitso {

std::string version() { return DIJITSO_VERSION_STRING; }

}  // namespace dijitso
