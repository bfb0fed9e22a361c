package io.merlon.datapath.packet;

import java.util.Arrays;

/** A last change to a finished frame. */
@SuppressWarnings("ArrayRecordComponent") // edits are compared by nobody
public sealed interface Edit {
  byte[] apply(byte[] frame, Offsets offsets);

  /** Where the headers of the finished frame begin. */
  record Offsets(int network, int transport) {
    int of(Layer layer) {
      return switch (layer) {
        case LINK -> 0;
        case NETWORK -> network;
        case TRANSPORT -> transport;
      };
    }
  }

  /** What an offset is counted from. */
  enum Layer {
    LINK,
    NETWORK,
    TRANSPORT
  }

  /** Overwrites bytes; what lies beyond the end is not written. */
  record Patch(Layer layer, int at, byte... values) implements Edit {
    @Override
    public byte[] apply(byte[] frame, Offsets offsets) {
      int from = offsets.of(layer) + at;
      for (int i = 0; i < values.length && from + i < frame.length; i++) {
        frame[from + i] = values[i];
      }
      return frame;
    }
  }

  /** Cuts the frame so many bytes after the layer's beginning. */
  record Cut(Layer layer, int length) implements Edit {
    @Override
    public byte[] apply(byte[] frame, Offsets offsets) {
      return Arrays.copyOf(frame, Math.min(frame.length, offsets.of(layer) + length));
    }
  }

  /** Appends bytes that no header knows of. */
  record Pad(int length) implements Edit {
    @Override
    public byte[] apply(byte[] frame, Offsets offsets) {
      byte[] padded = Arrays.copyOf(frame, frame.length + length);
      Arrays.fill(padded, frame.length, padded.length, (byte) 0xa5);
      return padded;
    }
  }
}
