package io.merlon.datapath;

import java.nio.ByteBuffer;

/**
 * What the kernel tells of a verdict, once per flow or per interval of a denial.
 *
 * @param suppressed denials of the same flow since the last event
 * @param reason 0 unless denied, see {@link DropReason}
 */
public record Event(
    long jiffies,
    int ifindex,
    int subject,
    int slot,
    int peerClass,
    IpAddress pod,
    IpAddress peer,
    int podPort,
    int peerPort,
    int suppressed,
    int length,
    Kind kind,
    int protocol,
    boolean egress,
    Mode mode,
    int reason,
    int tcpFlags) {
  /** {@code enum event_kind}. */
  public enum Kind {
    ALLOWED,
    DENIED,
    SUPPRESSED;

    static Kind of(int code) {
      return values()[code - 1];
    }

    int code() {
      return ordinal() + 1;
    }
  }

  public static final Struct<Event> CODEC = new Struct<>("event", 80, Event::write, Event::read);

  private void write(ByteBuffer out) {
    out.putLong(jiffies).putInt(ifindex).putInt(subject).putInt(slot).putInt(peerClass);
    pod.write(out);
    Wire.pad(out, pod.v6() ? 0 : 12);
    peer.write(out);
    Wire.pad(out, peer.v6() ? 0 : 12);
    Wire.putPort(out, podPort);
    Wire.putPort(out, peerPort);
    out.putInt(suppressed).putInt(length);
    out.put((byte) kind.code()).put((byte) pod.family()).put((byte) protocol);
    out.put((byte) (egress ? 1 : 0)).put((byte) mode.code()).put((byte) reason);
    out.put((byte) tcpFlags);
    Wire.pad(out, 5);
  }

  private static Event read(ByteBuffer in) {
    int start = in.position();
    boolean v6 = in.get(start + 69) == 6;
    long jiffies = in.getLong();
    int ifindex = in.getInt();
    int subject = in.getInt();
    int slot = in.getInt();
    int peerClass = in.getInt();
    IpAddress pod = address(in, v6);
    IpAddress peer = address(in, v6);
    int podPort = Wire.port(in);
    int peerPort = Wire.port(in);
    int suppressed = in.getInt();
    int length = in.getInt();
    Kind kind = Kind.of(Wire.u8(in));
    Wire.skip(in, 1);
    int protocol = Wire.u8(in);
    boolean egress = Wire.u8(in) != 0;
    Mode mode = Mode.of(Wire.u8(in));
    int reason = Wire.u8(in);
    int tcpFlags = Wire.u8(in);
    Wire.skip(in, 5);
    return new Event(
        jiffies,
        ifindex,
        subject,
        slot,
        peerClass,
        pod,
        peer,
        podPort,
        peerPort,
        suppressed,
        length,
        kind,
        protocol,
        egress,
        mode,
        reason,
        tcpFlags);
  }

  private static IpAddress address(ByteBuffer in, boolean v6) {
    if (v6) {
      return IpAddress.read6(in);
    }
    IpAddress address = IpAddress.read4(in);
    Wire.skip(in, 12);
    return address;
  }
}
