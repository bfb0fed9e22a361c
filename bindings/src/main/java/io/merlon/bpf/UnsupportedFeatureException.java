package io.merlon.bpf;

/** This kernel or this libbpf lacks something that was asked for. */
public final class UnsupportedFeatureException extends BpfException {
  private static final long serialVersionUID = 1L;

  private final Feature feature;

  UnsupportedFeatureException(Feature feature, String message) {
    super(message);
    this.feature = feature;
  }

  public Feature feature() {
    return feature;
  }
}
