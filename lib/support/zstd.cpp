// Writes one frame with a checksum; reads one or several frames, like the zstd program. The library refuses a frame
// that needs a window above 128 MiB. Tested in unittests/support/zstd_test.cpp.
#include "support/zstd.h"

#include <zstd.h>

#include <new>
#include <stdexcept>
#include <string>
#include <utility>

namespace dijitso {
namespace {

constexpr int level = 9;  // an archive is made once and read on many machines

void check(std::size_t result) {
  if (::ZSTD_isError(result)) throw std::runtime_error(std::string("zstd: ") + ::ZSTD_getErrorName(result));
}

}  // namespace

struct ZstdWriter::Impl {
  ZSTD_CCtx* context = ::ZSTD_createCCtx();
  Bytes out;
  Bytes piece = Bytes(::ZSTD_CStreamOutSize());

  Impl() {
    if (!context) throw std::bad_alloc();
  }
  ~Impl() { ::ZSTD_freeCCtx(context); }

  void compress(ByteView content, ZSTD_EndDirective how) {
    ZSTD_inBuffer in{content.data(), content.size(), 0};
    std::size_t left = 0;
    do {
      ZSTD_outBuffer to{piece.data(), piece.size(), 0};
      check(left = ::ZSTD_compressStream2(context, &to, &in, how));
      out.insert(out.end(), piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(to.pos));
    } while (how == ZSTD_e_end ? left != 0 : in.pos < in.size);
  }
};

ZstdWriter::ZstdWriter() : impl_(std::make_unique<Impl>()) {
  check(::ZSTD_CCtx_setParameter(impl_->context, ZSTD_c_compressionLevel, level));
  check(::ZSTD_CCtx_setParameter(impl_->context, ZSTD_c_checksumFlag, 1));
}
ZstdWriter::~ZstdWriter() = default;

void ZstdWriter::write(ByteView content) { impl_->compress(content, ZSTD_e_continue); }

Bytes ZstdWriter::finish() {
  impl_->compress({}, ZSTD_e_end);
  return std::move(impl_->out);
}

struct ZstdReader::Impl {
  ZSTD_DCtx* context = ::ZSTD_createDCtx();
  ZSTD_inBuffer in{};
  bool within_frame = true;  // empty input is not a valid stream

  Impl() {
    if (!context) throw std::bad_alloc();
  }
  ~Impl() { ::ZSTD_freeDCtx(context); }
};

ZstdReader::ZstdReader(ByteView compressed) : impl_(std::make_unique<Impl>()) {
  impl_->in = {compressed.data(), compressed.size(), 0};
}
ZstdReader::~ZstdReader() = default;

std::optional<std::size_t> ZstdReader::read(std::uint8_t* to, std::size_t size) {
  ZSTD_outBuffer out{to, size, 0};
  while (out.pos < size) {
    const std::size_t had = out.pos;
    const bool at_end = impl_->in.pos == impl_->in.size;
    if (at_end && !impl_->within_frame) break;
    const std::size_t left = ::ZSTD_decompressStream(impl_->context, &out, &impl_->in);
    if (::ZSTD_isError(left) || (at_end && left != 0 && out.pos == had)) return std::nullopt;
    impl_->within_frame = left != 0;
  }
  return out.pos;
}

Bytes zstd_packed(ByteView content, int packed_level) {
  Bytes packed(::ZSTD_compressBound(content.size()));
  const std::size_t size = ::ZSTD_compress(packed.data(), packed.size(), content.data(), content.size(), packed_level);
  check(size);
  packed.resize(size);
  return packed;
}

std::optional<Bytes> zstd_unpacked(ByteView compressed, std::uint64_t size) {
  if (::ZSTD_getFrameContentSize(compressed.data(), compressed.size()) != size) return std::nullopt;
  Bytes content(size);
  const std::size_t got = ::ZSTD_decompress(content.data(), content.size(), compressed.data(), compressed.size());
  if (::ZSTD_isError(got) || got != size) return std::nullopt;
  return content;
}

}  // namespace dijitso
