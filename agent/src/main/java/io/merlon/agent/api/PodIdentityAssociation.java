package io.merlon.agent.api;

/** An EKS Pod Identity association: a service account's IAM role, kept outside its annotations. */
public record PodIdentityAssociation(String namespace, String serviceAccount, String roleArn) {}
