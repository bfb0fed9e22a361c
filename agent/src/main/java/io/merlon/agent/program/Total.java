package io.merlon.agent.program;

import io.merlon.datapath.Counter;
import io.merlon.datapath.Struct;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** What counters that count for a series no more have counted for it. */
record Total(String series, Counter counted) {
  private static final int SIZE = 1024;

  /** So many bytes of a series' names are kept. */
  static final int LONGEST = SIZE - 20;

  static final Struct<Total> CODEC = new Struct<>("total", SIZE, Total::write, Total::read);

  /** The same in every process. */
  static long key(String series) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(series.getBytes(StandardCharsets.UTF_8));
      return ByteBuffer.wrap(hash).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every jdk has sha-256", e);
    }
  }

  private void write(ByteBuffer out) {
    byte[] text = series.getBytes(StandardCharsets.UTF_8);
    out.putLong(counted.packets()).putLong(counted.bytes()).putInt(text.length).put(text);
    out.put(new byte[LONGEST - text.length]);
  }

  private static Total read(ByteBuffer in) {
    Counter counted = new Counter(in.getLong(), in.getLong());
    int length = in.getInt();
    byte[] text = new byte[LONGEST];
    in.get(text);
    return new Total(
        new String(text, 0, Math.clamp(length, 0, LONGEST), StandardCharsets.UTF_8), counted);
  }
}
