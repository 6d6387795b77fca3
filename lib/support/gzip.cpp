// Both directions in one piece: sources are small, and what is published whole is made whole. The limit keeps a
// small hostile file from filling the memory. Tested in unittests/support/gzip_test.cpp.
#include "support/gzip.h"

#include "support/file.h"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <new>

namespace dijitso {
namespace {

constexpr int gzip_window = 15 + 16;  // zlib's way to ask for this format

struct Inflater {
  z_stream stream{};
  Inflater() {
    if (::inflateInit2(&stream, gzip_window) != Z_OK) throw std::bad_alloc();
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() { ::inflateEnd(&stream); }
};

uInt counted(std::size_t size) {
  return static_cast<uInt>(std::min<std::size_t>(size, std::numeric_limits<uInt>::max()));
}

// What the last four bytes say, as far as that is possible at all.
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
  z_stream stream{};
  if (::deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, gzip_window, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::bad_alloc();
  Bytes out(::deflateBound(&stream, content.size()));
  stream.next_in = const_cast<Bytef*>(content.data());
  stream.avail_in = counted(content.size());
  stream.next_out = out.data();
  stream.avail_out = counted(out.size());
  const int result = ::deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  ::deflateEnd(&stream);
  if (result != Z_STREAM_END) throw std::bad_alloc();
  return out;
}

std::optional<Bytes> gunzip(ByteView compressed) {
  if (compressed.size() > max_file_size) return std::nullopt;
  const std::size_t expected = expected_size(compressed);
  Inflater inflater;
  z_stream& stream = inflater.stream;
  stream.next_in = const_cast<Bytef*>(compressed.data());
  stream.avail_in = counted(compressed.size());
  Bytes out;
  std::size_t size = 0;
  for (;;) {
    if (size == out.size()) out.resize(std::max({expected, std::size_t{4096}, 2 * size}));
    stream.next_out = out.data() + size;
    stream.avail_out = counted(out.size() - size);
    const int result = ::inflate(&stream, Z_FINISH);  // without a copy of what is in `out`, when that is large enough
    size = static_cast<std::size_t>(stream.next_out - out.data());
    const bool goes_on = result == Z_OK || result == Z_BUF_ERROR;  // the latter when `out` is full
    if (size > max_file_size || (!goes_on && result != Z_STREAM_END)) return std::nullopt;
    if (result == Z_STREAM_END) {
      if (stream.avail_in == 0) break;
      ::inflateReset(&stream);
    } else if (stream.avail_in == 0 && stream.avail_out != 0) {
      return std::nullopt;  // it ends too early
    }
  }
  out.resize(size);
  return out;
}

}  // namespace dijitso
