package io.merlon.agent.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.merlon.agent.api.IntOrString;
import io.merlon.agent.api.LabelSelector;
import io.merlon.agent.api.LabelSelector.Requirement;
import io.merlon.agent.api.NetworkPolicy;
import io.merlon.agent.api.NetworkPolicy.IpBlock;
import io.merlon.agent.api.NetworkPolicy.Peer;
import io.merlon.agent.api.NetworkPolicy.Port;
import io.merlon.agent.api.NetworkPolicy.Rule;
import io.merlon.agent.policy.CompileProblem;
import io.merlon.agent.policy.Selector;
import io.merlon.agent.policy.Translation;
import io.merlon.agent.watch.WrittenTexts.Heard;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class NetworkPolicyReaderTest {
  private final Heard heard = new Heard();

  private NetworkPolicy read(WrittenTexts source, String text) {
    return source
        .readQuoted(text, new NetworkPolicyReader(new Reading(heard, new Sharing()))::read)
        .object();
  }

  private NetworkPolicy spec(WrittenTexts source, String spec) {
    return read(source, "{'metadata':{'name':'p','namespace':'n'},'spec':" + spec + "}");
  }

  @ParameterizedTest
  @EnumSource
  void readsEveryFieldAsWritten(WrittenTexts source) {
    NetworkPolicy policy =
        read(
            source,
            """
            {'apiVersion':'networking.k8s.io/v1','kind':'NetworkPolicy',
             'metadata':{'name':'p','namespace':'n','uid':'u','resourceVersion':'7',
               'managedFields':[{'fieldsV1':{'f:spec':{}}}]},
             'status':{},
             'spec':{'podSelector':{'matchLabels':{'app':'a'},'matchExpressions':[
                 {'key':'k','operator':'in','values':['x','y']},{'key':'l','operator':'Exists'}]},
               'policyTypes':['Ingress','egress'],
               'ingress':[{'from':[{'podSelector':{}},
                   {'podSelector':{'matchLabels':{'b':''}},'namespaceSelector':{}},
                   {'ipBlock':{'cidr':'10.161.0.0/8','except':['10.1.0.0/16','x']}}],
                 'ports':[{'port':80},{'port':'http','protocol':'UDP'},{'protocol':'SCTP'},
                   {'port':70000,'endPort':65535},{}]}],
               'egress':[{'to':[{'namespaceSelector':{'matchLabels':{'c':'d'}}}]}]}}
            """);
    assertEquals(List.of(), heard.findings);
    assertEquals(
        "n/p u 7",
        policy.namespace()
            + "/"
            + policy.name()
            + " "
            + policy.uid()
            + " "
            + policy.resourceVersion());
    assertEquals(
        new LabelSelector(
            Map.of("app", "a"),
            List.of(
                new Requirement("k", "in", List.of("x", "y")),
                new Requirement("l", "Exists", List.of()))),
        policy.podSelector());
    assertEquals(List.of("Ingress", "egress"), policy.policyTypes());
    assertEquals(
        List.of(
            new Rule(
                List.of(
                    new Peer(LabelSelector.EVERYTHING, null, null),
                    new Peer(labels("b", ""), LabelSelector.EVERYTHING, null),
                    new Peer(null, null, new IpBlock("10.161.0.0/8", List.of("10.1.0.0/16", "x")))),
                List.of(
                    new Port(null, IntOrString.of(80), null),
                    new Port("UDP", IntOrString.of("http"), null),
                    new Port("SCTP", null, null),
                    new Port(null, IntOrString.of(70000), 65535),
                    new Port(null, null, null)))),
        policy.ingress());
    assertEquals(
        List.of(new Rule(List.of(new Peer(null, labels("c", "d"), null)), null)), policy.egress());
  }

  @ParameterizedTest
  @EnumSource
  void keepsAbsentApartFromEmpty(WrittenTexts source) {
    NetworkPolicy absent = spec(source, "{}");
    assertNull(absent.podSelector());
    assertNull(absent.policyTypes());
    assertNull(absent.ingress());
    assertNull(absent.egress());
    assertEquals(absent, spec(source, "{'podSelector':null,'policyTypes':null,'ingress':null}"));
    assertEquals(absent, spec(source, "null"));

    NetworkPolicy empty =
        spec(source, "{'podSelector':{},'policyTypes':[],'ingress':[],'egress':[]}");
    assertEquals(LabelSelector.EVERYTHING, empty.podSelector());
    assertEquals(List.of(), empty.policyTypes());
    assertEquals(List.of(), empty.ingress());
    assertEquals(List.of(), empty.egress());
    assertEquals(
        List.of(
            new Rule(null, null),
            new Rule(List.of(), List.of()),
            new Rule(List.of(new Peer(null, null, null)), null)),
        spec(source, "{'ingress':[{},{'from':[],'ports':[]},{'from':[{}]}]}").ingress());
    assertEquals(List.of(), heard.findings);
  }

  @ParameterizedTest
  @EnumSource
  void takesANullItemForAnEmptyOneAsTheApiServerDoes(WrittenTexts source) {
    assertEquals(List.of(new Rule(null, null)), spec(source, "{'ingress':[null]}").ingress());
    assertEquals(
        List.of("spec.ingress[0]: an item that is null counts as an empty one"), heard.findings);
  }

  @ParameterizedTest
  @EnumSource
  void refusesEveryWrongType(WrittenTexts source) {
    spec(
        source,
        """
        {'podSelector':'x','policyTypes':'Ingress','ingress':{},
         'egress':[{'ports':[{'port':true,'protocol':6,'endPort':'99'},{'port':99999999999},
           {'port':1.5}],'to':[{'ipBlock':{'cidr':1,'except':'x'}},
           {'podSelector':{'matchLabels':{'a':1}}}]}]}
        """);
    assertEquals(
        List.of(
            "spec.podSelector: expected an object",
            "spec.policyTypes: expected a list",
            "spec.ingress: expected a list",
            "spec.egress[0].ports[0].port: expected an integer or a string",
            "spec.egress[0].ports[0].protocol: expected a string",
            "spec.egress[0].ports[0].endPort: expected an integer",
            "spec.egress[0].ports[1].port: expected an integer",
            "spec.egress[0].ports[2].port: expected an integer",
            "spec.egress[0].to[0].ipBlock.cidr: expected a string",
            "spec.egress[0].to[0].ipBlock.except: expected a list",
            "spec.egress[0].to[1].podSelector.matchLabels.a: expected a string"),
        heard.findings);
  }

  @ParameterizedTest
  @EnumSource
  void reportsUnknownFieldsAndLetsWhatHasOneMatchNothing(WrittenTexts source) {
    NetworkPolicy policy =
        spec(
            source,
            """
            {'podSelectr':{},'ingress':[{'form':[],'from':[{'podSelector':{},'serviceSelector':{}}],
              'ports':[{'prot':'UDP'}]},
              {'ports':[{'port':80},{'prot':80}],'from':[{'ipBlock':{'cidr':'::/0','expect':[]}},
                {'podSelector':{'matchLabel':{'a':'b'}}},{'namespaceSelector':{'matchExpressions':
                  [{'key':'a','operator':'In','value':['b'],'values':['b']}]}}]}]}
            """);
    assertEquals(
        List.of(
            "spec.podSelectr: unknown",
            "spec.ingress[0].form: unknown",
            "spec.ingress[0].from[0].serviceSelector: unknown",
            "spec.ingress[0].ports[0].prot: unknown",
            "spec.ingress[1].ports[1].prot: unknown",
            "spec.ingress[1].from[0].ipBlock.expect: unknown",
            "spec.ingress[1].from[1].podSelector.matchLabel: unknown",
            "spec.ingress[1].from[2].namespaceSelector.matchExpressions[0].value: unknown"),
        heard.findings);
    List<Rule> rules = ingress(policy);
    assertEquals(
        List.of(
            new Rule(
                List.of(new Peer(null, null, null)),
                List.of(new Port("(unknown field form)", null, null))),
            new Rule(
                List.of(
                    new Peer(null, null, new IpBlock("(unknown field expect)", List.of())),
                    new Peer(unreadable("matchLabel", "", List.of()), null, null),
                    new Peer(null, unreadable("value", "In", List.of("b")), null)),
                List.of(
                    new Port(null, IntOrString.of(80), null),
                    new Port("(unknown field prot)", null, null)))),
        rules);
    assertEquals(unreadable("podSelectr", "", List.of()), policy.podSelector());
  }

  /** What is unreadable in the API's values is so for the compiler, which says why. */
  @ParameterizedTest
  @EnumSource
  void thePolicyWithAnUnknownFieldIsReportedWithItsName(WrittenTexts source) {
    NetworkPolicy policy =
        spec(source, "{'podSelector':{'matchLabels':{'a':'b'}},'polcyTypes':[],'ingress':[{}]}");
    Translation translation = io.merlon.agent.policy.NetworkPolicyReader.read(policy);
    assertEquals(Selector.EVERYTHING, translation.policy().subject().pods());
    assertEquals(List.of(), translation.policy().ingress());
    assertEquals(
        List.of("not a label key: \"(unknown field polcyTypes)\""),
        translation.problems().stream().map(CompileProblem::reason).toList());
  }

  private static LabelSelector unreadable(String field, String operator, List<String> values) {
    return new LabelSelector(
        Map.of(), List.of(new Requirement("(unknown field " + field + ")", operator, values)));
  }

  private static List<Rule> ingress(NetworkPolicy policy) {
    List<Rule> ingress = policy.ingress();
    return ingress == null ? List.of() : ingress;
  }

  private static LabelSelector labels(String key, String value) {
    return new LabelSelector(Map.of(key, value), List.of());
  }
}
