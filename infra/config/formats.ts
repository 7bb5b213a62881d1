/** Formats of single values, each a pure predicate or pattern with the source of its rule. */

/** An EC2 region, such as eu-west-1 or us-gov-west-1; not those in China, whose services have names of their own. */
export const REGION = /^(?!cn-)[a-z]{2}(-[a-z]+)+-[1-9]$/;

/**
 * A bucket that can be addressed virtual-host style over TLS: S3's naming rules without dots, which the wildcard
 * certificate does not cover and apt-transport-s3 refuses.
 */
export const BUCKET =
  /^(?!xn--|sthree-|amzn-s3-demo-)(?!.*(-s3alias|--ol-s3|--x-s3|--table-s3)$)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/;

/** A word of an apt source: a suite or a component. */
export const APT_WORD = /^[a-z0-9][a-z0-9.-]*$/;

/** A channel for branch builds, which ends the name of a suite. */
export const CHANNEL = /^(?=.{1,40}$)[a-z0-9]+(-[a-z0-9]+)*$/;

/** A package, or all whose names begin so; of `li*` and `lib*` nobody could say which folders of a pool they lie in. */
export const PACKAGES_ALIKE = /^(?!lib?\*)[a-z0-9][a-z0-9+.-]{1,63}\*?$/;

/** A Debian package name (Debian Policy 5.6.1), short enough for a group's policy to name it. */
export const PACKAGE = /^[a-z0-9][a-z0-9+.-]{1,63}$/;

/**
 * A stack. Without hyphens, so that `towline-<stack>-<group>` can be read in one way only; short, for the load balancer's
 * name.
 */
export const STACK = /^[a-z][a-z0-9]{0,15}$/;

/** A group; `__base__` is let through for its own, clearer message. */
export const GROUP = /^(__base__|[a-z](-?[a-z0-9]){0,31})$/;

/** An SSM parameter with a hierarchy (Parameter Store naming rules). */
export const PARAMETER = /^(?=.{1,1011}$)(\/[A-Za-z0-9_.-]+){1,15}$/;

/** A secret: an SSM parameter's name, or the full ARN of a Secrets Manager secret, six characters of AWS's own at its end. */
export const SECRET =
  /^(?=.{1,1011}$)((\/[A-Za-z0-9_.-]+){1,15}|arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[A-Za-z0-9/_+=.@-]+-[A-Za-z0-9]{6})$/;

/** Whom Slack's messages call: those who are there, everyone, or a user group or user by ID. */
export const MENTION = /^(here|channel|[SUW][A-Z0-9]{2,})$/;

/** Hours of the day, and the IANA time zone they are meant in. */
export const QUIET_HOURS = /^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d( [A-Za-z0-9_+/-]+)?$/;

/** IDs of Slack's channels, users and user groups. */
export const SLACK_CHANNEL = /^[CG][A-Z0-9]{2,}$/;
export const SLACK_USER = /^[UW][A-Z0-9]{2,}$/;
export const SLACK_USER_GROUP = /^S[A-Z0-9]{2,}$/;

/** An address of a web server, without a query. */
export const WEB_ADDRESS = /^https:\/\/[A-Za-z0-9.-]+(:\d{1,5})?(\/[A-Za-z0-9._~/-]*)?$/;

/** Such an address that messages may lead to. */
export const LINK = new RegExp(`^(?=.{1,120}$)${WEB_ADDRESS.source}`);

/** A Jenkins job, in folders where it lies in some. */
export const JENKINS_JOB = /^[A-Za-z0-9_.-]+( [A-Za-z0-9_.-]+)*(\/[A-Za-z0-9_.-]+( [A-Za-z0-9_.-]+)*)*$/;

/** IDs of EC2, of eight hexadecimal digits where they are from before 2016. */
export const VPC_ID = /^vpc-([0-9a-f]{8}|[0-9a-f]{17})$/;
export const SUBNET_ID = /^subnet-([0-9a-f]{8}|[0-9a-f]{17})$/;
export const ENDPOINT_ID = /^vpce-([0-9a-f]{8}|[0-9a-f]{17})$/;

/** A security group, behind its account where that is another. */
export const SECURITY_GROUP_ID = /^(\d{12}\/)?sg-([0-9a-f]{8}|[0-9a-f]{17})$/;

/** The number of an AWS account. */
export const ACCOUNT_ID = /^\d{12}$/;

/** An EC2 instance type of a size that there is, such as t3.small, u-6tb1.112xlarge or m7i.metal-24xl. */
export const INSTANCE_TYPE =
  /^[a-z][a-z0-9-]*\.(nano|micro|small|medium|large|([1-9]\d{0,2})?xlarge|metal(-[1-9]\d{0,2}xl)?)$/;

/** A path for a load balancer's health check, of RFC 3986's unreserved characters and separators a shell leaves alone; Elastic Load Balancing takes 1024 characters. */
export const HTTP_PATH = /^\/[A-Za-z0-9._~/?=%+:@,-]{0,1023}$/;

/** A host in a rule of a load balancer (Elastic Load Balancing, "Host conditions"). */
export const HOST_PATTERN = /^(?=.{1,128}$)(?=.*\.[A-Za-z*?.-]+$)[A-Za-z0-9.*?-]+$/;

/** A path in a rule of a load balancer, without a query (Elastic Load Balancing, "Path conditions"). */
export const PATH_PATTERN = /^\/[A-Za-z0-9_.$/~"'@:+&*?-]{0,127}$/;

/** Whom a role can trust: a role, a user, or everybody whom an account lets. */
export const PRINCIPAL = /^arn:aws[a-z-]*:iam::\d{12}:(root|(role|user)(\/[\w+=,.@-]+)+)$/;

/** A managed policy, AWS's own or an account's. */
export const MANAGED_POLICY = /^arn:aws[a-z-]*:iam::(aws|\d{12}):policy\/([\x21-\x7e]*\/)?[\w+=,.@-]{1,128}$/;

/** A key of KMS, not an alias, which may lead elsewhere tomorrow. */
export const KMS_KEY = /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/(mrk-)?[0-9a-f-]{32,36}$/;

/** The path of a role (IAM, "CreateRole"). */
export const ROLE_PATH = /^(?=.{1,512}$)\/([\x21-\x2e\x30-\x7e]+\/)*$/;

/** The name of a statement. */
export const SID = /^[A-Za-z0-9]{1,64}$/;

/** Actions of a policy: all, or those of a service. */
export const ACTION = /^(\*|[A-Za-z0-9-]+:[A-Za-z0-9*?]+)$/;

/** Resources of a policy. IAM takes no wildcard for the partition and the service. */
export const RESOURCE = /^(?=.{1,2048}$)(\*|arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9*?-]*:[a-z0-9*?]*:\S.*)$/;

/** An operator of a condition (IAM, "JSON policy elements: Condition operators"). */
export const CONDITION_OPERATOR =
  /^(Null|(ForAllValues:|ForAnyValue:)?(String(Not)?(Equals(IgnoreCase)?|Like)|Numeric(Not)?Equals|(Numeric|Date)(Less|Greater)Than(Equals)?|Date(Not)?Equals|Bool|BinaryEquals|(Not)?IpAddress|Arn(Not)?(Equals|Like))(IfExists)?)$/;

/** A key that a condition asks for. */
export const CONDITION_KEY = /^[A-Za-z0-9-]+:[\x21-\x7e]{1,200}$/;

/** A listener of an application load balancer. */
export const LISTENER =
  /^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:\d{12}:listener\/app\/[A-Za-z0-9-]{1,32}\/[0-9a-f]{16}\/[0-9a-f]{16}$/;

/** A certificate of ACM's. */
export const CERTIFICATE = /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[A-Za-z0-9-]+$/;

/** A name that a certificate can be for: ACM takes 64 characters, and no wildcard leads anywhere. */
export const PUBLIC_NAME = /^(?=.{1,64}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** A zone of Route 53, by its ID. */
const ZONE_ID = /^Z[A-Z0-9]{1,31}$/;

/** A zone of Route 53, by its name or its ID. */
export const ZONE = new RegExp(`${PUBLIC_NAME.source}|${ZONE_ID.source}`);

/** True for such a name. */
export function isPublicName(text: string): boolean {
  return PUBLIC_NAME.test(text);
}

/** True for a zone that is named by its ID. */
export function isZoneId(zone: string): boolean {
  return ZONE_ID.test(zone);
}

/** A web ACL of AWS WAF, of a region. */
export const WEB_ACL = /^arn:aws[a-z-]*:wafv2:[a-z0-9-]+:\d{12}:regional\/webacl\/[A-Za-z0-9_-]{1,128}\/[0-9a-f-]{36}$/;

/** A tag key a user may set: AWS keeps `aws:` to itself, towline its own keys. */
export const TAG_KEY = /^(?!aws:|towline:|Name$)[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/iu;

/** A tag value. */
export const TAG_VALUE = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u;

/** A namespace of CloudWatch, AWS's own (`AWS/SQS`) or not. */
export const METRIC_NAMESPACE = /^[A-Za-z0-9._/#:-]{1,255}$/;

/** The name of a metric of CloudWatch, or the name or value of a dimension: ASCII, without a colon in front. */
export const METRIC_TEXT = /^(?!:)[\x21-\x7e][\x20-\x7e]{0,254}$/;

/** What a scheduled or step scaling is called. Without hyphens, so that names made of it can be read in one way only. */
export const SCALING_NAME = /^[A-Za-z][A-Za-z0-9]{0,31}$/;

/**
 * A private DNS domain of two to five labels (RFC 1123): none of AWS's own, nor of `.local`, for which hosts ask no DNS server
 * (RFC 6762). 220 characters leave the longest group's name, in front of it, within the 253 that Cloud Map takes.
 */
export const DOMAIN =
  /^(?!(.*\.)?(amazonaws\.com|compute\.internal|ec2\.internal|local)$)(?=.{1,220}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.){1,4}[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** The name of an EC2 key pair. */
export const KEY_PAIR = /^[\x21-\x7e]([\x20-\x7e]{0,253}[\x21-\x7e])?$/;

/** A share, from 1 % to all. */
export const PERCENT = /^(100|[1-9]\d?)%$/;

/** The name of a CloudWatch alarm. */
export const ALARM = /^[\x21-\x7e]([\x20-\x7e]{0,253}[\x21-\x7e])?$/;

/** Folders of /var/lib that Debian, AWS's agents or towline keep something in before a disk is mounted. */
const SYSTEM_STATE = ["amazon", "apt", "cloud", "dbus", "dpkg", "misc", "pam", "private", "systemd", "towline", "ucf"];

/** True for a place to mount a disk at: never over a folder that the system or a package has its files in. */
export function isMountPoint(path: string): boolean {
  if (!/^(\/[A-Za-z0-9_][A-Za-z0-9._-]*){1,8}$/.test(path) || path.length > 200) return false;
  const [, first = "", second = "", third] = path.split("/");
  if (first === "var" && second === "lib") return third !== undefined && !SYSTEM_STATE.includes(third);
  return ["srv", "mnt", "media", "data"].includes(first);
}

/** True for a time zone of the IANA database, in its own letters: `Intl` takes offsets and small letters too, AWS does not. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Z][\w+-]*(\/[A-Z][\w+-]*)*$/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== undefined;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** True for a name a channel can have. */
export function isChannel(name: string): boolean {
  return CHANNEL.test(name);
}
