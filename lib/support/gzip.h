// Compresses whole texts in the gzip format. Pure. Tested in unittests/support/gzip_test.cpp.
#pragma once

#include "support/bytes.h"

#include <optional>

namespace dijitso {

// The same content always gives the same bytes, because no name or time is stored.
Bytes gzip(ByteView content);

// Returns nullopt for anything else than a complete gzip file (with one or more members), and for content above
// max_file_size.
std::optional<Bytes> gunzip(ByteView compressed);

}  // namespace dijitso
