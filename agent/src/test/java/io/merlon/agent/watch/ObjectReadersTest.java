package io.merlon.agent.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.merlon.agent.api.EndpointSlice;
import io.merlon.agent.api.EndpointSlice.Endpoint;
import io.merlon.agent.api.Namespace;
import io.merlon.agent.api.Node;
import io.merlon.agent.api.Pod;
import io.merlon.agent.api.Pod.ContainerPort;
import io.merlon.agent.api.Pod.Owner;
import io.merlon.agent.api.Pod.Phase;
import io.merlon.agent.api.PodIdentityAssociation;
import io.merlon.agent.api.Service;
import io.merlon.agent.api.ServiceAccount;
import io.merlon.agent.watch.WrittenTexts.Heard;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ObjectReadersTest {
  private static final Pod BARE =
      new Pod(
          "default",
          "p",
          "",
          Map.of(),
          Map.of(),
          "default",
          null,
          false,
          Phase.PENDING,
          List.of(),
          List.of(),
          null,
          false);

  private final Heard heard = new Heard();
  private final Sharing sharing = new Sharing();
  private final Reading in = new Reading(heard, sharing);

  private Pod pod(WrittenTexts source, String text) {
    return source.readQuoted(text, new PodReader(in)::read).pod(sharing, Phase.PENDING);
  }

  private Service service(WrittenTexts source, String text) {
    return source.readQuoted(text, new ServiceReader(in)::read).service(List.of());
  }

  @ParameterizedTest
  @EnumSource
  void readsAPod(WrittenTexts source) {
    assertEquals(
        new Pod(
            "n",
            "p",
            "u",
            Map.of("app", "a"),
            Map.of("merlon.io/mode", "audit", "vpc.amazonaws.com/pod-eni", "[]"),
            "sa",
            "node-1",
            true,
            Phase.SUCCEEDED,
            List.of("10.0.0.1", "fd00::1"),
            List.of(
                new ContainerPort("http", 80, "TCP"),
                new ContainerPort(null, 53, "UDP"),
                new ContainerPort("mesh", 15001, "TCP")),
            new Owner("ReplicaSet", "rs"),
            true),
        pod(
            source,
            """
            {'kind':'Pod','metadata':{'name':'p','namespace':'n','uid':'u','labels':{'app':'a'},
               'annotations':{'merlon.io/mode':'audit','vpc.amazonaws.com/pod-eni':'[]','big':'x'},
               'deletionTimestamp':'2026-01-01T00:00:00Z','managedFields':[{'fieldsV1':{'f:a':{}}}],
               'ownerReferences':[{'kind':'X','name':'x'},
                 {'kind':'ReplicaSet','name':'rs','controller':true,'uid':'z'}]},
             'spec':{'serviceAccountName':'sa','serviceAccount':'old','nodeName':'node-1',
               'hostNetwork':true,'volumes':[{'name':'v'}],
               'containers':[{'name':'c','ports':[{'name':'http','containerPort':80},
                 {'containerPort':53,'protocol':'UDP','hostPort':53}]}],
               'initContainers':[{'ports':[{'name':'once','containerPort':1}]},
                 {'ports':[{'name':'mesh','containerPort':15001}],'restartPolicy':'Always'}]},
             'status':{'phase':'Succeeded','podIP':'10.0.0.1','hostIP':'10.9.9.9',
               'podIPs':[{'ip':'10.0.0.1'},{'ip':'fd00::1'}],'conditions':[{}]}}
            """));
    assertEquals(List.of(), heard.findings);
  }

  @ParameterizedTest
  @EnumSource
  void defaultsWhatAPodLeavesOut(WrittenTexts source) {
    assertEquals(BARE, pod(source, "{'metadata':{'name':'p'}}"));
    assertEquals(
        BARE,
        pod(
            source,
            """
            {'metadata':{'name':'p','labels':null,'ownerReferences':null},
             'spec':{'containers':null,'nodeName':'','hostNetwork':null},
             'status':{'phase':'','podIPs':null,'podIP':''}}
            """));
    assertEquals(
        List.of("10.0.0.1"),
        pod(source, "{'metadata':{'name':'p'},'status':{'podIP':'10.0.0.1'}}").ips());
    assertEquals("old", pod(source, "{'spec':{'serviceAccount':'old'}}").serviceAccount());
    assertEquals(Phase.UNKNOWN, pod(source, "{'status':{'phase':'Novel'}}").phase());
  }

  @ParameterizedTest
  @EnumSource
  void sharesWhatPodsHaveInCommon(WrittenTexts source) {
    String text =
        """
        {'metadata':{'name':'p','labels':{'app':'a','tier':'b'},
           'ownerReferences':[{'kind':'ReplicaSet','name':'rs','controller':true}]},
         'spec':{'nodeName':'node-1','containers':[{'ports':[{'containerPort':80}]}]}}
        """;
    Pod first = pod(source, text);
    Pod second = pod(source, text);
    assertSame(first.labels(), second.labels());
    assertSame(first.ports(), second.ports());
    assertSame(first.owner(), second.owner());
    assertSame(first.node(), second.node());
    assertSame(first.namespace(), second.namespace());
  }

  @ParameterizedTest
  @EnumSource
  void readsEveryAddressOfAService(WrittenTexts source) {
    assertEquals(
        new Service(
            "n",
            "s",
            "LoadBalancer",
            List.of("10.96.0.1", "fd00::1", "1.2.3.4", "5.6.7.8"),
            List.of("1.2.3.4", "5.6.7.8"),
            List.of(
                new Service.Port("http", "TCP", 80, 30080), new Service.Port(null, "UDP", 53, 0))),
        service(
            source,
            """
            {'metadata':{'name':'s','namespace':'n'},'spec':{'type':'LoadBalancer',
               'clusterIP':'10.96.0.1','clusterIPs':['10.96.0.1','fd00::1'],
               'externalIPs':['1.2.3.4'],'selector':{'app':'a'},
               'ports':[{'name':'http','port':80,'nodePort':30080,'targetPort':'web'},
                 {'port':53,'protocol':'UDP','appProtocol':'dns'}]},
             'status':{'loadBalancer':{'ingress':[{'ip':'5.6.7.8','ipMode':'VIP'},
               {'ip':'9.9.9.9','ipMode':'Proxy'},{'hostname':'lb.example.com'}]}}}
            """));
    assertEquals(
        List.of(),
        service(
                source,
                "{'spec':{'clusterIP':'None','clusterIPs':['None'],'externalIPs':['1.2.3.4']}}")
            .addresses());
    assertEquals(
        List.of(),
        service(source, "{'spec':{'type':'ExternalName','externalIPs':['1.2.3.4']}}").addresses());
    assertEquals("ClusterIP", service(source, "{'spec':{}}").type());
    assertEquals(List.of(), heard.findings);
  }

  @ParameterizedTest
  @EnumSource
  void readsEndpointSlicesWithTheDefaultsOfConditions(WrittenTexts source) {
    EndpointSlice slice =
        source
            .readQuoted(
                """
                {'metadata':{'name':'e','namespace':'n','labels':{'kubernetes.io/service-name':'s'}},
                 'addressType':'IPv4','ports':[{'name':'','port':80},{'name':'x','protocol':'UDP'}],
                 'endpoints':[{'addresses':['10.0.0.1']},
                   {'addresses':['10.0.0.2'],'conditions':{'ready':false}},
                   {'addresses':['10.0.0.3'],
                    'conditions':{'ready':false,'serving':true,'terminating':true},'nodeName':'x'},
                   {'addresses':['10.0.0.4'],'conditions':{'ready':null,'serving':false}}]}
                """,
                new EndpointSliceReader(in)::read)
            .object();
    assertEquals(
        new EndpointSlice(
            "n",
            "e",
            "s",
            "IPv4",
            List.of(
                new EndpointSlice.Port(null, "TCP", 80), new EndpointSlice.Port("x", "UDP", null)),
            List.of(
                new Endpoint(List.of("10.0.0.1"), true, true, false),
                new Endpoint(List.of("10.0.0.2"), false, false, false),
                new Endpoint(List.of("10.0.0.3"), false, true, true),
                new Endpoint(List.of("10.0.0.4"), true, false, false))),
        slice);
    assertEquals(List.of(), heard.findings);
  }

  @ParameterizedTest
  @EnumSource
  void readsTheSmallKinds(WrittenTexts source) {
    var small = new SmallReaders(in);
    String meta =
        "'metadata':{'name':'x','namespace':'n','labels':{'a':'b'},'annotations':{'eks.amazonaws.com/role-arn':'r'}}";
    assertEquals(
        new Namespace("x", Map.of("a", "b"), Map.of("eks.amazonaws.com/role-arn", "r")),
        source.readQuoted("{" + meta + ",'spec':{}}", small::namespace).object());
    assertEquals(
        new ServiceAccount("n", "x", Map.of("eks.amazonaws.com/role-arn", "r")),
        source.readQuoted("{" + meta + ",'secrets':[]}", small::serviceAccount).object());
    assertEquals(
        new Node("x", Map.of("a", "b"), List.of("10.0.0.1", "fd00::1")),
        source
            .readQuoted(
                "{"
                    + meta
                    + ",'status':{'images':[{'names':['i']}],'addresses':["
                    + "{'type':'InternalIP','address':'10.0.0.1'},{'address':'ip-10-0-0-1.internal'},"
                    + "{'address':'fd00::1'},{'address':'10.0.0.1'}]}}",
                small::node)
            .object());
    assertEquals(
        new PodIdentityAssociation("n", "sa", "arn"),
        source
            .readQuoted(
                "{" + meta + ",'spec':{'serviceAccount':'sa','roleARN':'arn','clusterName':'c'}}",
                small::association)
            .object());
    assertEquals(List.of(), heard.findings);
  }
}
