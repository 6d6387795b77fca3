// Tested in tests/jit/concurrent_test.cpp.

#include "jit/build/needed.h"

#include <dijitso/error.h>

namespace dijitso {

void throw_as_need_of(const std::string& signature, const std::string& needed) {
  const std::string prefix = "module '" + signature + "' needs '" + needed + "', which failed: ";
  try {
    throw;
  } catch (const CompileFailed& error) {
    throw CompileFailed(prefix + error.what(), error.diagnostics(), error.files());
  } catch (const LinkFailed& error) {
    throw LinkFailed(prefix + error.what(), error.missing_symbols());
  } catch (const InvalidArgument& error) {
    throw InvalidArgument(prefix + error.what());
  } catch (const CacheError& error) {
    throw CacheError(prefix + error.what());
  } catch (const GenerateFailed& error) {
    throw GenerateFailed(prefix + error.what());
  } catch (const CommunicationError& error) {
    throw CommunicationError(prefix + error.what());
  }
}

}  // namespace dijitso
