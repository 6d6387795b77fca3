// Compresses and decompresses streams in the Zstandard format. Output is collected when writing; a reader gets the
// content in pieces of the requested size, so a small malicious file never uses all memory. Pure. Tested in
// unittests/support/zstd_test.cpp.
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
  // Ends the stream and returns all of it. The same content always gives the same bytes.
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

  // Reads at most `size` bytes; fewer only at the end. Returns nullopt when the stream is damaged or truncated.
  std::optional<std::size_t> read(std::uint8_t* to, std::size_t size);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// For content of known size: one frame without a checksum. zstd_unpacked() returns nullopt when the frame is damaged or
// its content does not have this size.
Bytes zstd_packed(ByteView content, int level);
std::optional<Bytes> zstd_unpacked(ByteView compressed, std::uint64_t size);

}  // namespace dijitso
