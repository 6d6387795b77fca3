// Compresses and decompresses whole texts, because sources are small and files are published as a whole. A limit
// prevents that a small malicious file uses all memory. libdeflate needs half of zlib's time for a whole text in
// memory, which matters because grep spends most of its time here. Tested in unittests/support/gzip_test.cpp.
#include "support/gzip.h"

#include "support/file.h"

#include <libdeflate.h>

#include <algorithm>
#include <memory>
#include <new>

namespace dijitso {
namespace {

constexpr int level = 6;

// The size in the last four bytes, limited to what is possible.
std::size_t expected_size(ByteView compressed) {
  constexpr std::size_t largest_ratio = 1032;
  if (compressed.size() < 4) return 0;
  std::size_t size = 0;
  for (const std::uint8_t byte :
       {compressed.end()[-1], compressed.end()[-2], compressed.end()[-3], compressed.end()[-4]})
    size = size << 8 | byte;
  return std::min({size, largest_ratio * compressed.size(), std::size_t{max_file_size}});
}

}  // namespace

Bytes gzip(ByteView content) {
  const std::unique_ptr<libdeflate_compressor, decltype(&libdeflate_free_compressor)> compressor(
      libdeflate_alloc_compressor(level), libdeflate_free_compressor);
  if (!compressor) throw std::bad_alloc();
  Bytes out(libdeflate_gzip_compress_bound(compressor.get(), content.size()));
  out.resize(libdeflate_gzip_compress(compressor.get(), content.data(), content.size(), out.data(), out.size()));
  return out;
}

std::optional<Bytes> gunzip(ByteView compressed) {
  if (compressed.empty() || compressed.size() > max_file_size) return std::nullopt;
  const std::unique_ptr<libdeflate_decompressor, decltype(&libdeflate_free_decompressor)> decompressor(
      libdeflate_alloc_decompressor(), libdeflate_free_decompressor);
  if (!decompressor) throw std::bad_alloc();
  Bytes out(std::max(expected_size(compressed), std::size_t{4096}));
  std::size_t size = 0;
  while (!compressed.empty()) {  // one member in each iteration
    std::size_t read = 0, written = 0;
    const libdeflate_result result =
        libdeflate_gzip_decompress_ex(decompressor.get(), compressed.data(), compressed.size(), out.data() + size,
                                      out.size() - size, &read, &written);
    if (result == LIBDEFLATE_INSUFFICIENT_SPACE && out.size() <= max_file_size) {
      out.resize(2 * out.size());
      continue;
    }
    if (result != LIBDEFLATE_SUCCESS) return std::nullopt;
    size += written;
    compressed = compressed.subspan(read);
  }
  if (size > max_file_size) return std::nullopt;
  out.resize(size);
  return out;
}

}  // namespace dijitso
