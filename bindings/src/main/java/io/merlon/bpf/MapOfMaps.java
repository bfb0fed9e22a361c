package io.merlon.bpf;

import java.util.Optional;

/**
 * A map whose values are maps. User space writes an inner map's descriptor and reads back its id;
 * the swap of an inner map is one update, atomic for every program that runs.
 */
public final class MapOfMaps<K> {
  private final BpfMap<K, Integer> outer;

  private MapOfMaps(BpfMap<K, Integer> outer) {
    this.outer = outer;
  }

  /** Views a map whose values are maps; it borrows {@code outer}. */
  public static <K> MapOfMaps<K> of(BpfMap<K, Integer> outer) {
    if (!outer.info().type().holdsMaps()) {
      throw new BpfException("map " + outer.name() + " is a " + outer.info().type());
    }
    return new MapOfMaps<>(outer);
  }

  public BpfMap<K, Integer> map() {
    return outer;
  }

  /** Puts an inner map in the place of any other. The outer map keeps it alive from then on. */
  public void put(K key, BpfMap<?, ?> inner) {
    outer.put(key, inner.fd());
  }

  /** The id of the inner map. */
  public Optional<Integer> id(K key) {
    return outer.get(key);
  }

  /** Opens the inner map for reading and writing; of one being swapped, the old or the new. */
  public <A, B> Optional<OwnedMap<A, B>> open(K key, Codec<A> keys, Codec<B> values) {
    Optional<Integer> id = id(key);
    while (id.isPresent()) {
      try {
        return Optional.of(BpfMap.openId(id.get(), keys, values));
      } catch (BpfException failure) {
        Optional<Integer> now = id(key);
        if (failure.errno() != Errno.ENOENT || now.equals(id)) {
          throw failure;
        }
        id = now; // The map of that id was swapped out and freed in between.
      }
    }
    return Optional.empty();
  }

  /** Puts an inner map in and says which one, by id, was there before. */
  public Optional<Integer> swap(K key, BpfMap<?, ?> inner) {
    Optional<Integer> before = id(key);
    put(key, inner);
    return before;
  }

  public boolean delete(K key) {
    return outer.delete(key);
  }
}
