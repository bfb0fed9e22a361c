package io.merlon.agent.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import io.merlon.agent.api.Annotations;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Who set a mode is known where the API server says it, and cannot be claimed. */
final class ManagedFieldsTest {
  private static final String KUBELET =
      "{'manager':'kubelet','operation':'Update','time':'2026-03-01T10:00:00Z',"
          + "'fieldsType':'FieldsV1','fieldsV1':{'f:status':{'f:phase':{}}}}";

  private static String setter(String manager, String time) {
    return setter("mode", manager, time);
  }

  private static String setter(String annotation, String manager, String time) {
    return "{'manager':'"
        + manager
        + "','operation':'Update','apiVersion':'v1','time':'"
        + time
        + "','fieldsType':'FieldsV1','fieldsV1':{'f:metadata':{'f:labels':{'f:a':{}},"
        + "'f:annotations':{'.':{},'f:merlon.io/"
        + annotation
        + "':{},'f:other':{}}}}}";
  }

  private static Map<String, String> annotations(String annotations, String managedFields)
      throws IOException {
    String json =
        "{'name':'web','annotations':{" + annotations + "},'managedFields':" + managedFields + "}";
    try (JsonParser parser = new JsonFactory().createParser(json.replace('\'', '"'))) {
      parser.nextToken();
      return ObjectMeta.read(new Reading(new Nothing(), new Sharing()), new JsonWritten(parser))
          .annotations;
    }
  }

  @Test
  void namesTheOneWhoSetTheModeLast() throws IOException {
    String fields =
        "["
            + KUBELET
            + ","
            + setter("argocd", "2026-03-02T09:00:00Z")
            + ","
            + setter("kubectl-edit", "2026-03-02T11:30:00Z")
            + ","
            + setter("helm", "2026-03-01T11:30:00Z")
            + "]";
    assertEquals(
        Map.of(
            Annotations.MODE, "audit",
            Annotations.MODE_SET_BY, "kubectl-edit at 2026-03-02T11:30:00Z"),
        annotations("'merlon.io/mode':'audit'", fields));
  }

  @Test
  void saysNothingWhereNobodyIsNamed() throws IOException {
    Map<String, String> mode = Map.of(Annotations.MODE, "audit");
    assertEquals(mode, annotations("'merlon.io/mode':'audit'", "[" + KUBELET + "]"));
    assertEquals(mode, annotations("'merlon.io/mode':'audit'", "null"));
    assertEquals(mode, annotations("'merlon.io/mode':'audit'", "[null,3,{'fieldsV1':[]}]"));
    assertEquals(
        Map.of(), annotations("'a':'b'", "[" + setter("helm", "2026-03-01T11:30:00Z") + "]"));
  }

  @Test
  void namesTheOneWhoBrokeTheGlass() throws IOException {
    String fields =
        "["
            + setter("helm", "2026-03-02T11:30:00Z")
            + ","
            + setter("break-glass", "kubectl-annotate", "2026-03-01T11:30:00Z")
            + "]";
    assertEquals(
        Map.of(
            Annotations.BREAK_GLASS, "a",
            Annotations.BREAK_GLASS_SET_BY, "kubectl-annotate at 2026-03-01T11:30:00Z"),
        annotations(
            "'merlon.io/break-glass':'a','merlon.io/break-glass-set-by':'the boss'", fields));
  }

  /** What is written is read but once, whatever is asked of it. */
  @Test
  void namesEachOfThoseWhoSetOne() throws IOException {
    String fields =
        "["
            + setter("helm", "2026-03-02T11:30:00Z")
            + ","
            + setter("break-glass", "kubectl-annotate", "2026-03-01T11:30:00Z")
            + "]";
    assertEquals(
        Map.of(
            Annotations.MODE, "audit",
            Annotations.MODE_SET_BY, "helm at 2026-03-02T11:30:00Z",
            Annotations.BREAK_GLASS, "a",
            Annotations.BREAK_GLASS_SET_BY, "kubectl-annotate at 2026-03-01T11:30:00Z"),
        annotations("'merlon.io/mode':'audit','merlon.io/break-glass':'a'", fields));
  }

  @Test
  void nobodyNamesHimself() throws IOException {
    assertEquals(
        Map.of(Annotations.MODE, "audit"),
        annotations("'merlon.io/mode':'audit','merlon.io/mode-set-by':'the boss'", "[]"));
  }

  private static final class Nothing implements Findings {
    @Override
    public void wrongType(Written value, String expected) {}

    @Override
    public void missing(Written object, String field) {}

    @Override
    public void unknownField(Written value) {}

    @Override
    public void odd(Written value, String reason) {}
  }
}
