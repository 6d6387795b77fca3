// The Zstandard format, as streams: what is written is collected, what is read comes in the pieces that are asked for,
// so that a small hostile file never fills the memory. Pure. Tested in unittests/support/zstd_test.cpp.
#pragma once

#include "support/bytes.h"

#include <cstddef>
#include <memory>
#include <optional>

namespace dijitso {

class ZstdWriter {
 public:
  ZstdWriter();
  ZstdWriter(const ZstdWriter&) = delete;
  ZstdWriter& operator=(const ZstdWriter&) = delete;
  ~ZstdWriter();

  void write(ByteView content);
  // Ends the stream and gives all of it. The same content always gives the same bytes.
  Bytes finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

class ZstdReader {
 public:
  // `compressed` must outlive this object.
  explicit ZstdReader(ByteView compressed);
  ZstdReader(const ZstdReader&) = delete;
  ZstdReader& operator=(const ZstdReader&) = delete;
  ~ZstdReader();

  // Reads at most `size` bytes; fewer only at the end. nullopt when the stream is damaged or ends too early.
  std::optional<std::size_t> read(std::uint8_t* to, std::size_t size);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// For parts of which the size is known: one frame without a checksum, and back. nullopt when it is damaged, or not
// exactly of this size.
Bytes zstd_packed(ByteView content, int level);
std::optional<Bytes> zstd_unpacked(ByteView compressed, std::uint64_t size);

}  // namespace dijitso
