package io.merlon.agent.program;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/** What slots count, by the blocks they are in; any thread may ask. */
final class SlotMeanings {
  private final ConcurrentSkipListMap<Integer, SlotBlock> blocks = new ConcurrentSkipListMap<>();

  void put(SlotBlock block) {
    blocks.put(block.at(), block);
  }

  void remove(SlotBlock block) {
    blocks.remove(block.at());
  }

  SlotMeaning of(int slot) {
    Map.Entry<Integer, SlotBlock> entry = blocks.floorEntry(slot);
    if (entry == null || slot >= entry.getKey() + entry.getValue().length()) {
      return new SlotMeaning.Unknown();
    }
    return entry.getValue().meaning(slot);
  }
}
