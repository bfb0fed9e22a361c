package io.merlon.agent.plan;

import io.merlon.agent.compile.AddressBook;
import io.merlon.agent.compile.PersistentMap;
import io.merlon.agent.compile.ServiceKey;
import io.merlon.agent.compile.ServiceTarget;
import io.merlon.agent.compile.VerdictTable;
import io.merlon.agent.identity.PodRef;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel holds.
 *
 * @param subjects the number of the table that judges each subject
 * @param tables by number; some may be nobody's, left behind by a process that was killed
 * @param epoch odd while a plan that narrows is under way, or was given up midway
 */
public record ObservedState(
    PersistentMap<PodRef, Endpoint> endpoints,
    PersistentMap<Integer, Integer> subjects,
    PersistentMap<Integer, VerdictTable> tables,
    AddressBook addresses,
    PersistentMap<ServiceKey, ServiceTarget> services,
    long epoch) {
  public static final ObservedState EMPTY =
      new ObservedState(
          PersistentMap.empty(),
          PersistentMap.empty(),
          PersistentMap.empty(),
          AddressBook.EMPTY,
          PersistentMap.empty(),
          0);

  /** Whether open flows are still to be judged again for something denied already. */
  boolean isNarrowing() {
    return epoch % 2 == 1;
  }

  /** The table of a subject, or null if there is no such subject. */
  public @Nullable VerdictTable tableOf(int subject) {
    Integer table = subjects.get(subject);
    return table == null ? null : tables.get(table);
  }

  /** What the kernel holds after one more step. A step that cannot be done here is an error. */
  public ObservedState after(PlanStep step) {
    return switch (step) {
      case PlanStep.PutAddress put ->
          withBook(
              new AddressBook(
                  addresses.exact().with(put.address(), put.peerClass()), addresses.prefixes()));
      case PlanStep.DeleteAddress delete ->
          withBook(
              new AddressBook(addresses.exact().without(delete.address()), addresses.prefixes()));
      case PlanStep.PutPrefix put ->
          withBook(
              new AddressBook(
                  addresses.exact(), addresses.prefixes().with(put.prefix(), put.peerClass())));
      case PlanStep.DeletePrefix delete ->
          withBook(
              new AddressBook(addresses.exact(), addresses.prefixes().without(delete.prefix())));
      case PlanStep.PutService put -> withServices(services.with(put.service(), put.target()));
      case PlanStep.DeleteService delete -> withServices(services.without(delete.service()));
      case PlanStep.WriteTable write -> {
        require(!tables.containsKey(write.table()), step);
        yield withTables(subjects, tables.with(write.table(), write.content()));
      }
      case PlanStep.SwitchSubject change -> {
        require(tables.containsKey(change.table()), step);
        yield withTables(subjects.with(change.subject(), change.table()), tables);
      }
      case PlanStep.DropSubject drop -> {
        require(endpoints.values().stream().noneMatch(e -> e.subject() == drop.subject()), step);
        yield withTables(subjects.without(drop.subject()), tables);
      }
      case PlanStep.FreeTable free -> {
        require(!subjects.containsValue(free.table()), step);
        yield withTables(subjects, tables.without(free.table()));
      }
      case PlanStep.PutEndpoint put -> {
        require(subjects.containsKey(put.endpoint().subject()), step);
        yield withEndpoints(endpoints.with(put.pod(), put.endpoint()));
      }
      case PlanStep.DeleteEndpoint delete -> withEndpoints(endpoints.without(delete.pod()));
      case PlanStep.BumpEpoch bump ->
          new ObservedState(endpoints, subjects, tables, addresses, services, epoch + 1);
    };
  }

  private static void require(boolean possible, PlanStep step) {
    if (!possible) {
      throw new IllegalStateException("not possible in this state: " + step);
    }
  }

  private ObservedState withBook(AddressBook book) {
    return new ObservedState(endpoints, subjects, tables, book, services, epoch);
  }

  private ObservedState withServices(PersistentMap<ServiceKey, ServiceTarget> changed) {
    return new ObservedState(endpoints, subjects, tables, addresses, changed, epoch);
  }

  private ObservedState withTables(
      PersistentMap<Integer, Integer> ofSubjects, PersistentMap<Integer, VerdictTable> all) {
    return new ObservedState(endpoints, ofSubjects, all, addresses, services, epoch);
  }

  private ObservedState withEndpoints(PersistentMap<PodRef, Endpoint> changed) {
    return new ObservedState(changed, subjects, tables, addresses, services, epoch);
  }
}
