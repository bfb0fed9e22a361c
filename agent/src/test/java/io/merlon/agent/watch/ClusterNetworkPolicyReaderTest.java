package io.merlon.agent.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.merlon.agent.api.ClusterNetworkPolicy;
import io.merlon.agent.api.ClusterNetworkPolicy.NamespacedPod;
import io.merlon.agent.api.ClusterNetworkPolicy.Peer;
import io.merlon.agent.api.ClusterNetworkPolicy.PortMatch;
import io.merlon.agent.api.ClusterNetworkPolicy.ProtocolMatch;
import io.merlon.agent.api.ClusterNetworkPolicy.Rule;
import io.merlon.agent.api.ClusterNetworkPolicy.Subject;
import io.merlon.agent.api.LabelSelector;
import io.merlon.agent.watch.WrittenTexts.Heard;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ClusterNetworkPolicyReaderTest {
  private static final LabelSelector ALL = LabelSelector.EVERYTHING;

  private final Heard heard = new Heard();

  private ClusterNetworkPolicy read(WrittenTexts source, String spec) {
    return source
        .readQuoted(
            "{'metadata':{'name':'p','uid':'u','resourceVersion':'3'},'spec':" + spec + "}",
            new ClusterNetworkPolicyReader(new Reading(heard, new Sharing()))::read)
        .object();
  }

  private List<Rule> egress(WrittenTexts source, String rules) {
    return read(source, "{'tier':'Admin','priority':1,'subject':{},'egress':" + rules + "}")
        .egress();
  }

  @ParameterizedTest
  @EnumSource
  void readsEveryFieldAsWritten(WrittenTexts source) {
    ClusterNetworkPolicy policy =
        read(
            source,
            """
            {'tier':'Admin','priority':1000,'subject':{'namespaces':{}},
             'ingress':[{'name':'r','action':'Accept','from':[{'namespaces':{}},
               {'pods':{'namespaceSelector':{'matchLabels':{'a':'b'}},'podSelector':{}}}]}],
             'egress':[{'action':'Deny','to':[{'nodes':{}},{'networks':['10.0.0.0/8']},
                 {'domainNames':['*.example.com']}],
               'protocols':[{'tcp':{'destinationPort':{'number':80}}},
                 {'udp':{'destinationPort':{'range':{'start':1,'end':2}}}},{'sctp':{}},
                 {'destinationNamedPort':'dns'}]}]}
            """);
    assertEquals(List.of(), heard.findings);
    var pods = new NamespacedPod(new LabelSelector(Map.of("a", "b"), List.of()), ALL);
    assertEquals(
        new ClusterNetworkPolicy(
            "p",
            "u",
            "3",
            "Admin",
            1000,
            new Subject(ALL, null),
            List.of(
                new Rule(
                    "r",
                    "Accept",
                    List.of(
                        new Peer(ALL, null, null, null, null, List.of()),
                        new Peer(null, pods, null, null, null, List.of())),
                    null)),
            List.of(
                new Rule(
                    null,
                    "Deny",
                    List.of(
                        new Peer(null, null, ALL, null, null, List.of()),
                        new Peer(null, null, null, List.of("10.0.0.0/8"), null, List.of()),
                        new Peer(null, null, null, null, List.of("*.example.com"), List.of())),
                    List.of(
                        new ProtocolMatch(
                            new PortMatch(80, null, null), null, null, null, List.of()),
                        new ProtocolMatch(null, new PortMatch(null, 1, 2), null, null, List.of()),
                        new ProtocolMatch(
                            null, null, new PortMatch(null, null, null), null, List.of()),
                        new ProtocolMatch(null, null, null, "dns", List.of()))))),
        policy);
  }

  @ParameterizedTest
  @EnumSource
  void namesWhatItDoesNotKnowOfAPeer(WrittenTexts source) {
    List<Rule> rules =
        egress(
            source,
            """
            [{'action':'Accept','to':[{'services':{}},{'pods':{'namespaceSelector':{},
               'podSelector':{},'serviceAccounts':[]},'nodes':{}}]}]
            """);
    assertEquals(
        List.of(
            new Peer(null, null, null, null, null, List.of("services")),
            new Peer(
                null,
                new NamespacedPod(ALL, ALL),
                ALL,
                null,
                null,
                List.of("pods.serviceAccounts"))),
        rules.getFirst().peers());
  }

  @ParameterizedTest
  @EnumSource
  void namesWhatItDoesNotKnowOfAProtocol(WrittenTexts source) {
    List<Rule> rules =
        egress(
            source,
            """
            [{'action':'Accept','to':[],'protocols':[{'icmp':{}},
              {'tcp':{'sourcePort':{},'destinationPort':{'number':1,'set':[],
                'range':{'start':1,'end':2,'step':3}}}}]}]
            """);
    assertEquals(
        List.of(
            new ProtocolMatch(null, null, null, null, List.of("icmp")),
            new ProtocolMatch(
                new PortMatch(1, 1, 2),
                null,
                null,
                null,
                List.of(
                    "tcp.sourcePort",
                    "tcp.destinationPort.set",
                    "tcp.destinationPort.range.step"))),
        rules.getFirst().protocols());
  }

  @ParameterizedTest
  @EnumSource
  void whatIsUnknownOfARuleIsUnknownOfEachOfItsPeers(WrittenTexts source) {
    List<Rule> rules =
        egress(source, "[{'schedule':'night','action':'Accept','to':[{'nodes':{}},{'x':1}]}]");
    assertEquals(
        List.of(
            new Peer(null, null, ALL, null, null, List.of("schedule")),
            new Peer(null, null, null, null, null, List.of("x", "schedule"))),
        rules.getFirst().peers());
    assertNull(rules.getFirst().protocols());
  }

  @ParameterizedTest
  @EnumSource
  void namesWhatItDoesNotKnowOfTheWholePolicyAndItsSubject(WrittenTexts source) {
    assertEquals(
        List.of("from", "pods.names", "until"),
        read(
                source,
                """
                {'tier':'Admin','priority':1,'subject':{'from':[],'pods':{'namespaceSelector':{},
                  'podSelector':{},'names':[]}},'until':'noon'}
                """)
            .subject()
            .unknown());
  }

  @ParameterizedTest
  @EnumSource
  void refusesWhatTheSchemaDemandsAndIsMissing(WrittenTexts source) {
    read(
        source,
        """
        {'ingress':[{'from':[{'pods':{}}],'protocols':[{'tcp':{'destinationPort':{'range':{}}}}]},{}]}
        """);
    assertEquals(
        List.of(
            "spec.ingress[0].from[0].pods: missing namespaceSelector",
            "spec.ingress[0].from[0].pods: missing podSelector",
            "spec.ingress[0].protocols[0].tcp.destinationPort.range: missing start",
            "spec.ingress[0].protocols[0].tcp.destinationPort.range: missing end",
            "spec.ingress[0]: missing action",
            "spec.ingress[1]: missing action",
            "spec.ingress[1]: missing from",
            "spec: missing tier",
            "spec: missing priority",
            "spec: missing subject"),
        heard.findings);
  }
}
