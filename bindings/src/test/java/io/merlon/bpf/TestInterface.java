package io.merlon.bpf;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.concurrent.atomic.AtomicInteger;

/** An end of a veth pair with an address of its own; what is sent through it leads nowhere. */
final class TestInterface implements AutoCloseable {
  private static final AtomicInteger NEXT = new AtomicInteger();

  private final String name;
  private final String subnet;
  private boolean deleted;

  TestInterface() {
    int number = NEXT.getAndIncrement();
    long pid = ProcessHandle.current().pid();
    this.name = "mb" + pid + "n" + number;
    this.subnet = "198.%d.%d".formatted(18 + (pid >> 8 & 1), pid + number & 255);
    Command.run("ip", "link", "add", name, "type", "veth", "peer", "name", name + "p");
    Command.run("ip", "address", "add", subnet + ".1/24", "dev", name);
    Command.run("ip", "link", "set", name, "up");
    Command.run("ip", "link", "set", name + "p", "up");
    Command.run(
        "ip", "neighbour", "add", subnet + ".2", "lladdr", "02:00:00:00:00:02", "dev", name);
  }

  int index() {
    return Interfaces.index(name);
  }

  String name() {
    return name;
  }

  /** Sends one datagram out of the interface. */
  void send() {
    try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getByName(subnet + ".1"))) {
      byte[] payload = {1, 2, 3};
      socket.send(
          new DatagramPacket(payload, payload.length, InetAddress.getByName(subnet + ".2"), 9));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void delete() {
    if (!deleted) {
      deleted = true;
      Command.run("ip", "link", "delete", name);
    }
  }

  @Override
  public void close() {
    delete();
  }
}
