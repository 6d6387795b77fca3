// The gzip format, whole texts at a time. Pure. Tested in unittests/support/gzip_test.cpp.
#pragma once

#include "support/bytes.h"

#include <optional>

namespace dijitso {

// The same content always gives the same bytes: no name and no time is recorded.
Bytes gzip(ByteView content);

// nullopt for anything but one whole gzip file (of one or several members), and for content above max_file_size.
std::optional<Bytes> gunzip(ByteView compressed);

}  // namespace dijitso
