/** What a packet costs, run by {@code make bench-datapath}. */
@org.jspecify.annotations.NullMarked
package io.merlon.datapath.bench;
