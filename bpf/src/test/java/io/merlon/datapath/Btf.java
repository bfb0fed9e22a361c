package io.merlon.datapath;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The structs of an object's type information, as laid out by the C compiler. The format is that of
 * the kernel's Documentation/bpf/btf.rst.
 */
final class Btf {
  private static final int INT = 1;
  private static final int PTR = 2;
  private static final int ARRAY = 3;
  private static final int STRUCT = 4;
  private static final int UNION = 5;
  private static final int ENUM = 6;
  private static final int FUNC_PROTO = 13;
  private static final int VAR = 14;
  private static final int DATASEC = 15;
  private static final int DECL_TAG = 17;
  private static final int ENUM64 = 19;

  /** A member's place. */
  record Member(int offset, int size) {}

  /** A struct's size and members, in their order. */
  record Layout(int size, Map<String, Member> members) {}

  private record Type(int name, int kind, int count, int size, int at) {}

  private final ByteBuffer section;
  private final List<Type> types = new ArrayList<>();
  private final int strings;

  private Btf(ByteBuffer section) {
    this.section = section;
    int header = section.getInt(4);
    strings = header + section.getInt(16);
    types.add(new Type(0, 0, 0, 0, 0)); // void
    int end = header + section.getInt(8) + section.getInt(12);
    for (int at = header + section.getInt(8); at < end; ) {
      int info = section.getInt(at + 4);
      int kind = info >> 24 & 0x1f;
      int count = info & 0xffff;
      types.add(new Type(section.getInt(at), kind, count, section.getInt(at + 8), at + 12));
      at += 12 + tail(kind, count);
    }
  }

  private static int tail(int kind, int count) {
    return switch (kind) {
      case INT, VAR, DECL_TAG -> 4;
      case ARRAY -> 12;
      case STRUCT, UNION, DATASEC, ENUM64 -> 12 * count;
      case ENUM, FUNC_PROTO -> 8 * count;
      default -> 0;
    };
  }

  /** Of an ELF object with a section .BTF. */
  static Btf of(byte[] elf) {
    ByteBuffer file = ByteBuffer.wrap(elf).order(ByteOrder.LITTLE_ENDIAN);
    int headers = (int) file.getLong(40);
    int size = file.getShort(58);
    int names = (int) file.getLong(headers + file.getShort(62) * size + 24);
    for (int i = 0; i < file.getShort(60); i++) {
      int at = headers + i * size;
      if (text(file, names + file.getInt(at)).equals(".BTF")) {
        int from = (int) file.getLong(at + 24);
        int length = (int) file.getLong(at + 32);
        return new Btf(file.slice(from, length).order(ByteOrder.LITTLE_ENDIAN));
      }
    }
    throw new IllegalArgumentException("no section .BTF");
  }

  private static String text(ByteBuffer in, int at) {
    int end = at;
    while (in.get(end) != 0) {
      end++;
    }
    byte[] bytes = new byte[end - at];
    in.get(at, bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** The structs by their names. */
  Map<String, Layout> structs() {
    Map<String, Layout> structs = new LinkedHashMap<>();
    for (Type type : types) {
      if (type.kind == STRUCT && type.name != 0) {
        structs.put(text(section, strings + type.name), layout(type));
      }
    }
    return structs;
  }

  private Layout layout(Type type) {
    Map<String, Member> members = new LinkedHashMap<>();
    for (int i = 0; i < type.count; i++) {
      int at = type.at + 12 * i;
      String name = text(section, strings + section.getInt(at));
      members.put(name, new Member(section.getInt(at + 8) / 8, sizeOf(section.getInt(at + 4))));
    }
    return new Layout(type.size, members);
  }

  private int sizeOf(int id) {
    Type type = types.get(id);
    return switch (type.kind) {
      case INT, STRUCT, UNION, ENUM, ENUM64 -> type.size;
      case PTR -> 8;
      case ARRAY -> section.getInt(type.at + 8) * sizeOf(section.getInt(type.at));
      default -> sizeOf(type.size); // an alias or a qualifier of another
    };
  }
}
