/** The node agent, the workbench and their command line. */
@org.jspecify.annotations.NullMarked
module io.merlon.agent {
  requires io.merlon.datapath;
  requires com.fasterxml.jackson.core;
  requires info.picocli;
  requires io.netty.buffer;
  requires io.netty.codec;
  requires io.netty.codec.http;
  requires io.netty.common;
  requires io.netty.handler;
  requires io.netty.transport;
  requires io.fabric8.kubernetes.client.jdkhttp;
  requires io.prometheus.metrics.model;
  requires io.prometheus.writer.text;
  requires java.management;
  requires java.net.http;
  requires kubernetes.client.api;
  requires micrometer.core;
  requires micrometer.registry.prometheus;
  requires org.slf4j;
  requires org.snakeyaml.engine;
  requires static transitive org.jspecify;

  exports io.merlon.agent.api;

  provides org.slf4j.spi.SLF4JServiceProvider with
      io.merlon.agent.log.LineProvider;

  opens io.merlon.agent to
      info.picocli;
  opens io.merlon.agent.workbench to
      info.picocli;
}
