import { withoutCiphertext } from "../aws/error";

const NOTHING = "nothing: Auto Scaling tries again by itself";
const REFRESH = "something it refers to was deleted outside the stack: `pulumi up --refresh`";
const ROLE = "compare the role and instance profile with the stack: `pulumi up --refresh`";
const IMAGE = "let `image` name an image that exists in this region, then `pulumi up`";
const ZONE = "choose an `instanceType` that every zone has, or leave this zone out";

/**
 * Causes by the words AWS uses; the first that matches counts. What names one cause stands above what is said of several: quotas speak of
 * capacity too, architectures of AMIs, and policies that nobody here can change of what is not authorized.
 */
const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [
    /Heartbeat Timeout/i,
    "see the instance's boot log: its agent never answered the hook, so suspect user data or network",
  ],
  [/ABANDON/i, "see the instance's boot log and the release it installs; it did not prove healthy in time"],
  [/draining/i, "look whether its connections end at all, or shorten `http.deregistrationDelay`"],
  [/throttl|rate exceeded|request ?limit ?exceeded/i, `${NOTHING}, as AWS asked for fewer requests`],
  [/Authentication Failure/i, `${NOTHING}, once the role just made has reached all of AWS`],
  [/Server\.InternalError|internal error on launch/i, `${NOTHING}; the fault is AWS's`],
  [
    /pending ?verification|being verified|currently blocked/i,
    "write to AWS Support: the account may not launch instances",
  ],
  [/free tier/i, "choose an `instanceType` of the free tier, or leave the free plan"],
  [/marketplace|OptInRequired/i, "accept the image's terms in AWS Marketplace, or let `image` name another"],
  [/tag polic/i, "give the stack the tags that the organisation's tag policy asks for"],
  [
    /explicit deny|(service|resource) control polic|permissions boundary/i,
    "ask who keeps the account's policies: one above the stack forbids it",
  ],
  [/KMS|Client error on launch/i, "let Auto Scaling's service-linked role use the KMS key of the volumes"],
  [
    /AWSServiceRoleForAutoScaling\b(?!.*not authorized)|service-linked role/i,
    "make Auto Scaling's service-linked role again: `aws iam create-service-linked-role --aws-service-name autoscaling.amazonaws.com`",
  ],
  [/spot ?instance ?count/i, "ask AWS for a higher quota of spot instances (Service Quotas), or lower `spot.percent`"],
  [/spot.*price/i, "raise or remove the maximum spot price"],
  [/free ?addresses/i, "free addresses in the subnet, or give the network a larger range"],
  [/architecture/i, "let `image` and `instanceType` be of one architecture"],
  [/boot ?mode|UEFI/i, "choose an `instanceType` that boots the way the image does (UEFI or BIOS), or another `image`"],
  [
    /\bENA\b|enhanced networking/i,
    "let `image` name one that is enabled for enhanced networking (ENA), or choose an `instanceType` that does without",
  ],
  [/\beni-\w+\]? (is )?(currently )?in use/i, "detach the network interface from the instance that holds it"],
  [/smaller than (the )?snapshot/i, "let `rootVolume.size` be no smaller than the snapshot of the image"],
  [/\b(AMI|image)\b.*\bpending\b/i, `${NOTHING} once the image is available`],
  [/device name|virtualName|device mapping/i, "let `image` name one whose devices the instance type knows"],
  [/placement groups? may not/i, "choose an `instanceType` that the placement group allows"],
  [/user ?data is limited/i, "shorten the user data: AWS takes 16 KB"],
  [/disableApiTermination|may not be terminated/i, "switch off the instance's termination protection"],
  [/initiated ?shutdown/i, "see the instance's boot log: it shut itself down"],
  [/requested Availability Zone|zone is no longer/i, ZONE],
  [
    /configuration is (currently )?not supported|requested configuration|unfulfillable ?capacity|request configuration/i,
    "choose another `instanceType`, or add `alternativeTypes`: these zones and the image do not allow this one",
  ],
  [/reservation.*capacity/i, "enlarge the capacity reservation, or launch without it"],
  [
    /\blimit|limit ?exceeded|quota|already running|exceeded your maximum/i,
    "ask AWS for a higher quota (Service Quotas), or use fewer or smaller instances",
  ],
  [
    /insufficient ?(instance|host)? ?capacity|\b(sufficient|enough|no)\b.*\bcapacity/i,
    "add `alternativeTypes` or zones; Auto Scaling keeps trying by itself",
  ],
  [/invalid.*instance ?type/i, "let `instanceType` name one that exists in this region"],
  [/unsupported|not supported/i, ZONE],
  [/not authorized for images/i, IMAGE],
  [/instance ?profile|not authorized|unauthorized|access ?denied/i, ROLE],
  [
    /(group|subnet|vpc|key pair|template|load balancer|interface).*(not ((be )?found|exist|be valid)|invalid|deleted|could not)|launch template/i,
    REFRESH,
  ],
  [/\bAMI\b|\bimage\b|snapshot/i, IMAGE],
];

/** @returns what usually helps against an error, as a clause; undefined when we do not know */
export function remedyFor(error: string): string | undefined {
  const words = withoutCiphertext(error);
  return REMEDIES.find(([pattern]) => pattern.test(words))?.[1];
}
