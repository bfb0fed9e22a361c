package io.merlon.datapath;

/** Where a flow stands: {@code enum flow_state}. Each has a time-out of its own. */
public enum FlowState {
  OPENING,
  OPEN,
  CLOSING,
  CLOSED,
  ONE_WAY,
  BOTH_WAYS,
  ECHO,
  OTHER;

  public int code() {
    return ordinal();
  }
}
