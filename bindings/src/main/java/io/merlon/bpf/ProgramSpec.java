package io.merlon.bpf;

/**
 * A program of an object file, before the kernel has it.
 *
 * @param section the ELF section, from which libbpf knows the program's type
 * @param type the kernel's number of the program type
 * @param instructions as compiled, before the verifier and the JIT
 * @param autoload whether loading the object loads it
 */
public record ProgramSpec(
    String name, String section, int type, long instructions, boolean autoload) {
  public ProgramSpec withAutoload(boolean load) {
    return new ProgramSpec(name, section, type, instructions, load);
  }
}
