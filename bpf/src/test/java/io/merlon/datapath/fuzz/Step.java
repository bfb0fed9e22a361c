package io.merlon.datapath.fuzz;

import io.merlon.datapath.harness.Address;
import io.merlon.datapath.harness.Cidr;
import io.merlon.datapath.harness.Endpoint;
import io.merlon.datapath.harness.Frame;
import io.merlon.datapath.harness.Hook;
import io.merlon.datapath.harness.PacketTarget;
import io.merlon.datapath.harness.PeerClass;
import io.merlon.datapath.harness.Service;
import io.merlon.datapath.harness.Settings;
import io.merlon.datapath.harness.SubjectTable;

/** One thing that happens to a node. */
sealed interface Step {

  /** A packet, in whose fate model and kernel must agree. */
  record Send(Hook hook, int line, Frame frame) implements Step {
    @Override
    public String toString() {
      return "send %s line %d gso %d/%d mark %x linear %d %s"
          .formatted(
              hook,
              line,
              frame.gsoSize(),
              frame.gsoSegments(),
              frame.mark(),
              frame.linear(),
              frame.hex());
    }
  }

  /** A change; nothing is to be seen until the next packet. */
  sealed interface Change extends Step {
    void apply(PacketTarget target);
  }

  record Configure(Settings settings) implements Change {
    @Override
    public void apply(PacketTarget target) {
      target.configure(settings);
    }
  }

  record PutEndpoint(int line, Endpoint endpoint) implements Change {
    @Override
    public void apply(PacketTarget target) {
      target.endpoint(line, endpoint);
    }
  }

  record RemoveEndpoint(int line) implements Change {
    @Override
    public void apply(PacketTarget target) {
      target.removeEndpoint(line);
    }
  }

  record PutTable(int subject, SubjectTable table) implements Change {
    @Override
    public void apply(PacketTarget target) {
      target.table(subject, table);
    }
  }

  record RemoveTable(int subject) implements Change {
    @Override
    public void apply(PacketTarget target) {
      target.removeTable(subject);
    }
  }

  record PutAddress(Address address, PeerClass peerClass) implements Change {
    @Override
    public void apply(PacketTarget target) {
      target.address(address, peerClass);
    }
  }

  record RemoveAddress(Address address) implements Change {
    @Override
    public void apply(PacketTarget target) {
      target.removeAddress(address);
    }
  }

  record PutCidr(Cidr cidr, PeerClass peerClass) implements Change {
    @Override
    public void apply(PacketTarget target) {
      target.cidr(cidr, peerClass);
    }
  }

  record RemoveCidr(Cidr cidr) implements Change {
    @Override
    public void apply(PacketTarget target) {
      target.removeCidr(cidr);
    }
  }

  record PutService(Service.Key key, Service service) implements Change {
    @Override
    public void apply(PacketTarget target) {
      target.service(key, service);
    }
  }

  record RemoveService(Service.Key key) implements Change {
    @Override
    public void apply(PacketTarget target) {
      target.removeService(key);
    }
  }

  record BumpEpoch() implements Change {
    @Override
    public void apply(PacketTarget target) {
      target.bumpEpoch();
    }
  }

  record Elapse(int seconds) implements Change {
    @Override
    public void apply(PacketTarget target) {
      target.elapse(seconds);
    }
  }
}
