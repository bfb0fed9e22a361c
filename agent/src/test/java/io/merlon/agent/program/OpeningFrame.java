package io.merlon.agent.program;

import io.merlon.agent.identity.Address;
import io.merlon.agent.policy.Protocol;
import java.nio.ByteBuffer;

/**
 * The first packet of a connection, as short as it can be. Checksums are nobody's business here.
 */
record OpeningFrame(Address from, Address to, Protocol protocol, int fromPort, int toPort) {
  private static final int ETHERNET = 14;
  private static final int GRE = 47;

  byte[] bytes() {
    int transport = transportLength();
    boolean v6 = from.isV6();
    ByteBuffer out = ByteBuffer.allocate(ETHERNET + (v6 ? 40 : 20) + transport);
    out.position(12);
    out.putShort((short) (v6 ? 0x86dd : 0x0800));
    if (v6) {
      out.putInt(0x60000000).putShort((short) transport).put((byte) number()).put((byte) 64);
    } else {
      out.putShort((short) 0x4500).putShort((short) (20 + transport)).putInt(0);
      out.put((byte) 64).put((byte) number()).putShort((short) 0);
    }
    write(out, from);
    write(out, to);
    writeTransport(out);
    return out.array();
  }

  private static void write(ByteBuffer out, Address address) {
    switch (address) {
      case Address.V4(int value) -> out.putInt(value);
      case Address.V6(long high, long low) -> out.putLong(high).putLong(low);
    }
  }

  private int number() {
    return switch (protocol) {
      case TCP -> 6;
      case UDP -> 17;
      case SCTP -> 132;
      case OTHER -> GRE;
    };
  }

  private int transportLength() {
    return switch (protocol) {
      case TCP -> 20;
      case UDP, OTHER -> 8;
      case SCTP -> 32;
    };
  }

  private void writeTransport(ByteBuffer out) {
    if (protocol == Protocol.OTHER) {
      return;
    }
    out.putShort((short) fromPort).putShort((short) toPort);
    switch (protocol) {
      case TCP -> out.putLong(0).putShort((short) 0x5002); // five words, SYN
      case UDP -> out.putShort((short) 8);
      case SCTP -> out.putLong(0).putInt(0x01000014); // INIT, 20 bytes
      case OTHER -> {}
    }
  }
}
