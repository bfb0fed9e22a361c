package io.merlon.datapath.model;

/** A stretch of a frame; reading outside it is a defect of the model, not of the packet. */
@SuppressWarnings("ArrayRecordComponent") // slices are compared by nobody
record Slice(byte[] data, int from, int to) {
  Slice {
    if (from < 0 || to < from || to > data.length) {
      throw new IndexOutOfBoundsException("slice " + from + ".." + to + " of " + data.length);
    }
  }

  int length() {
    return to - from;
  }

  int u8(int at) {
    if (at < 0 || at >= length()) {
      throw new IndexOutOfBoundsException("byte " + at + " of " + length());
    }
    return data[from + at] & 0xff;
  }

  int u16(int at) {
    return u8(at) << 8 | u8(at + 1);
  }

  int i32(int at) {
    return u16(at) << 16 | u16(at + 2);
  }

  /** What follows the first bytes. */
  Slice after(int bytes) {
    return new Slice(data, from + bytes, to);
  }

  /** The first bytes alone. */
  Slice first(int bytes) {
    return new Slice(data, from, from + bytes);
  }
}
