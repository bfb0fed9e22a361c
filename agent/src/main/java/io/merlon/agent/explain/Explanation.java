package io.merlon.agent.explain;

/** A verdict with all that led to it. */
public record Explanation(Cell cell, SideAnswer egress, SideAnswer ingress) {}
