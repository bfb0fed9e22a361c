# SPDX-License-Identifier: Apache-2.0
# abi.h -> DropReason.java: each line "REASON_<NAME> = <number>, // <text>" between the markers.
/reasons begin/ { inside = 1; next }
/reasons end/ { inside = 0 }
inside && match($0, /REASON_[A-Z_]+/) {
	name[++n] = substr($0, RSTART + 7, RLENGTH - 7)
	number = $0; sub(/.*= */, "", number); sub(/,.*/, "", number); code[n] = number
	text = $0; sub(/.*\/\/ */, "", text); about[n] = text
	if (seen[number]++ || text == $0 || number !~ /^[0-9]+$/) {
		print FILENAME ":" FNR ": not a reason of its own: " $0 >"/dev/stderr"; failed = 1; exit 1
	}
}
END {
	if (failed) exit 1
	if (!n) { print "no reasons in " FILENAME >"/dev/stderr"; exit 1 }
	print "package io.merlon.datapath;\n\nimport java.util.Optional;\n"
	print "/** Why a packet was not let through. Generated from bpf/src/abi.h: edit there. */"
	print "public enum DropReason {"
	for (i = 1; i <= n; i++)
		printf "  /** %s. */\n  %s(%s, \"%s\")%s\n", toupper(substr(about[i], 1, 1)) substr(about[i], 2), name[i], code[i], about[i], i < n ? "," : ";"
	print "\n  private final int code;\n  private final String text;\n"
	print "  DropReason(int code, String text) {\n    this.code = code;\n    this.text = text;\n  }\n"
	print "  /** Its number in the kernel's events and counters; never reused. */\n  public int code() {\n    return code;\n  }\n"
	print "  /** What it means, in words. */\n  public String text() {\n    return text;\n  }\n"
	print "  /** The reason of a number, if it is one. */\n  public static Optional<DropReason> of(int code) {"
	print "    for (DropReason reason : values()) {\n      if (reason.code == code) {\n        return Optional.of(reason);\n      }\n    }\n    return Optional.empty();\n  }\n}"
}
