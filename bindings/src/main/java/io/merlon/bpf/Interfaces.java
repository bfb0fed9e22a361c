package io.merlon.bpf;

/** Network interfaces of the calling thread's network namespace. */
public final class Interfaces {
  private Interfaces() {}

  /** The index of an interface. */
  public static int index(String name) {
    int index = LibC.interfaceIndex(name);
    if (index < 0) {
      throw new BpfException("if_nametoindex", -index, "interface " + name);
    }
    return index;
  }
}
