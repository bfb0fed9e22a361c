package io.merlon.agent.lab;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a lab lives: a mount and a process namespace of its own. Every network namespace, BPF file
 * system, file and agent of the lab is reachable from there alone, so all of it is gone with the
 * lab's first process, however that ends, and no clean-up can be missed. Only an empty folder can
 * be left, by a lab that was killed (SIGKILL); the next one removes it.
 */
public final class Enclosure {
  private static final Pattern FOLDER = Pattern.compile("merlon-lab-(\\d+)-.*");
  private static final int SECONDS = 10;

  /** Killed with whoever started it, and everything inside with it. */
  private static final List<String> PREFIX =
      List.of(
          "setpriv",
          "--pdeathsig",
          "KILL",
          "unshare",
          "--mount",
          "--pid",
          "--fork",
          "--kill-child",
          "--mount-proc",
          "--propagation",
          "private");

  private Enclosure() {}

  /**
   * Runs a command of this program inside; how it ended.
   *
   * @param arguments the command; {@code --inside FOLDER} is added
   */
  public static int run(List<String> arguments) throws IOException, InterruptedException {
    sweep(Path.of(System.getProperty("java.io.tmpdir")));
    Path folder = Files.createTempDirectory("merlon-lab-" + ProcessHandle.current().pid() + "-");
    List<String> command = new ArrayList<>(arguments);
    command.addAll(List.of("--inside", folder.toString()));
    try {
      Process inside = Launcher.by(PREFIX, command).inheritIO().start();
      Thread end = Thread.ofPlatform().name("lab-end").unstarted(() -> end(inside, folder));
      Runtime.getRuntime().addShutdownHook(end);
      return inside.waitFor();
    } catch (IOException e) {
      Files.delete(folder);
      throw new LabException(e.getMessage() + ": is util-linux installed?");
    }
  }

  /** Makes the place ready, from inside: files and pins go to {@code folder}. */
  public static void furnish(Path folder) throws IOException {
    Shell.run("mount -t tmpfs merlon-lab " + folder);
    Files.createDirectories(Path.of("/run/netns"));
    Shell.run("mount -t tmpfs merlon-lab /run/netns");
    Shell.run("mount -t bpf merlon-lab " + Files.createDirectory(folder.resolve("bpf")));
  }

  /**
   * Deleting the folder undoes the mounts on it everywhere, so it waits for everybody inside: an
   * agent that still lived would make its folders anew, on the machine's own file system.
   */
  private static void end(Process inside, Path folder) {
    List<ProcessHandle> all = inside.descendants().toList();
    // A terminal's Ctrl-C reaches those inside too.
    inside.destroyForcibly();
    try {
      inside.waitFor(SECONDS, TimeUnit.SECONDS);
      for (ProcessHandle one : all) {
        one.onExit().get(SECONDS, TimeUnit.SECONDS);
      }
      Files.deleteIfExists(folder);
    } catch (IOException | ExecutionException | TimeoutException e) {
      System.err.println("merlon: " + folder + " is left: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Removes empty folders of labs whose processes are all gone. */
  static void sweep(Path temporary) throws IOException {
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(temporary, "merlon-lab-*")) {
      for (Path folder : folders) {
        Matcher matcher = FOLDER.matcher(String.valueOf(folder.getFileName()));
        if (matcher.matches()
            && ProcessHandle.of(Long.parseLong(matcher.group(1))).isEmpty()
            && !isUsed(folder)) {
          deleteIfEmpty(folder);
        }
      }
    }
  }

  /** Whether it is mounted on for some process: those inside outlive who started them a little. */
  private static boolean isUsed(Path folder) throws IOException {
    try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : all) {
        if (mounts(process).contains(" " + folder + " ")) {
          return true;
        }
      }
    }
    return false;
  }

  private static String mounts(Path process) {
    try {
      return Files.readString(process.resolve("mounts"));
    } catch (IOException e) {
      return ""; // It has ended.
    }
  }

  private static void deleteIfEmpty(Path folder) throws IOException {
    try {
      Files.deleteIfExists(folder);
    } catch (DirectoryNotEmptyException e) {
      // Then it is not a lab's.
    }
  }
}
