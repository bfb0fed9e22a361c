package io.merlon.datapath;

/** Where the prebuilt objects lie in this module's jar. */
public final class DatapathObjects {
  private DatapathObjects() {}
}
