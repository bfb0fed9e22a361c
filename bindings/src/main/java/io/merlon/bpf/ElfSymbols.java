package io.merlon.bpf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The symbol table of a little-endian ELF64 object: where a variable lies in its section. libbpf
 * checked the file before, so a malformed table is an exception of the buffer, not a diagnosis.
 */
final class ElfSymbols {
  private static final int SECTION_TYPE_SYMBOLS = 2;
  private static final int SYMBOL_SIZE = 24;

  private final ByteBuffer elf;
  private final int headers;
  private final int headerSize;
  private final int count;
  private final int nameSection;

  /** Where a variable lies. */
  record Symbol(String name, String section, long offset, long size) {}

  ElfSymbols(byte[] elf) {
    this.elf = ByteBuffer.wrap(elf).order(ByteOrder.LITTLE_ENDIAN);
    this.headers = Math.toIntExact(this.elf.getLong(0x28));
    this.headerSize = Short.toUnsignedInt(this.elf.getShort(0x3a));
    this.count = Short.toUnsignedInt(this.elf.getShort(0x3c));
    this.nameSection = Short.toUnsignedInt(this.elf.getShort(0x3e));
  }

  private int header(int section) {
    return headers + section * headerSize;
  }

  private int offset(int section) {
    return Math.toIntExact(elf.getLong(header(section) + 0x18));
  }

  Optional<Symbol> find(String name) {
    for (int section = 0; section < count; section++) {
      if (elf.getInt(header(section) + 4) == SECTION_TYPE_SYMBOLS) {
        return findIn(section, name);
      }
    }
    return Optional.empty();
  }

  private Optional<Symbol> findIn(int table, String name) {
    int strings = offset(elf.getInt(header(table) + 0x28));
    int start = offset(table);
    int end = start + Math.toIntExact(elf.getLong(header(table) + 0x20));
    for (int at = start; at + SYMBOL_SIZE <= end; at += SYMBOL_SIZE) {
      int section = Short.toUnsignedInt(elf.getShort(at + 6));
      if (section != 0 && section < count && text(strings + elf.getInt(at)).equals(name)) {
        String sectionName = text(offset(nameSection) + elf.getInt(header(section)));
        return Optional.of(
            new Symbol(name, sectionName, elf.getLong(at + 8), elf.getLong(at + 16)));
      }
    }
    return Optional.empty();
  }

  private String text(int at) {
    int end = at;
    while (elf.get(end) != 0) {
      end++;
    }
    return new String(elf.array(), at, end - at, StandardCharsets.UTF_8);
  }
}
