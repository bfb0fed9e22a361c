package io.merlon.datapath;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names and numbers of abi.h. Of an enum that no type refers to, the object's type information
 * knows nothing; the header is read for these.
 *
 * @param numbers of enum constants and of defines that are plain numbers
 */
record AbiHeader(List<String> structs, Map<String, Long> numbers) {
  private static final Pattern STRUCT = Pattern.compile("(?m)^struct (\\w+) \\{");
  private static final Pattern NUMBER =
      Pattern.compile("(?m)^(?:#define |\\t)(\\w+) (?:= )?(0x[0-9a-fA-F]+|\\d+)\\b(?! <<)");

  static AbiHeader read() throws IOException {
    String text = Files.readString(Path.of("src/abi.h"));
    Map<String, Long> numbers = new LinkedHashMap<>();
    Matcher matcher = NUMBER.matcher(text);
    while (matcher.find()) {
      numbers.put(matcher.group(1), Long.decode(matcher.group(2)));
    }
    return new AbiHeader(
        STRUCT.matcher(text).results().map(found -> found.group(1)).toList(), numbers);
  }
}
