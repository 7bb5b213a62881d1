/** A certificate in ACM, and a web ACL, as stacks name them. */
export const CERTIFICATE = "arn:aws:acm:eu-west-1:123456789012:certificate/12345678-1234-1234-1234-123456789012";
export const WEB_ACL = "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/w/12345678-1234-1234-1234-123456789012";
