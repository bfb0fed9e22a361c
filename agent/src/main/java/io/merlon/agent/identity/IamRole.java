package io.merlon.agent.identity;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The IAM role a service account stands for.
 *
 * @param account the twelve digits of the AWS account
 * @param name the role's name without its path; names are unique within an account
 */
public record IamRole(String arn, String account, String name) {
  private static final Pattern ARN =
      Pattern.compile("arn:aws[a-z0-9-]*:iam::(\\d{12}):role/(?:[!-.0-~]+/)*([\\w+=,.@-]{1,64})");

  /** The role {@code arn} names, or null if it names none. */
  public static @Nullable IamRole parse(String arn) {
    Matcher matcher = ARN.matcher(arn);
    return matcher.matches() ? new IamRole(arn, matcher.group(1), matcher.group(2)) : null;
  }
}
